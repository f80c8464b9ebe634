"""What is known of operators' calls while the caller stays with the agent."""

from callcenter.domain import consultation as c
from callcenter.domain.consultation import NOBODY, Consultation, OperatorLeg, after
from callcenter.domain.ids import AttemptId, CallSid, EscalationId

ADA, BEA = AttemptId("att_ada"), AttemptId("att_bea")
NEEDED = EscalationId("esc_1")


def told(*events: c.ConsultationEvent, known: Consultation = NOBODY) -> Consultation:
    for event in events:
        known = after(known, event)
    return known


BOTH_RING = told(
    c.ConsultationBegan(NEEDED, 4_000),
    c.OperatorLegOrdered(ADA, "+15005550101"),
    c.OperatorLegOrdered(BEA, "+15005550102"),
    c.OperatorLegKnown(ADA, CallSid("CAa")),
)


def test_a_leg_is_known_before_the_carrier_has_named_it() -> None:
    assert BOTH_RING.began_ms == 4_000
    assert BOTH_RING.leg(ADA) == OperatorLeg(ADA, "+15005550101", CallSid("CAa"))
    assert BOTH_RING.leg(BEA) == OperatorLeg(BEA, "+15005550102")
    assert BOTH_RING.leg(AttemptId("att_dialled")) is None


def test_of_two_who_ring_only_who_pressed_one_gets_the_caller() -> None:
    known = told(
        c.OperatorWaits(ADA, "x-room"),
        c.CallerSent(ADA),
        c.CallerJoined(ADA, 9_500),
        known=BOTH_RING,
    )
    assert known.leg(ADA) == OperatorLeg(
        ADA, "+15005550101", CallSid("CAa"), "x-room", sent=True, joined_ms=9_500
    )
    assert known.leg(BEA) == BOTH_RING.leg(BEA)


def test_a_join_that_is_told_first_keeps_its_moment() -> None:
    joined = told(c.CallerJoined(ADA, 0), known=BOTH_RING)
    later = told(c.CallerSent(ADA), c.OperatorWaits(ADA, "x-room"), known=joined)
    leg = later.leg(ADA)
    assert leg is not None
    assert (leg.joined_ms, leg.sent, leg.conference) == (0, True, "x-room")


def test_who_is_dialled_instead_has_no_leg_of_ours() -> None:
    known = told(c.DialledInstead(ADA, "error 21210"), known=BOTH_RING)
    assert [leg.attempt_id for leg in known.legs] == [BEA]


def test_the_end_forgets_no_leg_as_one_may_still_have_to_be_ended() -> None:
    over = told(
        c.ConsultationEnded(NEEDED, "nobody took it"),
        c.AgentWentOn(NEEDED),
        known=BOTH_RING,
    )
    assert over == BOTH_RING
