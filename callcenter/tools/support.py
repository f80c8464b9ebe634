"""Questions about the house, answered from what it has written down."""

import re
from typing import Annotated, Final

from pydantic import Field

from callcenter.domain.tickets import Passage
from callcenter.tools.definition import Answer, tool
from callcenter.tools.desk import Desk

PASSAGES: Final = 3
PASSAGE_CHARACTERS: Final = 900
"""Three of these fit into one answer with room to spare."""

SPOKEN_CHARACTERS: Final = 260
"""Two or three sentences: about fifteen seconds."""

NOTHING_FOUND: Final = (
    "Nothing was found. Do not guess, and do not answer from general knowledge. Say "
    "that you do not know; offer open_ticket, take_message or transfer_to_human."
)

LACKING: Final = (
    "The best passage does not have these words of the question. If they matter, it is "
    "no answer: say that you do not know, and do not apply it to something else."
)

Question = Annotated[
    str,
    Field(
        description="The question in a few words, such as 'return a helmet'.",
        min_length=1,
        max_length=300,
    ),
]


@tool(timeout_s=4.0)
async def search_knowledge(desk: Desk, question: Question) -> Answer:
    """What the house has written down: hours, prices, returns, warranty and so on.

    Call it for every question about the shop, and answer only from what it returns.
    """
    found = await desk.knowledge.search(question, PASSAGES)
    if not found:
        return Answer(
            "I am sorry, I have nothing written down about that.",
            facts={"passages": [], "note": NOTHING_FOUND},
        )
    passages = [
        {
            "title": passage.article,
            "heading": passage.heading,
            "text": cut(passage.text, PASSAGE_CHARACTERS),
            "source": passage.source,
        }
        for passage in found
    ]
    facts: dict[str, object] = {"passages": passages}
    if missing := found[0].missing:
        facts |= {"not_written_about": list(missing), "note": LACKING}
    return Answer(_gist(found[0]), facts=facts)


def _gist(passage: Passage) -> str:
    """The first sentences of a passage, without the marks of its Markdown."""
    plain = re.sub(r"[*_`#>|]|^\s*-\s", " ", passage.text, flags=re.MULTILINE)
    return cut(" ".join(plain.split()), SPOKEN_CHARACTERS)


def cut(text: str, most: int) -> str:
    """Whole sentences as far as they fit; a single one that is too long loses words."""
    if len(text) <= most:
        return text
    ends = [match.end() for match in re.finditer(r"[.!?](?=\s)", text[:most])]
    return text[: ends[-1]] if ends else f"{text[:most].rsplit(' ', 1)[0]} …"
