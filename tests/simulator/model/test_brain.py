"""What the simulated model makes of a scene."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callcenter.simulator.model import phrases
from callcenter.simulator.model.brain import decide
from callcenter.simulator.model.conversation import Item
from callcenter.simulator.model.scene import CallTool, Part, Scene, Speak

Json = dict[str, Any]


def tool(
    name: str, required: str = "", optional: str = "", description: str = ""
) -> Json:
    names = f"{required} {optional}".split()
    properties: Json = {n: {"type": "string"} for n in names}
    if "topic" in properties:
        properties["topic"]["enum"] = ["general", "scheduling", "support"]
    return {
        "type": "function",
        "name": name,
        "description": description,
        "parameters": {
            "type": "object",
            "properties": properties,
            "required": required.split(),
        },
    }


def handoff(name: str, description: str) -> Json:
    about = f"Handoff to the {name} agent to handle the request. {description}"
    return tool(f"transfer_to_{name}", description=about)


WEATHER = (tool("get_weather", "place", "day"), tool("get_current_time", "", "place"))
HOURLY = tool("get_weather", "place", "region day time_of_day")
SCHEDULING = (
    tool("list_services"),
    tool("find_free_slots", "service day"),
    tool("book_appointment", "service start name"),
    tool("move_appointment", "code start"),
    tool("cancel_appointment", "code"),
    tool("find_my_appointments"),
)
SUPPORT = (
    tool("search_knowledge", "question"),
    tool("open_ticket", "summary", "details"),
    tool("look_up_ticket", "code"),
)
CONCIERGE = (
    tool("take_message", "message"),
    tool("request_callback", "when reason"),
    tool("end_call", "", "reason"),
    tool("transfer_to_human", "reason topic"),
)
HANDOFFS = (
    handoff("weather", "The weather and the time anywhere."),
    handoff("scheduling", "Books, moves and cancels appointments in the workshop."),
    handoff("support", "Complaints, refunds, broken bicycles, tickets, questions."),
)
BACK = handoff("triage", "Finds out what the caller wants.")
ALL = (*WEATHER, *SCHEDULING, *SUPPORT, *CONCIERGE)

SLOTS: Json = {
    "say": "I have nine o'clock and half past ten. Which suits you?",
    "service": "Bicycle service",
    "slots": ["2026-11-27T09:00", "2026-11-27T10:30", "2026-11-27T16:00"],
}


def caller(text: str) -> Item:
    return Item("u", role="user", text=text, spoken=True, audio=b"sound")


def agent(text: str) -> Item:
    return Item("a", role="assistant", text=text, spoken=True)


def note(text: str) -> Item:
    return Item("s", role="system", text=text)


def called(name: str, result: Json | str) -> list[Item]:
    output = result if isinstance(result, str) else json.dumps(result)
    return [
        Item("f", "function_call", name=name, call_id=name, arguments="{}"),
        Item("o", "function_call_output", call_id=name, output=output),
    ]


def on(*items: Item | str, tools: tuple[Json, ...] = ALL, request: str = "") -> Part:
    """The one part of the answer."""
    talk = [caller(item) if isinstance(item, str) else item for item in items]
    [part] = decide(Scene(tools, talk, request))
    return part


def says(*items: Item | str, tools: tuple[Json, ...] = ALL, request: str = "") -> str:
    part = on(*items, tools=tools, request=request)
    assert isinstance(part, Speak)
    return part.text


@pytest.mark.parametrize(
    ("utterance", "name", "arguments"),
    [
        (
            "what is the weather in bergen tomorrow",
            "get_weather",
            {"place": "Bergen", "day": "tomorrow"},
        ),
        (
            "What is the weather in New York on Friday?",
            "get_weather",
            {"place": "New York", "day": "friday"},
        ),
        ("will it rain in paris", "get_weather", {"place": "Paris"}),
        ("what time is it in tokyo", "get_current_time", {"place": "Tokyo"}),
        ("what time is it", "get_current_time", {}),
        (
            "i would like to book a bicycle service on friday",
            "find_free_slots",
            {"service": "bicycle service", "day": "friday"},
        ),
        ("which services do you have", "list_services", {}),
        (
            "what are your opening hours",
            "search_knowledge",
            {"question": "What are your opening hours"},
        ),
        ("cancel my appointment", "find_my_appointments", {}),
        ("when is my appointment", "find_my_appointments", {}),
        ("is my bicycle ready code 4 7 1 1", "look_up_ticket", {"code": "4711"}),
        (
            "tell them that i will be late",
            "take_message",
            {"message": "Tell them that i will be late"},
        ),
        (
            "please call me back tomorrow",
            "request_callback",
            {"when": "tomorrow", "reason": "Please call me back tomorrow"},
        ),
        (
            "i want to talk to a person about a refund",
            "transfer_to_human",
            {"reason": "I want to talk to a person about a refund", "topic": "support"},
        ),
        (
            "operator please",
            "transfer_to_human",
            {"reason": "Operator please", "topic": "general"},
        ),
        (
            "that is all thank you goodbye",
            "end_call",
            {"reason": "That is all thank you goodbye"},
        ),
    ],
)
def test_a_wish_calls_the_tool_that_grants_it(
    utterance: str, name: str, arguments: Json
) -> None:
    assert on(utterance) == CallTool(name, arguments)


def test_a_complaint_becomes_a_ticket() -> None:
    utterance = "my new bike has a broken gear i want a refund"
    part = on(utterance)
    assert isinstance(part, CallTool)
    assert part.name == "open_ticket"
    assert part.arguments["summary"] == utterance.capitalize()


@pytest.mark.parametrize(
    ("utterance", "target"),
    [
        ("what is the weather in paris today", "transfer_to_weather"),
        ("what time is it in tokyo", "transfer_to_weather"),
        ("i would like to book a bicycle service on friday", "transfer_to_scheduling"),
        ("cancel my appointment", "transfer_to_scheduling"),
        ("my new bike has a broken gear i want a refund", "transfer_to_support"),
        ("what are your opening hours", "transfer_to_support"),
    ],
)
def test_who_cannot_help_hands_over_to_who_can(utterance: str, target: str) -> None:
    assert on(utterance, tools=(*HANDOFFS, *CONCIERGE)) == CallTool(target)


def test_who_knows_nobody_better_gives_the_caller_back_to_triage() -> None:
    utterance = "i would like to book a bicycle service on friday"
    assert on(utterance, tools=(*WEATHER, BACK)) == CallTool("transfer_to_triage")


def test_who_knows_nobody_at_all_offers_a_person() -> None:
    assert says("book a bicycle service on friday", tools=WEATHER) == phrases.CANNOT


def test_after_a_handoff_the_wish_is_taken_up_at_once() -> None:
    done = called("transfer_to_weather", {"assistant": "weather"})
    part = on("will it rain in oslo today", *done, tools=(*WEATHER, BACK))
    assert part == CallTool("get_weather", {"place": "Oslo", "day": "today"})


def test_a_caller_is_never_handed_round_in_circles() -> None:
    wish = caller("will it rain in oslo today")
    there = called("transfer_to_weather", {"assistant": "weather"})
    back = called("transfer_to_triage", {"assistant": "triage"})
    assert says(wish, *there, tools=(BACK,)) == phrases.CANNOT
    assert says(wish, *there, *back, tools=HANDOFFS[:1]) == phrases.CANNOT
    again = caller("will it rain in oslo today")
    talk = (wish, *there, agent(phrases.CANNOT), again)
    assert on(*talk, tools=(BACK,)) == CallTool("transfer_to_triage")


def test_a_handoff_before_the_caller_spoke_ends_in_a_greeting() -> None:
    assert says(*called("transfer_to_weather", {"assistant": "weather"})) == (
        phrases.GREETING
    )


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ({"say": "It rains.", "low": 3}, "It rains."),
        ({"error": "Not today."}, "Not today."),
        ({"error": "For the model.", "say": "I am sorry."}, "I am sorry."),
        ("Plain words.", "Plain words."),
        ('["a", "list"]', '["a", "list"]'),
        ({"free_seats": 3}, "free seats: 3"),
        ("", "All right."),
    ],
)
def test_what_a_tool_answers_is_read_out(output: Json | str, words: str) -> None:
    assert says("how is the weather", *called("x", output)) == words


def test_ending_the_call_ends_in_a_farewell_even_if_the_tool_is_silent() -> None:
    assert says("goodbye", *called("end_call", {})) == phrases.FAREWELL


def test_the_words_in_quotes_are_spoken_when_they_are_asked_for() -> None:
    assert says(request='Greet the caller: "Welcome."') == "Welcome."
    assert says("hello", request="Say exactly: “One moment.”") == "One moment."


def test_a_note_of_the_supervisor_is_spoken_once() -> None:
    whisper = note("Tell the caller: “The shop closes early today.”")
    assert says("hello", agent("Hi."), whisper) == "The shop closes early today."
    talk = [caller("hello"), agent("Hi."), whisper, caller("cancel my appointment")]
    assert decide(Scene(ALL, talk)) == [
        Speak("The shop closes early today."),
        CallTool("find_my_appointments"),
    ]
    assert says(whisper, agent("The shop closes early today."), "hello") == (
        phrases.GREETING
    )


def test_a_note_that_nobody_answered_does_not_send_the_caller_off_again() -> None:
    wish, failed = caller("operator please"), note('Begin with: "Nobody is there."')
    assert says(wish, failed) == "Nobody is there."
    talk = [caller("will it rain in oslo"), note('Begin with: "We were cut off."')]
    assert decide(Scene(ALL, talk)) == [
        Speak("We were cut off."),
        CallTool("get_weather", {"place": "Oslo"}),
    ]


def test_a_note_without_words_to_say_is_only_a_note() -> None:
    assert says(note("The caller rang up from Oslo.")) == phrases.GREETING


@pytest.mark.parametrize("utterance", ["", "colourless green ideas"])
def test_what_was_not_understood_is_asked_again(utterance: str) -> None:
    assert says(utterance) == phrases.PARDON


def test_a_missing_argument_is_asked_for_and_joined_to_the_wish() -> None:
    question = says("what is the weather tomorrow")
    assert question == "For which town or city?"
    part = on("what is the weather tomorrow", agent(question), "bergen")
    assert part == CallTool("get_weather", {"place": "Bergen", "day": "tomorrow"})


def test_two_missing_arguments_are_asked_for_one_after_the_other() -> None:
    talk: list[Item | str] = ["can i book an appointment"]
    for question, answer in (
        ("Which service would you like?", "puncture repair"),
        ("For which day?", "monday"),
    ):
        tools = (tool("find_free_slots", "service day"),)
        if question.startswith("Which"):
            talk[0] = "i want to book"
        assert says(*talk, tools=tools) == question
        talk += [agent(question), answer]
    part = on(*talk, tools=(tool("find_free_slots", "service day"),))
    assert part == CallTool(
        "find_free_slots", {"service": "puncture repair", "day": "monday"}
    )


BOOKING = (
    caller("i would like to book a bicycle service on friday"),
    *called("find_free_slots", SLOTS),
    agent(SLOTS["say"]),
)


@pytest.mark.parametrize(
    ("utterance", "start"),
    [
        ("nine o'clock please the name is anna berg", "2026-11-27T09:00"),
        ("half past ten the name is anna berg", "2026-11-27T10:30"),
        ("at ten thirty my name is anna berg", "2026-11-27T10:30"),
        ("four pm the name is anna berg", "2026-11-27T16:00"),
        ("the last one please the name is anna berg", "2026-11-27T16:00"),
        ("At 9, please. My name is Anna Berg.", "2026-11-27T09:00"),
    ],
)
def test_a_time_that_was_offered_is_booked(utterance: str, start: str) -> None:
    wanted = {"service": "Bicycle service", "start": start, "name": "Anna Berg"}
    assert on(*BOOKING, utterance) == CallTool("book_appointment", wanted)


def test_a_time_that_was_not_offered_is_not_booked() -> None:
    utterance = "eleven o'clock the name is anna berg"
    assert says(*BOOKING, utterance) == phrases.NO_SUCH_TIME


def test_a_booking_needs_a_name() -> None:
    assert says(*BOOKING, "nine o'clock") == phrases.WHICH_NAME
    for answer in ("my name is anna berg", "anna berg"):
        talk = (*BOOKING, "nine o'clock", agent(phrases.WHICH_NAME), answer)
        part = on(*talk)
        assert isinstance(part, CallTool)
        assert part.arguments["name"] == "Anna Berg"
        assert part.arguments["start"] == "2026-11-27T09:00"


def test_a_name_that_was_spelled_is_spelled_back_before_it_is_booked() -> None:
    said = "nine o'clock please the name is anna berg b e r g"
    asked = says(*BOOKING, said)
    assert asked == "That is for Anna Berg, spelled B, E, R, G. Shall I book it?"
    part = on(*BOOKING, said, agent(asked), "yes please")
    wanted = {"service": "bicycle service", "start": "2026-11-27T09:00"}
    assert part == CallTool("book_appointment", {**wanted, "name": "Anna Berg"})
    assert "anything else" in says(*BOOKING, said, agent(asked), "no thank you")


def test_what_is_booked_is_texted_on_yes() -> None:
    tools = (*SCHEDULING, tool("text_confirmation", "code"))
    done = called("book_appointment", {"say": "Booked.", "code": "K7M4X"})
    choice = caller("nine o'clock the name is anna berg")
    asked = says(*BOOKING, choice, *done, tools=tools)
    assert asked == f"Booked. {phrases.SHALL_I_TEXT}"
    part = on(*BOOKING, choice, *done, agent(asked), "yes please", tools=tools)
    assert part == CallTool("text_confirmation", {"code": "K7M4X"})
    assert says(*BOOKING, choice, *done) == "Booked."
    failed = called("book_appointment", {"error": "Taken."})
    assert says(*BOOKING, choice, *failed, tools=tools) == "Taken."


@pytest.mark.parametrize(
    ("utterance", "changed"),
    [
        ("and at four in the afternoon", {"time_of_day": "at four in the afternoon"}),
        ("and on friday", {"day": "friday"}),
        ("what about paris", {"place": "Paris"}),
    ],
)
def test_what_is_asked_on_changes_only_what_is_named(
    utterance: str, changed: Json
) -> None:
    first = {"place": "Oslo", "day": "tomorrow"}
    forecast = called("get_weather", {"say": "It rains."})
    forecast[0].arguments = json.dumps(first)
    talk = (caller("what is the weather in oslo tomorrow"), *forecast)
    part = on(*talk, agent("It rains."), utterance, tools=(HOURLY,))
    assert part == CallTool("get_weather", first | changed)


def test_more_of_nothing_is_not_understood() -> None:
    assert says("and at four in the afternoon", tools=(HOURLY,)) == phrases.PARDON


def test_the_region_that_was_named_is_given_apart_where_it_is_wanted() -> None:
    which: Json = {"say": "Which one?", "places": ["Paris, France", "Paris, Texas, US"]}
    talk = (caller("will it rain in paris"), *called("get_weather", which))
    part = on(*talk, agent("Which one?"), "the one in texas", tools=(HOURLY,))
    assert part == CallTool("get_weather", {"place": "Paris", "region": "Texas"})


def test_a_time_of_day_narrows_what_is_looked_for() -> None:
    talk = (*BOOKING, caller("do you have a time after five"))
    tools = (tool("find_free_slots", "service day", "time_of_day"),)
    wanted = {"service": "bicycle service", "day": "friday"}
    narrowed = {**wanted, "time_of_day": "after five"}
    assert on(*talk, tools=tools) == CallTool("find_free_slots", narrowed)


def test_when_nothing_is_known_a_ticket_is_offered_and_opened_on_yes() -> None:
    nothing = {"say": "I do not know.", "note": "Do not guess; offer open_ticket."}
    talk = (caller("can you repair a boat"), *called("search_knowledge", nothing))
    asked = says(*talk)
    assert asked == f"I do not know. {phrases.SHALL_I_OPEN_A_TICKET}"
    question = "Can you repair a boat"
    assert on(*talk, agent(asked), "yes please") == CallTool(
        "open_ticket", {"summary": question, "details": question}
    )
    assert says(*talk, tools=SUPPORT[:1]) == "I do not know."


def test_rules_of_the_house_are_left_to_whoever_knows_them() -> None:
    front_desk = (SUPPORT[0], *HANDOFFS)
    refunds = called("transfer_to_support", {"assistant": "support"})
    asked = caller("can i return a bicycle")
    assert on(asked, tools=front_desk) == CallTool("transfer_to_support")
    known = {"question": "Can i return a bicycle"}
    assert on(asked, *refunds, tools=(*SUPPORT, BACK)) == CallTool(
        "search_knowledge", known
    )
    hours = on("what are your opening hours", tools=front_desk)
    assert isinstance(hours, CallTool)
    assert hours.name == "search_knowledge"


def test_a_choice_that_has_a_usual_is_left_out_unless_it_is_named() -> None:
    units = tool("get_weather", "place", "units")
    about = {"type": "string", "enum": ["usual", "celsius"], "default": "usual"}
    units["parameters"]["properties"]["units"] = about
    plain = {"place": "Oslo"}
    asked = "what is the weather in oslo"
    assert on(asked, tools=(units,)) == CallTool("get_weather", plain)
    named = CallTool("get_weather", {**plain, "units": "celsius"})
    assert on("what is the celsius temperature in oslo", tools=(units,)) == named


def test_a_place_is_chosen_among_those_that_were_named() -> None:
    which: Json = {
        "say": "There is more than one Springfield. Which one do you mean?",
        "places": ["Springfield, Missouri", "Springfield, Illinois"],
    }
    talk = (
        caller("what is the weather in springfield tomorrow"),
        *called("get_weather", which),
        agent(which["say"]),
    )
    for answer in ("the one in illinois", "illinois", "the second one"):
        part = on(*talk, answer)
        expected = {"place": "Springfield, Illinois", "day": "tomorrow"}
        assert part == CallTool("get_weather", expected)


def test_an_appointment_that_was_found_is_cancelled_on_yes() -> None:
    found: Json = {
        "say": "You come on Friday at nine.",
        "appointments": [{"code": "K7M4X", "start": "2026-11-27T09:00"}],
    }
    wish = (caller("cancel my appointment"), *called("find_my_appointments", found))
    asked = says(*wish)
    assert asked == "You come on Friday at nine. Shall I cancel it?"
    talk = (*wish, agent(asked))
    assert on(*talk, "yes please") == CallTool("cancel_appointment", {"code": "K7M4X"})
    assert "anything else" in says(*talk, "no thank you")


def test_appointments_that_were_only_asked_about_are_not_cancelled() -> None:
    found: Json = {"say": "On Friday.", "appointments": [{"code": "K7M4X"}]}
    wish = caller("when is my appointment")
    assert says(wish, *called("find_my_appointments", found)) == "On Friday."
    nothing: Json = {"say": "There is none.", "appointments": []}
    wish = caller("cancel my appointment")
    assert says(wish, *called("find_my_appointments", nothing)) == "There is none."


def test_yes_goes_to_what_was_offered_last() -> None:
    offer = agent("None of my colleagues is available. Shall I take a message?")
    assert says("operator please", offer, "yes please") == phrases.WHAT_MESSAGE


def test_yes_to_a_person_reaches_one_and_says_what_it_is_about() -> None:
    talk = (caller("i want a refund"), agent(phrases.CANNOT), caller("yes please"))
    assert on(*talk, tools=CONCIERGE) == CallTool(
        "transfer_to_human", {"reason": "I want a refund", "topic": "support"}
    )


def test_no_to_anything_else_ends_the_call() -> None:
    last = agent(phrases.ANYTHING_ELSE)
    assert on("hello", last, "no thank you") == CallTool(
        "end_call", {"reason": "No thank you"}
    )
    assert says("hello", last, "no thank you", tools=()) == phrases.FAREWELL


def test_a_service_alone_is_a_wish_to_book_it() -> None:
    talk = (agent(phrases.GREETING), "a winter check please")
    assert says(*talk) == "For which day?"
    part = on(*talk, agent("For which day?"), "friday")
    wanted = {"service": "winter check", "day": "friday"}
    assert part == CallTool("find_free_slots", wanted)


def test_a_message_is_asked_for_and_then_taken_word_for_word() -> None:
    assert says("please take a message") == phrases.WHAT_MESSAGE
    talk = (caller("please take a message"), agent(phrases.WHAT_MESSAGE))
    part = on(*talk, "my bicycle is broken and so am i")
    assert part == CallTool(
        "take_message", {"message": "My bicycle is broken and so am i"}
    )


def test_a_silent_caller_is_asked_whether_they_are_there() -> None:
    assert says(Item("u", role="user", spoken=True)) == phrases.STILL_THERE


def test_repeating_is_repeating() -> None:
    assert says("hello", agent("It rains."), "can you repeat that") == "It rains."


def test_repeating_is_left_to_the_tool_that_does_it_slowly() -> None:
    slowly = (tool("repeat_slowly"),)
    part = on("hello", agent("It rains."), "can you repeat that", tools=slowly)
    assert part == CallTool("repeat_slowly")


def test_without_any_tools_it_still_talks() -> None:
    assert says("hello", tools=()) == phrases.GREETING
    assert says("operator please", tools=()) == phrases.NOBODY
    assert says("wait a moment", tools=()) == "Of course, take your time."


def test_other_names_of_parameters_are_asked_for_and_not_invented() -> None:
    odd = (tool("get_weather", "planet"),)
    assert says("what is the weather in bergen", tools=odd) == "What is the planet?"


@pytest.mark.parametrize(
    ("utterance", "tool", "given"),
    [
        ('use tool send_sms with {"text": "K7M4X"}', "send_sms", {"text": "K7M4X"}),
        ("use tool repeat_slowly", "repeat_slowly", {}),
    ],
)
def test_a_rehearsal_may_order_any_tool_word_for_word(
    utterance: str, tool: str, given: Json
) -> None:
    assert on(caller(utterance)) == CallTool(tool, given)


@pytest.mark.parametrize("utterance", ["use tool x with {", "use tool x with [1]"])
def test_an_order_that_makes_no_sense_is_no_order(utterance: str) -> None:
    assert says(caller(utterance)) == phrases.PARDON
