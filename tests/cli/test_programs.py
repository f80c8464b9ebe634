"""`callcenter keys` and `callcenter webhooks`, as a person and as a script see them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.cli.keys import app as keys
from callcenter.cli.webhooks import app as webhooks


@pytest.mark.usefixtures("path")
def test_a_key_is_shown_once_listed_and_revoked(
    terminal: CliRunner, path: Path
) -> None:
    made = terminal.invoke(
        keys, ["create", "crm", "--scope", "calls:read", "--days", "30", "--json"]
    )
    assert made.exit_code == 0, made.output
    key = json.loads(made.stdout)
    listed = terminal.invoke(keys, ["list"])
    assert key["key"] not in listed.stdout
    assert f"{key['id']}  crm  never used, until" in listed.stdout
    assert terminal.invoke(keys, ["revoke", key["id"]]).exit_code == 0
    assert "revoked" in terminal.invoke(keys, ["list"]).stdout
    assert terminal.invoke(keys, ["revoke", "nobody"]).exit_code == 1
    assert key["key"].rpartition("_")[2].encode() not in path.read_bytes()


@pytest.mark.usefixtures("path")
def test_a_misspelt_scope_is_refused(terminal: CliRunner) -> None:
    made = terminal.invoke(keys, ["create", "crm", "--scope", "calls:reed"])
    assert made.exit_code == 1
    assert "'calls:reed' is no scope" in made.stderr


@pytest.mark.usefixtures("path")
def test_a_webhook_is_added_tried_shown_and_removed(terminal: CliRunner) -> None:
    url = "https://crm.example.com/calls"
    added = terminal.invoke(webhooks, ["add", url, "--event", "CallEnded"])
    assert added.exit_code == 0, added.output
    hook, secret = added.stdout.split()
    assert secret.startswith("whsec_")
    listed = terminal.invoke(webhooks, ["list"]).stdout
    assert listed == f"{hook}  {url}  in order  [CallEnded]\n"
    assert terminal.invoke(webhooks, ["test", hook]).exit_code == 0
    assert (
        "webhook.test  due  0 tries" in terminal.invoke(webhooks, ["log", hook]).stdout
    )
    assert terminal.invoke(webhooks, ["remove", hook]).exit_code == 0
    assert terminal.invoke(webhooks, ["remove", hook]).exit_code == 1


@pytest.mark.parametrize(
    ("url", "event", "said"),
    [
        ("http://crm.example.com", "CallEnded", "must begin with https"),
        ("https://127.0.0.1/", "CallEnded", "public internet"),
        ("https://crm.example.com", "CallFinished", "no kind of event"),
    ],
)
@pytest.mark.usefixtures("path")
def test_what_cannot_be_told_is_refused(
    terminal: CliRunner, url: str, event: str, said: str
) -> None:
    added = terminal.invoke(webhooks, ["add", url, "--event", event])
    assert added.exit_code == 1
    assert said in added.stderr
