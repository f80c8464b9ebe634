"""How long until what was played is heard."""

from callcenter.bridge.events import AgentAudio, CallerFrame, ResponseBegan
from callcenter.bridge.playback import Playback
from callcenter.domain.ids import ItemId
from tests.bridge.playbook import HELLO, R1, Playbook, voice


def test_what_waits_behind_a_second_of_sound_is_heard_a_second_later() -> None:
    playback = Playback()
    assert playback.wait_ms(0) == 0
    playback.send(ItemId("one"), bytes(8000), 0)
    assert playback.wait_ms(0) == 0
    playback.send(ItemId("two"), bytes(800), 0)
    assert playback.wait_ms(0) == 1000


def test_the_bridge_says_it_as_of_the_callers_last_frame() -> None:
    play = Playbook().at(20)
    bridge = play.bridge
    assert bridge.wait_ms == 0
    list(bridge.handle(ResponseBegan(R1)))
    for _ in range(3):
        list(bridge.handle(AgentAudio(HELLO, R1, voice(500))))
    assert bridge.wait_ms == 1_000, "the third half second waits for two"
    list(bridge.handle(CallerFrame(320, b"")))
    assert bridge.wait_ms == 700
