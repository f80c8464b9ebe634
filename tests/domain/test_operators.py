"""Who is rung, and in which order."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, strategies as st

from callcenter.domain.hours import Hours
from callcenter.domain.operators import GENERAL, Operator, choose

TUESDAY_NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
BILLING = frozenset({"billing"})


def operator(name: str, *skills: str, priority: int = 1, hours: str = "") -> Operator:
    return Operator(
        name,
        "+4722222222",
        frozenset(skills or {GENERAL}),
        Hours.parse(hours) if hours else None,
        priority,
    )


def chosen(*operators: Operator, topic: str = "billing") -> str:
    return " ".join(one.name for one in choose(operators, topic, TUESDAY_NOON))


def test_whoever_knows_the_topic_goes_before_whoever_takes_anything() -> None:
    expert = operator("expert", "billing", priority=9)

    assert chosen(operator("anyone"), expert) == "expert anyone"


def test_whoever_knows_only_other_things_is_left_alone() -> None:
    assert chosen(
        operator("plumber", "pipes"), operator("both", "pipes", "billing")
    ) == ("both")


def test_a_general_topic_goes_to_the_generalists() -> None:
    everyone = [operator("expert", "billing"), operator("anyone")]

    assert chosen(*everyone, topic=GENERAL) == "anyone"


def test_a_lower_number_goes_first_and_equals_keep_their_order() -> None:
    assert (
        chosen(
            operator("third", priority=2),
            operator("first"),
            operator("second"),
            operator("fourth", priority=3),
        )
        == "first second third fourth"
    )


def test_whoever_is_not_at_work_is_not_rung() -> None:
    early = operator("early", hours="Mon-Fri 06:00-12:00 UTC")
    late = operator("late", hours="Mon-Fri 12:00-20:00 UTC")

    assert chosen(early, late) == "late"
    assert chosen(replace(early, hours=None)) == "early"


def test_without_operators_nobody_is_rung() -> None:
    assert chosen() == ""


OPERATORS = st.builds(
    Operator,
    st.text(),
    st.just("+4722222222"),
    st.frozensets(st.sampled_from([GENERAL, "billing", "pipes"])),
    st.none(),
    st.integers(1, 3),
)


@given(st.lists(OPERATORS))
def test_those_who_fit_are_rung_and_nobody_else(operators: list[Operator]) -> None:
    rung = choose(operators, "billing", TUESDAY_NOON)

    assert all(one.skills & (BILLING | {GENERAL}) for one in rung)
    assert len(rung) == sum(one.fits("billing") for one in operators)
