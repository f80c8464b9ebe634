"""What users of a bus see is what each of the two buses has."""

import inspect

import pytest

from callcenter.bus.local import LocalBus
from callcenter.bus.valkey import ValkeyBus
from callcenter.wire.bus import Bus

PROMISED = sorted(name for name in vars(Bus) if not name.startswith("_"))


@pytest.mark.parametrize("bus", [LocalBus, ValkeyBus])
@pytest.mark.parametrize("name", PROMISED)
def test_a_bus_keeps_what_is_promised_of_buses(bus: type[Bus], name: str) -> None:
    promised, kept = vars(Bus)[name], getattr(bus, name)
    assert callable(kept) == callable(promised)
    if callable(kept):
        told = inspect.signature(kept).parameters
        assert list(told) == list(inspect.signature(promised).parameters)
