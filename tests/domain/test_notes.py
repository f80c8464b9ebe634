"""What an agent is told in the middle of a call: what to say stands in quotation marks.

The simulated model, as the real one, reads out what is quoted: two quotations in one
note, or one that is open, and the caller hears our stage directions.
"""

import pytest

from callcenter.domain import consultation_notes, notes, supervision

EVERY = {
    name: text
    for module in (notes, consultation_notes, supervision)
    for name, text in vars(module).items()
    if name.isupper() and isinstance(text, str)
}
SILENT = {"SINGLE_KEY", "SEVERAL_KEYS", "HANDED_BACK"}
"""They say what happened; the agent finds the words."""

SPOKEN = sorted(set(EVERY) - SILENT)


@pytest.mark.parametrize("name", SPOKEN)
def test_a_note_has_one_quotation_of_whole_sentences(name: str) -> None:
    _, words, _ = EVERY[name].split('"')
    assert words[0].isupper() or words.startswith("{name}")
    assert words[-1] in ".?"
    assert "caller" not in words.lower(), "nobody calls a caller so"


@pytest.mark.parametrize("name", sorted(SILENT))
def test_a_note_of_what_happened_puts_no_words_into_the_agents_mouth(
    name: str,
) -> None:
    assert '"' not in EVERY[name]


def test_the_operators_name_is_said_to_the_agent_and_to_the_caller() -> None:
    note = consultation_notes.OPERATOR_TAKES.format(name="Ada")
    assert note.startswith("Ada is ready")
    assert '"Ada is ready for you now.' in note


def test_the_caller_who_wants_a_person_hears_when_there_will_be_one() -> None:
    note = notes.no_person("We open on Monday at eight.")
    assert "available right now. We open on Monday at eight. Shall I take" in note
    assert "available right now. Shall I take" in notes.no_person("")


def test_of_several_keys_only_their_number_is_told() -> None:
    assert notes.SINGLE_KEY.format(key="5") == "The caller pressed the key 5."
    assert "pressed 4 keys" in notes.SEVERAL_KEYS.format(count=4)


def test_a_whisper_is_the_supervisors_word_and_the_caller_is_not_to_know() -> None:
    note = supervision.whispered("Offer ten per cent.")
    assert note.endswith("Offer ten per cent.")
    assert "caller did not hear it" in note
    assert "do not mention" in note


def test_what_a_person_said_in_the_agents_place_is_quoted_as_theirs() -> None:
    said = supervision.colleague_said("We refund it today.")
    assert said.startswith("A colleague of yours said to the caller")
    assert said.split('"')[1] == "We refund it today."
