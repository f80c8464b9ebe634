"""The keys that a caller presses: some are wishes, some are secrets.

Only code that asks for digits ever gets several. An agent is told of a single key, as
menus need it, and of more than one how many they were: they may be a PIN that was typed
before anything asked for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

from callcenter.domain import events as e
from callcenter.domain.notes import SEVERAL_KEYS, SINGLE_KEY
from callcenter.errors import ToolFailed
from callcenter.floor.talk import Talk

KEY_FOR_A_PERSON: Final = "0"
KEY_TO_STAY: Final = "*"

END_OF_ENTRY: Final = "#"

AFTER_ENTRY_MS: Final = 3_000
"""Keys that come so soon after a secure entry were meant for it: `#`, a late digit."""

EARLY_MS: Final = 15_000
"""So long after the last of them, several keys still wait for somebody to ask."""

SLOWLY_MS: Final = 4_000
"""A key that follows another so soon may be a digit of the same number."""

KEYS_SECONDS: Final = 1.5
"""After the last key, before anybody acts on it: people press several."""


class Pressed(Protocol):
    """What keys need of their call."""

    @property
    def talk(self) -> Talk | None: ...

    def clock_ms(self) -> int: ...

    def record(self, event: e.Event) -> None: ...

    def start(self, errand: Coroutine[Any, Any, None]) -> None: ...

    def pause_recording(self) -> None: ...

    def resume_recording(self) -> None: ...


class Keys:
    """One call's."""

    def __init__(
        self,
        call: Pressed,
        *,
        menu: Callable[[str], bool],
        person: Callable[[], Awaitable[None]],
        stay: Callable[[], bool] = bool,
        tell: Callable[[str], Awaitable[None]],
    ) -> None:
        self._call = call
        self._menu = menu
        """Takes a key of the menu of languages, if it is one."""
        self._person = person
        self._stay = stay
        """Stops the ringing for a person; False: nobody is being rung."""
        self._tell = tell
        self._pressed: list[str] = []
        self._told = 0
        """How many of them the agent has been told of."""
        self._last_ms: int | None = None
        self._entries = 0
        """How many are open, one within the other."""
        self._entry: asyncio.Queue[str] | None = None
        self._collecting = False
        self._private_until_ms = 0

    @property
    def private(self) -> bool:
        """Whether what is typed just now is a secret."""
        return self._entries > 0

    def press(self, digit: str) -> None:
        """Take a key, for whoever it may be meant for."""
        now_ms = self._call.clock_ms()
        if self.private:
            self._enter(digit)
        elif now_ms < self._private_until_ms:
            self._private_until_ms = now_ms + AFTER_ENTRY_MS
        else:
            self._call.record(e.KeyPressed(now_ms))
            self._collect(digit, now_ms)

    @contextmanager
    def secret(self) -> Iterator[None]:
        """In here, keys wait for `collect`, and reach nobody else in any form.

        The recording pauses, and the model hears silence of the caller. Those that
        were typed a moment too early belong to it.
        """
        self._entries += 1
        if self._entries == 1:
            self._entry = self._begin()
        try:
            yield
        finally:
            self._entries -= 1
            if not self._entries:
                self._end()

    async def collect(self, count: int, timeout_s: float) -> str:
        """See CallControl.collect_digits."""
        if self._collecting:
            raise ToolFailed("The caller is typing already; wait for that.")
        self._collecting = True
        try:
            with self.secret():
                if self._entry is None:  # this secret's first entry is over
                    self._entry = asyncio.Queue()
                return await _typed(self._entry, count, timeout_s)
        finally:
            self._collecting = False
            self._entry = None

    # Secrets.

    def _begin(self) -> asyncio.Queue[str]:
        self._call.pause_recording()
        if self._call.talk is not None:
            self._call.talk.line.hush.begin()
        entry: asyncio.Queue[str] = asyncio.Queue()
        answered = self._told == len(self._pressed) == 1  # that one had its meaning
        if not answered and not self._is_old(self._call.clock_ms(), EARLY_MS):
            for digit in self._pressed:
                entry.put_nowait(digit)
        self._forget()
        return entry

    def _end(self) -> None:
        self._entry = None
        self._private_until_ms = self._call.clock_ms() + AFTER_ENTRY_MS
        if self._call.talk is not None:
            self._call.talk.line.hush.end()
        self._call.resume_recording()

    def _enter(self, digit: str) -> None:
        if self._entry is not None:
            self._entry.put_nowait(digit)
        if self._call.talk is not None:
            self._call.talk.line.owe()  # whoever types need not be spoken to

    # Wishes.

    def _collect(self, digit: str, now_ms: int) -> None:
        if self._is_old(now_ms, SLOWLY_MS):
            self._forget()
        self._last_ms = now_ms
        if not self._pressed and self._menu(digit):
            return
        self._pressed.append(digit)
        if len(self._pressed) - self._told == 1:
            self._call.start(self._act(self._pressed))

    async def _act(self, pressed: list[str]) -> None:
        """Once no more keys come, unless they have become a secret meanwhile."""
        seen = 0
        while seen != len(pressed):
            seen = len(pressed)
            await asyncio.sleep(KEYS_SECONDS)
        if pressed is not self._pressed:
            return
        if set(pressed) == {KEY_FOR_A_PERSON}:
            self._forget()
            await self._person()
            return
        if set(pressed) == {KEY_TO_STAY} and self._stay():
            self._forget()
            return
        self._told = seen
        one = SINGLE_KEY.format(key=pressed[0])
        await self._tell(one if seen == 1 else SEVERAL_KEYS.format(count=seen))

    def _is_old(self, now_ms: int, after_ms: int) -> bool:
        return self._last_ms is not None and now_ms - self._last_ms > after_ms

    def _forget(self) -> None:
        self._pressed = []
        self._told = 0


async def _typed(entry: asyncio.Queue[str], count: int, timeout_s: float) -> str:
    digits = ""
    try:
        while len(digits) < count:
            async with asyncio.timeout(timeout_s):
                digit = await entry.get()
            if digit == END_OF_ENTRY:
                break
            digits += digit
    except TimeoutError:
        pass
    return digits
