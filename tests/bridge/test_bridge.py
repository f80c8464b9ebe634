"""Plays of one stream: >> is what happens, << is what the bridge must ask for."""

from callcenter.bridge.bridge import Bridge
from callcenter.bridge.commands import (
    Clear,
    FallSilent,
    Listen,
    Play,
    SetMark,
    Truncate,
)
from callcenter.bridge.events import (
    AgentAudio,
    AgentItemEnded,
    CallerFrame,
    FramesMissing,
    Interrupted,
    MarkReturned,
    ResponseBegan,
    ResponseEnded,
    SessionLeft,
    StreamClosed,
)
from callcenter.bridge.playback import Playback
from callcenter.wire.mulaw import silence
from tests.bridge.playbook import HELLO, PRICES, R1, R2, Playbook, heard, voice


def test_the_caller_is_heard() -> None:
    assert Playbook() >> CallerFrame(20, b"hello") << Listen(b"hello")


def test_the_clock_is_the_callers_frames_and_never_runs_back() -> None:
    play = Playbook().at(40).at(20)

    assert play.bridge.clock_ms == 40


def test_a_mark_goes_before_the_first_audio_and_after_every_chunk() -> None:
    assert (
        Playbook()
        >> ResponseBegan(R1)
        >> AgentAudio(HELLO, R1, voice(20))
        << SetMark("1")
        << Play(voice(20))
        << SetMark("2")
        >> AgentAudio(HELLO, R1, voice(40))
        << Play(voice(40))
        << SetMark("3")
    )


def test_short_chunks_share_a_mark_and_the_last_gets_one_at_the_items_end() -> None:
    play = Playbook(Bridge(None, Playback(mark_every_ms=50)))

    assert (
        play
        >> ResponseBegan(R1)
        >> AgentAudio(HELLO, R1, voice(20))
        << SetMark("1")
        << Play(voice(20))
        >> AgentAudio(HELLO, R1, voice(40))
        << Play(voice(40))
        << SetMark("2")
        >> AgentAudio(HELLO, R1, voice(20))
        << Play(voice(20))
        >> AgentItemEnded(HELLO)
        << SetMark("3")
    )


def test_no_audio_is_no_reason_to_send_anything() -> None:
    assert Playbook() >> AgentAudio(HELLO, R1, b"")


def test_a_new_run_begins_once_everything_was_heard() -> None:
    play = Playbook().answers(HELLO, 20, marks="1 2")
    play >> MarkReturned("1") >> MarkReturned("2")
    play << heard(HELLO, 20, of=20) << FallSilent()

    assert play.says(PRICES, 20, marks="3 4", response=R2)


# Barging in.


def test_a_barge_in_makes_the_agent_forget_what_was_not_heard() -> None:
    assert (
        (Playbook().answers(HELLO, 1000, marks="1 2") >> MarkReturned("1")).at(400)
        >> Interrupted()
        << Clear()
        << SetMark("3")
        << FallSilent()
        >> MarkReturned("2")  # marks of cleared audio come back, too
        >> MarkReturned("3")
        << Truncate(HELLO, 400)
        << heard(HELLO, 400, of=1000)
    )


def test_of_two_queued_items_the_audible_one_is_cut_and_the_later_one_never_was() -> (
    None
):
    play = Playbook() >> ResponseBegan(R1)
    play.says(HELLO, 1000, marks="1 2") >> AgentItemEnded(HELLO)
    play.says(PRICES, 2000, marks="3") >> AgentItemEnded(PRICES) >> ResponseEnded(R1)

    assert (
        play.at(700)
        >> Interrupted()
        << Clear()
        << SetMark("4")
        << FallSilent()
        >> MarkReturned("4")
        << Truncate(HELLO, 700)
        << heard(HELLO, 700, of=1000)
        << Truncate(PRICES, 0)
        << heard(PRICES, 0, of=2000)
    )


def test_an_item_heard_whole_is_reported_and_keeps_its_words() -> None:
    play = Playbook() >> ResponseBegan(R1)
    play.says(HELLO, 200, marks="1 2") >> AgentItemEnded(HELLO)
    play.says(PRICES, 1000, marks="3") >> AgentItemEnded(PRICES) >> ResponseEnded(R1)

    assert (
        play.at(500)  # the mark after the first item is still on its way
        >> Interrupted()
        << Clear()
        << SetMark("4")
        << FallSilent()
        >> MarkReturned("4")
        << heard(HELLO, 200, of=200)
        << Truncate(PRICES, 300)
        << heard(PRICES, 300, of=1000)
    )


def test_nobody_is_cut_off_twice() -> None:
    play = Playbook().answers(HELLO, 1000, marks="1 2").at(400) >> Interrupted()
    play << Clear() << SetMark("3") << FallSilent()
    play >> MarkReturned("3") << Truncate(HELLO, 400) << heard(HELLO, 400, of=1000)

    assert play.at(420) >> Interrupted()


def test_a_barge_in_while_nobody_speaks_clears_nothing() -> None:
    assert Playbook() >> Interrupted()


def test_a_barge_in_after_the_last_word_clears_nothing() -> None:
    play = Playbook().answers(HELLO, 20, marks="1 2").at(100)
    play >> MarkReturned("2") << heard(HELLO, 20, of=20) << FallSilent()

    assert play >> Interrupted()


def test_an_item_still_in_the_making_is_cut_though_all_of_it_so_far_was_heard() -> None:
    play = Playbook() >> ResponseBegan(R1)
    play.says(HELLO, 20, marks="1 2").at(100) >> MarkReturned("2")

    assert (
        play
        >> Interrupted()
        << Clear()
        << SetMark("3")
        << FallSilent()
        >> MarkReturned("3")
        << Truncate(HELLO, 20)
        << heard(HELLO, 20, of=20)
    )


def test_an_item_in_the_making_is_cut_though_its_mark_is_still_on_its_way() -> None:
    play = Playbook() >> ResponseBegan(R1)
    play.says(HELLO, 20, marks="1 2").at(100)

    assert (
        play
        >> Interrupted()
        << Clear()
        << SetMark("3")
        << FallSilent()
        >> MarkReturned("3")
        << Truncate(HELLO, 20)
        << heard(HELLO, 20, of=20)
    )


def test_an_item_in_the_making_is_not_cut_twice_either() -> None:
    play = Playbook() >> ResponseBegan(R1)
    play.says(HELLO, 1000, marks="1 2").at(400) >> Interrupted()
    play << Clear() << SetMark("3") << FallSilent()
    play >> MarkReturned("3") << Truncate(HELLO, 400) << heard(HELLO, 400, of=1000)

    assert play.at(420) >> Interrupted()


def test_a_clear_that_nobody_answers_is_estimated_before_the_model_goes_on() -> None:
    play = Playbook().answers(HELLO, 1000, marks="1 2") >> MarkReturned("1")
    play.at(400) >> Interrupted() << Clear() << SetMark("3") << FallSilent()

    assert (
        play.at(980).at(1000)
        << Truncate(HELLO, 400)
        << heard(HELLO, 400, of=1000)
        >> MarkReturned("3")
    )


def test_a_line_whose_last_mark_is_lost_is_quiet_again() -> None:
    play = Playbook().answers(HELLO, 1000, marks="1 2") >> MarkReturned("1")

    assert play.at(6000).at(6020) << heard(HELLO, 1000, of=1000) << FallSilent()


def test_what_was_cut_off_is_told_before_the_stream_is_over() -> None:
    play = Playbook().answers(HELLO, 1000, marks="1 2") >> MarkReturned("1")
    play.at(400) >> Interrupted() << Clear() << SetMark("3") << FallSilent()

    assert play >> StreamClosed() << heard(HELLO, 400, of=1000)


# What an interrupted response still says.


def test_late_audio_of_an_interrupted_response_is_dropped_until_it_ends() -> None:
    play = Playbook() >> ResponseBegan(R1)
    play.says(HELLO, 1000, marks="1 2").at(100) >> Interrupted()
    play << Clear() << SetMark("3") << FallSilent()
    play >> MarkReturned("3") << Truncate(HELLO, 100) << heard(HELLO, 100, of=1000)

    assert (
        play
        >> AgentAudio(HELLO, R1, voice(20))
        >> AgentAudio(PRICES, R1, voice(20))  # nobody heard a word of it
        << Truncate(PRICES, 0)
        << heard(PRICES, 0, of=20)
        >> AgentAudio(PRICES, R1, voice(20))
        >> AgentItemEnded(HELLO)
        >> ResponseEnded(R1)
    )
    assert play.bridge.quiet


def test_the_next_response_is_heard_though_the_cut_off_one_has_not_ended() -> None:
    play = Playbook() >> ResponseBegan(R1)
    play.says(HELLO, 1000, marks="1 2").at(100) >> Interrupted()
    play << Clear() << SetMark("3") << FallSilent()
    play >> MarkReturned("3") << Truncate(HELLO, 100) << heard(HELLO, 100, of=1000)

    play >> ResponseBegan(R2)
    play.says(PRICES, 20, marks="4 5", response=R2)
    assert play >> AgentAudio(HELLO, R1, voice(20)) >> ResponseEnded(R1)


def test_a_response_that_was_cut_off_before_its_first_sound_stays_silent() -> None:
    assert (
        Playbook()
        >> ResponseBegan(R1)
        >> Interrupted()
        << FallSilent()  # nothing to clear, but nothing will come, either
        >> AgentAudio(HELLO, R1, voice(20))
        << Truncate(HELLO, 0)
        << heard(HELLO, 0, of=20)
        >> AgentAudio(HELLO, R1, voice(20))
        >> ResponseEnded(R1)
    )


def test_an_ended_response_is_forgotten() -> None:
    play = Playbook() >> ResponseBegan(R1) >> Interrupted() << FallSilent()
    play >> ResponseEnded(R1)

    assert play.says(HELLO, 20, marks="1 2", response=R1)


def test_marks_of_cleared_audio_say_nothing_about_what_follows() -> None:
    play = Playbook().answers(HELLO, 1000, marks="1 2").at(100) >> Interrupted()
    play << Clear() << SetMark("3") << FallSilent()
    (
        play
        >> MarkReturned("3")
        << Truncate(HELLO, 100)
        << heard(HELLO, 100, of=1000)
        >> ResponseBegan(R2)
    )
    play.says(PRICES, 1000, marks="4 5", response=R2)

    play.at(200) >> MarkReturned("1") >> MarkReturned("2")

    assert (
        play.at(400)
        >> Interrupted()
        << Clear()
        << SetMark("6")
        << FallSilent()
        >> MarkReturned("6")
        << Truncate(PRICES, 300)
        << heard(PRICES, 300, of=1000)
    )


# Falling silent.


def test_it_falls_silent_with_the_last_mark_when_the_response_is_over() -> None:
    assert (
        Playbook().answers(HELLO, 20, marks="1 2")
        >> MarkReturned("1")
        >> MarkReturned("2")
        << heard(HELLO, 20, of=20)
        << FallSilent()
        >> MarkReturned("2")
    )


def test_it_falls_silent_with_the_response_when_all_was_heard_before() -> None:
    play = Playbook() >> ResponseBegan(R1)
    play.says(HELLO, 20, marks="1 2") >> MarkReturned("2")

    assert (
        play
        >> AgentItemEnded(HELLO)
        << heard(HELLO, 20, of=20)
        >> ResponseEnded(R1)
        << FallSilent()
    )


def test_a_pause_between_two_items_of_a_response_is_not_silence() -> None:
    play = Playbook() >> ResponseBegan(R1)
    play.says(HELLO, 20, marks="1 2") >> AgentItemEnded(HELLO)

    assert play >> MarkReturned("2") << heard(HELLO, 20, of=20)
    assert not play.bridge.quiet


def test_a_response_without_a_sound_ends_in_silence() -> None:
    assert Playbook() >> ResponseBegan(R1) >> ResponseEnded(R1) << FallSilent()


def test_a_second_response_keeps_the_agent_from_being_quiet() -> None:
    assert (
        Playbook()
        >> ResponseBegan(R1)
        >> ResponseBegan(R2)
        >> ResponseEnded(R1)
        >> ResponseEnded(R2)
        << FallSilent()
    )


def test_the_end_of_an_unknown_response_is_no_news() -> None:
    assert Playbook() >> ResponseEnded(R1)


# Ends.


def test_an_item_without_an_end_of_its_own_ends_with_its_response() -> None:
    play = Playbook() >> ResponseBegan(R1) >> ResponseBegan(R2)
    play.says(HELLO, 20, marks="1 2")
    play.says(PRICES, 20, marks="3", response=R2)

    assert (
        play
        >> ResponseEnded(R1)
        >> MarkReturned("3")
        << heard(HELLO, 20, of=20)  # but the other one may go on
        >> ResponseEnded(R2)
        << heard(PRICES, 20, of=20)
        << FallSilent()
    )


def test_the_end_of_the_stream_reports_the_rest() -> None:
    play = Playbook() >> ResponseBegan(R1)
    play.says(HELLO, 1000, marks="1 2") >> AgentItemEnded(HELLO)
    play.says(PRICES, 500, marks="3")

    assert (
        play.at(1200)
        >> StreamClosed()
        << heard(HELLO, 1000, of=1000)
        << heard(PRICES, 200, of=500)
    )


def test_what_was_on_its_way_when_the_stream_ended_was_not_heard() -> None:
    play = Playbook() >> ResponseBegan(R1)
    play.says(HELLO, 1000, marks="1 2").at(300) >> MarkReturned("1")

    # Played since 300 on Twilio's clock; a clear would only arrive at 800.
    assert play.at(500) >> StreamClosed() << heard(HELLO, 200, of=1000)


def test_whoever_waits_for_the_last_word_need_not_wait_beyond_the_end() -> None:
    play = Playbook().answers(HELLO, 1000, marks="1 2").at(100)

    assert play >> StreamClosed() << heard(HELLO, 100, of=1000) << FallSilent()
    assert play >> StreamClosed()


def test_streams_share_nothing() -> None:
    Playbook().says(HELLO, 1000, marks="1 2")

    assert Bridge().quiet


# What is missing.


def test_silence_stands_in_for_frames_that_do_not_come() -> None:
    assert Playbook().at(20) >> FramesMissing(200) << Listen(silence(200))


def test_a_session_that_left_says_no_more_but_what_it_said_plays_on() -> None:
    play = Playbook() >> ResponseBegan(R1)
    play.says(HELLO, 100, marks="1 2") >> SessionLeft()
    assert not play.bridge.quiet
    play >> MarkReturned("1") >> MarkReturned("2")
    assert play << heard(HELLO, 100, of=100) << FallSilent()
    assert play.bridge.quiet


def test_a_session_that_left_before_it_spoke_leaves_a_quiet_line() -> None:
    assert Playbook() >> ResponseBegan(R1) >> SessionLeft() << FallSilent()
