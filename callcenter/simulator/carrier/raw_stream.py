"""A Media Stream in the hands of a test: every frame is yours."""

from typing import Final

from aiohttp import WSMsgType

from callcenter.domain.ids import CallSid, StreamSid
from callcenter.simulator.carrier.exchange import Exchange
from callcenter.simulator.carrier.faults import Signature
from callcenter.simulator.carrier.handshake import StreamSocket, open_socket
from callcenter.simulator.carrier.records import new_sid
from callcenter.simulator.carrier.sound import QUIET_FRAME
from callcenter.wire.media import (
    Connected,
    Frame,
    FromTwilio,
    Started,
    ToTwilio,
    parse_to_twilio,
    render_from_twilio,
)
from callcenter.wire.mulaw import FRAME_MS

RECEIVE_TIMEOUT_S: Final = 5.0


class RawStream:
    """Nothing is sent that you don't send. Close it, or reset it, at the end."""

    def __init__(
        self,
        socket: StreamSocket,
        *,
        call_sid: str,
        account_sid: str,
        parameters: dict[str, str],
    ) -> None:
        self.sid = StreamSid(new_sid("MZ"))
        self._socket = socket
        self._sequence = 0
        self._chunk = 0
        self._started = Started(self.sid, CallSid(call_sid), account_sid, parameters)

    @property
    def closed(self) -> bool:
        return self._socket.ws.closed

    @property
    def close_code(self) -> int | None:
        """The server's, once it has closed."""
        return self._socket.ws.close_code

    async def start(self) -> None:
        """Send `connected` and `start`."""
        await self.send(Connected())
        await self.send(self._started)

    async def send(self, message: FromTwilio) -> None:
        if not isinstance(message, Connected):
            self._sequence += 1
        await self.send_raw(render_from_twilio(message, self.sid, self._sequence))

    async def send_audio(self, audio: bytes = QUIET_FRAME) -> None:
        """One media message, of any length, stamped as the next 20 ms."""
        self._chunk += 1
        await self.send(Frame(self._chunk * FRAME_MS, audio, self._chunk))

    async def send_raw(self, frame: str | bytes) -> None:
        if isinstance(frame, str):
            await self._socket.ws.send_str(frame)
        else:
            await self._socket.ws.send_bytes(frame)

    async def receive(self, timeout_s: float = RECEIVE_TIMEOUT_S) -> ToTwilio | None:
        """The server's next message; None once it has closed.

        Raises TimeoutError, and `Malformed` for what Twilio would ignore.
        """
        message = await self._socket.ws.receive(timeout=timeout_s)
        match message.type:
            case WSMsgType.TEXT | WSMsgType.BINARY:
                return parse_to_twilio(message.data)
            case _:
                return None

    async def close(self, code: int = 1000) -> None:
        await self._socket.close(code)

    async def reset(self) -> None:
        await self._socket.reset()


async def open_raw_stream(
    exchange: Exchange,
    url: str,
    *,
    call_sid: str,
    parameters: dict[str, str],
    signature: Signature,
) -> RawStream:
    """Shake hands. Raises `HandshakeFailed`."""
    socket = await open_socket(
        exchange.webhooks,
        url,
        signature,
        signed_as_wss=exchange.options.sign_stream_as_wss,
    )
    return RawStream(
        socket,
        call_sid=call_sid,
        account_sid=exchange.account_sid,
        parameters=parameters,
    )
