"""The ledger alone: what marks, their lateness and the round trip say about hearing."""

from callcenter.bridge.playback import LOST_MS, Playback
from callcenter.bridge.run import Heard
from callcenter.bridge.tape import Tape
from tests.bridge.playbook import HELLO, PRICES, voice


def playing(ms: int, *more: int, now_ms: int = 0) -> tuple[Playback, list[str]]:
    """A playback in the middle of one item; its marks, the probe's first."""
    playback = Playback()
    marks = [playback.probe(now_ms) or ""]
    marks += [playback.send(HELLO, voice(each), now_ms) or "" for each in (ms, *more)]
    return playback, marks


def cleared(playback: Playback, at_ms: float) -> list[Heard]:
    """A clear that takes no time, and its answer."""
    return list(playback.reach(playback.clear(at_ms), at_ms))


def heard_ms(playback: Playback, at_ms: float) -> list[int]:
    return [item.heard_ms for item in cleared(playback, at_ms)]


def test_a_returned_mark_means_the_caller_heard_the_chunk() -> None:
    playback, (_, first, _) = playing(20, 20)

    list(playback.reach(first, now_ms=20))

    assert cleared(playback, 20) == [Heard(HELLO, heard_ms=20, spoken_ms=40)]


def test_only_an_empty_queue_is_probed() -> None:
    playback, (_, mark) = playing(20)
    assert playback.probe(10) is None

    list(playback.reach(mark, now_ms=20))
    assert playback.probe(20) == "3"


def test_the_round_trip_is_measured_and_used() -> None:
    playback, (probe, _) = playing(1000, now_ms=100)

    list(playback.reach(probe, now_ms=250))

    assert playback.round_trip_ms == 150
    assert heard_ms(playback, at_ms=400) == [150]  # it began at 250


def test_the_next_run_relies_on_the_last_round_trip_until_it_has_its_own() -> None:
    playback, (probe, mark) = playing(20)
    list(playback.reach(probe, now_ms=150))
    list(playback.reach(mark, now_ms=170))

    playback.probe(1000)
    playback.send(PRICES, voice(500), 1000)

    assert heard_ms(playback, at_ms=1200) == [20, 50]


def test_a_clock_that_stood_still_makes_no_negative_round_trip() -> None:
    playback, (probe, _) = playing(1000, now_ms=100)

    list(playback.reach(probe, now_ms=80))

    assert playback.round_trip_ms == 0


def test_a_late_mark_makes_nobody_hear_less() -> None:
    playback, (probe, first, _) = playing(100, 1000)
    list(playback.reach(probe, now_ms=0))

    list(playback.reach(first, now_ms=400))  # it was due at 100

    assert heard_ms(playback, at_ms=400) == [400]


def test_an_early_mark_corrects_a_late_probe() -> None:
    playback, (probe, first, _) = playing(100, 1000)
    list(playback.reach(probe, now_ms=300))
    list(playback.reach(first, now_ms=150))

    assert playback.round_trip_ms == 50
    assert heard_ms(playback, at_ms=350) == [300]


def test_an_early_mark_corrects_the_time_of_all_that_follows() -> None:
    playback, (_, first, second, _) = playing(100, 100, 1000)
    list(playback.reach(first, now_ms=50))
    list(playback.reach(second, now_ms=150))

    assert heard_ms(playback, at_ms=250) == [300]


def test_a_later_mark_vouches_for_lost_ones() -> None:
    playback, (*_, second, _) = playing(20, 20, 20)

    list(playback.reach(second, now_ms=40))

    assert heard_ms(playback, at_ms=40) == [40]


def test_an_unknown_mark_vouches_for_nothing() -> None:
    playback, _ = playing(20)

    assert list(playback.reach("elsewhere", now_ms=40)) == []
    assert not playback.idle


def test_a_mark_returned_by_a_clear_is_not_heard() -> None:
    playback, (probe, dropped) = playing(20)
    list(playback.reach(probe, now_ms=0))
    assert heard_ms(playback, at_ms=0) == [0]

    playback.probe(0)
    playback.send(PRICES, voice(20), 0)

    assert list(playback.reach(dropped, now_ms=900)) == []
    assert cleared(playback, 0) == [Heard(PRICES, heard_ms=0, spoken_ms=20)]


def test_the_probe_of_a_cleared_run_still_says_when_it_began() -> None:
    playback, (probe, _) = playing(1000)
    answer = playback.clear(100)

    list(playback.reach(probe, now_ms=150))

    assert list(playback.reach(answer, 250)) == [Heard(HELLO, 100, 1000)]


def test_the_answer_to_a_clear_says_when_the_audio_was_dropped() -> None:
    playback, (probe, _) = playing(1000)
    list(playback.reach(probe, now_ms=100))

    answer = playback.clear(300)

    assert list(playback.overdue(899)) == []
    assert list(playback.reach(answer, 700)) == [Heard(HELLO, 600, 1000)]
    assert list(playback.overdue(900)) == []


def test_a_clear_without_an_answer_is_estimated_in_time() -> None:
    playback, (probe, _) = playing(1000)
    list(playback.reach(probe, now_ms=100))

    answer = playback.clear(300)

    assert list(playback.overdue(900)) == [Heard(HELLO, 300, 1000)]
    assert list(playback.reach(answer, 1000)) == []


def test_the_answer_to_a_later_clear_settles_the_one_before() -> None:
    playback, (probe, _) = playing(1000)
    list(playback.reach(probe, now_ms=100))
    playback.clear(300)
    playback.probe(400)
    playback.send(PRICES, voice(1000), 400)

    answer = playback.clear(500)

    assert list(playback.reach(answer, 650)) == [
        Heard(HELLO, 300, 1000),
        Heard(PRICES, 150, 1000),
    ]


def test_a_mark_of_what_follows_settles_the_clear_before_it() -> None:
    playback, (probe, _) = playing(1000)
    list(playback.reach(probe, now_ms=100))
    playback.clear(300)
    playback.probe(400)
    mark = playback.send(PRICES, voice(20), 400)

    assert mark is not None
    assert list(playback.reach(mark, 520)) == [Heard(HELLO, 300, 1000)]
    assert list(playback.settle()) == []


def test_without_a_probe_the_first_mark_measures_the_round_trip() -> None:
    playback, (_, first, _) = playing(100, 1000)

    list(playback.reach(first, now_ms=250))

    assert playback.round_trip_ms == 150
    assert heard_ms(playback, at_ms=350) == [200]


def test_without_any_mark_the_clear_measures_the_round_trip() -> None:
    playback, _ = playing(1000)
    answer = playback.clear(500)

    assert list(playback.reach(answer, 650)) == [Heard(HELLO, 500, 1000)]


def test_nothing_is_settled_before_what_was_cleared() -> None:
    playback, (probe, _) = playing(1000)
    list(playback.reach(probe, now_ms=0))
    assert playback.settled_ms(100) == 0
    answer = playback.clear(200)

    assert playback.settled_ms(250) == 0
    list(playback.reach(answer, 200))
    assert playback.settled_ms(300) == 300


def test_the_end_of_the_stream_tells_all_that_was_heard() -> None:
    playback, (probe, _) = playing(1000)
    list(playback.reach(probe, now_ms=0))
    playback.clear(200)
    playback.send(PRICES, voice(1000), 400)

    assert list(playback.close(450)) == [
        Heard(HELLO, 200, 1000),
        Heard(PRICES, 50, 1000),
    ]


def test_a_gap_in_the_models_speech_was_not_heard() -> None:
    playback, _ = playing(100)
    playback.send(HELLO, voice(1000), 500)  # the mark of the first is still out

    assert heard_ms(playback, at_ms=600) == [200]


def test_an_item_goes_on_after_everything_so_far_was_heard() -> None:
    playback, (_, first) = playing(100)
    list(playback.reach(first, now_ms=100))
    playback.probe(500)
    playback.send(HELLO, voice(1000), 500)

    assert cleared(playback, 560) == [Heard(HELLO, heard_ms=160, spoken_ms=1100)]


def test_an_item_is_finished_when_it_has_ended_and_was_heard() -> None:
    playback, (_, mark) = playing(20)

    assert list(playback.reach(mark, now_ms=20)) == []
    assert list(playback.end(HELLO)) == [Heard(HELLO, 20, 20)]
    assert cleared(playback, 20) == []


def test_the_end_of_an_item_that_never_sounded_is_no_news() -> None:
    assert list(Playback().end(HELLO)) == []


def test_chunks_of_odd_sizes_add_up_exactly() -> None:
    playback = Playback()
    playback.probe(0)
    for _ in range(1000):
        playback.send(HELLO, bytes(9), 0)  # 1.125 ms each

    assert cleared(playback, 562.5) == [Heard(HELLO, heard_ms=562, spoken_ms=1125)]


def test_heard_is_whole_when_nothing_is_missing() -> None:
    assert Heard(HELLO, 20, 20).whole
    assert not Heard(HELLO, 19, 20).whole


def test_short_chunks_share_a_mark_that_vouches_for_all_of_them() -> None:
    playback = Playback(mark_every_ms=50)
    marks = [playback.send(HELLO, voice(20), now_ms=0) for _ in range(4)]
    shared = marks[2]

    assert [mark is not None for mark in marks] == [False, False, True, False]
    assert shared is not None
    list(playback.reach(shared, now_ms=60))
    assert cleared(playback, 60) == [Heard(HELLO, heard_ms=60, spoken_ms=80)]


def test_the_end_of_an_item_gets_its_own_mark() -> None:
    playback = Playback(mark_every_ms=50)
    playback.send(HELLO, voice(20), now_ms=0)

    last = playback.last_mark()

    assert last is not None
    assert playback.last_mark() is None
    assert list(playback.end(HELLO)) == []
    assert list(playback.reach(last, now_ms=20)) == [Heard(HELLO, 20, 20)]
    assert playback.last_mark() is None


def test_between_shared_marks_the_clock_says_what_was_heard() -> None:
    playback = Playback(mark_every_ms=1_000)
    for _ in range(10):
        playback.send(HELLO, voice(20), now_ms=0)

    assert heard_ms(playback, 130) == [130]


def test_a_mark_without_a_name_is_nobodys() -> None:
    playback = Playback(mark_every_ms=1_000)
    playback.send(HELLO, voice(20), now_ms=0)

    assert list(playback.reach("", now_ms=20)) == []
    assert not playback.idle


def test_an_empty_name_is_no_answer_to_a_probe() -> None:
    playback, (probe, _) = playing(1_000)
    list(playback.reach(probe, now_ms=100))

    assert list(playback.reach("", now_ms=60_000)) == []
    assert playback.round_trip_ms == 100


def test_what_has_long_been_heard_needs_no_mark() -> None:
    playback, (probe, _, _) = playing(100, 100)
    list(playback.reach(probe, now_ms=50))
    list(playback.end(HELLO))

    assert list(playback.overdue(200 + 50 + LOST_MS)) == []
    assert not playback.idle
    assert list(playback.overdue(200 + 51 + LOST_MS)) == [Heard(HELLO, 200, 200)]
    assert playback.idle


def test_what_needs_no_mark_is_recorded_too() -> None:
    playback = Playback(Tape())
    playback.probe(0)
    playback.send(HELLO, voice(100), 0)

    list(playback.overdue(101 + LOST_MS))

    assert playback.tape is not None
    assert len(playback.tape.rest()) == 4 * len(voice(100))  # 16 bits, both sides
