"""How long until what was played is heard."""

from callcenter.bridge.playback import Playback
from callcenter.domain.ids import ItemId


def test_what_waits_behind_a_second_of_sound_is_heard_a_second_later() -> None:
    playback = Playback()
    assert playback.wait_ms(0) == 0
    playback.send(ItemId("one"), bytes(8000), 0)
    assert playback.wait_ms(0) == 0
    playback.send(ItemId("two"), bytes(800), 0)
    assert playback.wait_ms(0) == 1000
