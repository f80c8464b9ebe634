"""A caller and the weather, from the question to what is said about it."""

import json
from pathlib import Path
from typing import Any

from callcenter.domain import events as e
from callcenter.domain.outcomes import Disposition
from callcenter.simulator.weather import WeatherFault, WeatherSimulator
from tests.fakes.center import Caller, Center, center

TOMORROW = "what is the weather in springfield tomorrow"


def at(weather: WeatherSimulator) -> dict[str, object]:
    return {"open_meteo_url": weather.url, "open_meteo_geocoding_url": weather.url}


def answers(here: Center) -> list[dict[str, Any]]:
    return [json.loads(one.output) for one in here.of(e.ToolReturned)]


async def test_a_place_of_which_there_are_several_is_asked_back_and_then_found(
    tmp_path: Path,
) -> None:
    async with (
        WeatherSimulator() as weather,
        center(tmp_path, settings=at(weather)) as here,
    ):

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks(TOMORROW)
            asked = here.voice.said[-1]
            assert asked.endswith("Which one do you mean?")
            assert "Illinois" in asked
            assert not [path for path, _ in weather.requests if "forecast" in path]
            await caller.asks("the one in illinois")
            await caller.asks("and in the afternoon")

        await here.call(script)
        which, day, afternoon = answers(here)
        assert len(which["places"]) == 4
        assert day["place"] == afternoon["place"]
        assert day["place"].startswith("Springfield, Illinois")
        assert here.voice.said[-2].startswith("Tomorrow in Springfield, Illinois: ")
        assert here.voice.said[-1].startswith("Tomorrow in the afternoon in Springf")
        asked = [query for path, query in weather.requests if "forecast" in path]
        assert {query["latitude"] for query in asked} == {"39.80172"}


async def test_a_service_that_is_down_is_said_and_the_call_goes_on(
    tmp_path: Path,
) -> None:
    async with (
        WeatherSimulator() as weather,
        center(tmp_path, settings=at(weather)) as here,
    ):
        weather.fault = WeatherFault.SERVER_ERROR

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("what is the weather in bergen tomorrow")
            assert here.voice.said[-1] == (
                "I am sorry, I cannot reach the weather service just now."
            )
            weather.fault = None
            await caller.asks("what is the weather in bergen tomorrow")

        await here.call(script)
        assert not any("degrees" in text for text in here.voice.said[:-1])
        assert here.voice.said[-1].startswith("Tomorrow in Bergen, Norway: ")
        assert here.of(e.SessionLost) == []
        assert here.of(e.CallEnded)[0].disposition is Disposition.RESOLVED
