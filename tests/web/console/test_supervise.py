"""A supervisor's window: its socket, its form, and the sound in the browser."""

import asyncio
import json
import shutil
import subprocess
from array import array
from pathlib import Path
from typing import Any, cast

import pytest
from quart.testing import QuartClient

from callcenter.domain import supervision as s
from callcenter.domain.people import Role
from callcenter.storage.people import People
from callcenter.web.console.doorkeeper import COOKIE
from callcenter.wire import sound
from callcenter.wire.mulaw import decode, encode, silence
from tests.calls.test_supervision import on_the_line
from tests.fakes.center import Center, center
from tests.fakes.quick import quick
from tests.fakes.speech import SENTENCE
from tests.web.console.door import HERE, Door, open_door

__all__ = ["quick"]  # a fixture

STATIC = Path(__file__).parents[3] / "callcenter" / "web" / "static"


async def eva(here: Center) -> QuartClient:
    """A supervisor's browser, signed in."""
    app = here.node.app
    keeper = app.extensions["doorkeeper"]
    people = People(keeper.sessions._database, here.node.floor.house.clock.now)
    await people._insert("eva", Role.SUPERVISOR, "no hash")
    person = await people.find("eva")
    assert person
    token = await keeper.sessions.begin(person)
    client = cast("QuartClient", app.test_client())
    client.set_cookie("localhost", COOKIE, keeper.auth.dump_token(token, app))
    return client


class Window:
    """What a page does with its socket."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.states: list[dict[str, Any]] = []
        self.sound = {sound.CALLER: b"", sound.AGENT: b""}

    async def until(self, kind: str) -> dict[str, Any]:
        """The next text of this kind; sound and states are kept."""
        async with asyncio.timeout(5):
            while True:
                message = await self.socket.receive()
                if isinstance(message, str):
                    told: dict[str, Any] = json.loads(message)
                    if told["kind"] == kind:
                        return told
                elif message[:1] == sound.STATE:
                    self.states.append(json.loads(message[1:]))
                elif message[:1] in self.sound:
                    self.sound[message[:1]] += message[1:]

    async def wishes(self, act: str, **more: object) -> dict[str, Any]:
        await self.socket.send(json.dumps({"act": act, "id": act, **more}))
        return await self.until("outcome")


async def test_a_window_hears_speaks_and_is_told_how_things_stand(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here, on_the_line(here) as leg:
        client = await eva(here)
        path = f"/console/calls/{here.call_id(leg)}/supervise"
        async with client.websocket(path, headers=HERE) as socket:
            window = Window(socket)
            await here.happened(s.ListeningBegan)
            nonsense = await window.wishes("sing")
            assert not nonsense["done"]
            taken = await window.wishes("take_over", at_once=True)
            assert taken == {
                "kind": "outcome",
                "id": "take_over",
                "done": True,
                "text": "",
            }
            await here.happened(s.SupervisorTookOver)
            spoken = SENTENCE + silence(200)
            for at in range(0, len(spoken), 160):
                await socket.send(spoken[at : at + 160])
                await asyncio.sleep(0.02)
            assert (await window.wishes("give_back"))["done"]
            assert window.states[-1]["listeners"] == ["eva"]
            assert any(one["taken_by"] == "eva" for one in window.states)
            assert SENTENCE in window.sound[sound.AGENT]
        await here.happened(s.ListeningEnded)
        await here.happened(s.SupervisorGaveBack)


async def test_a_window_that_closes_gives_the_call_back(tmp_path: Path) -> None:
    async with center(tmp_path) as here, on_the_line(here) as leg:
        client = await eva(here)
        path = f"/console/calls/{here.call_id(leg)}/supervise"
        async with client.websocket(path, headers=HERE) as socket:
            assert (await Window(socket).wishes("take_over", at_once=True))["done"]
            await here.happened(s.SupervisorTookOver)
        back = await here.happened(s.SupervisorGaveBack)
        assert back.reason == "their browser left"


async def test_an_act_by_form_on_a_call_that_is_nowhere_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.floor.orders.ANSWER_SECONDS", 0.05)
    async with open_door(tmp_path) as door:
        answer = await act(door, "end")
        assert answer == (
            409,
            {"done": False, "text": "The call is not live any more."},
        )
        assert (await act(door, "take_over"))[0] == 400
        assert (await act(door, "whisper", "x" * 1_001))[0] == 400


async def act(door: Door, wished: str, text: str = "") -> tuple[int, Any]:
    visitor = await door.signed_in(Role.SUPERVISOR)
    fields = {"act": wished, "text": text}
    answer = await visitor.post("/console/calls/call_x/acts", fields)
    return answer.status_code, await answer.get_json()


# The audio thread's own codec, against ours.

NODE = shutil.which("node")

HARNESS = """
const made = {};
globalThis.sampleRate = 8000;
globalThis.AudioWorkletProcessor = class {
  port = { postMessage: (told) => made.told.push(told) };
};
globalThis.registerProcessor = (name, kind) => { made[name] = kind; };
made.told = [];
const source = require("fs").readFileSync(process.argv[1], "utf8");
eval(source + ";made.expand = expand; made.compress = compress;");
"""


def run(script: str) -> Any:
    if NODE is None:
        pytest.skip("there is no node here")
    worklet = str(STATIC / "supervise-worklet.js")
    done = subprocess.run(  # our own words
        [NODE, "-e", HARNESS + script, worklet],
        capture_output=True,
        check=True,
        text=True,
        timeout=20,
    )
    return json.loads(done.stdout)


def test_the_browser_reads_mu_law_as_we_do_and_writes_it_so() -> None:

    read = run("console.log(JSON.stringify([...Array(256).keys()].map(made.expand)))")
    assert read == list(decode(bytes(range(256))))
    samples = list(range(-32768, 32768, 7))
    written = run(
        f"console.log(JSON.stringify({samples}.map((s) => made.compress(s / 32768))))"
    )
    assert bytes(written) == encode(array("h", samples))


def test_what_was_cleared_is_not_played_and_a_live_voice_never_lags() -> None:
    played = run(
        """
        const one = new made.listening();
        const loud = new Uint8Array(1600).fill(0x80);
        const out = [[new Float32Array(128), new Float32Array(128)]];
        const right = () => {
          one.process([], out);
          return Math.max(...out[0][1].map(Math.abs));
        };
        one.take({ kind: "agent", audio: loud });
        const before = right();
        one.take({ kind: "clear" });
        right();
        const after = right();
        for (let i = 0; i < 10; i += 1) one.take({ kind: "caller", audio: loud });
        console.log(JSON.stringify([before > 0.9, after, one.caller.waiting]));
        """
    )
    loud, after, waiting = played
    assert loud
    assert after == 0
    assert waiting <= 250 * 8
