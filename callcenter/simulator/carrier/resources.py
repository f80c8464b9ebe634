"""REST resources in Twilio's shapes: most numbers are strings, dates RFC 2822."""

from collections.abc import Mapping
from typing import Final, TypeAlias
from urllib.parse import urlencode

from callcenter.simulator.carrier.exchange import Exchange, Number
from callcenter.simulator.carrier.fields import API_VERSION
from callcenter.simulator.carrier.leg import Leg
from callcenter.simulator.carrier.records import new_sid, rfc2822, utc_now

Body: TypeAlias = dict[str, object]

_REST_STATUS: Final = {"initiated": "ringing"}
"""A call resource never says `initiated`."""
_ENDS_UNANSWERED: Final = frozenset({"busy", "failed", "no-answer", "canceled"})
_US_NUMBER_DIGITS: Final = 12


class RestError(Exception):
    """A refusal, as Twilio words it."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def body(self) -> Body:
        return {
            "code": self.code,
            "message": str(self),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def account_path(account_sid: str) -> str:
    return f"/{API_VERSION}/Accounts/{account_sid}"


def account(exchange: Exchange) -> Body:
    path = account_path(exchange.account_sid)
    created = rfc2822(exchange.started_at)
    return {
        "sid": exchange.account_sid,
        "owner_account_sid": exchange.account_sid,
        "auth_token": "redacted by the simulator",
        "friendly_name": "Simulated account",
        "status": "active",
        "type": "Full",
        "date_created": created,
        "date_updated": created,
        "uri": f"{path}.json",
        "subresource_uris": {
            "calls": f"{path}/Calls.json",
            "messages": f"{path}/Messages.json",
            "incoming_phone_numbers": f"{path}/IncomingPhoneNumbers.json",
            "recordings": f"{path}/Recordings.json",
        },
    }


def call(exchange: Exchange, leg: Leg) -> Body:
    path = f"{account_path(exchange.account_sid)}/Calls/{leg.sid}"
    fresh = leg.status == "queued"
    started = None if leg.status in _ENDS_UNANSWERED else leg.answered_at
    return {
        "sid": leg.sid,
        "account_sid": exchange.account_sid,
        "parent_call_sid": leg.parent_sid,
        "api_version": API_VERSION,
        "date_created": None if fresh else rfc2822(leg.created_at),
        "date_updated": None if fresh else rfc2822(leg.ended_at or leg.created_at),
        "to": leg.to_number,
        "to_formatted": formatted(leg.to_number),
        "from": leg.from_number,
        "from_formatted": formatted(leg.from_number),
        "phone_number_sid": exchange.number.sid,
        "status": _REST_STATUS.get(leg.status, leg.status),
        "start_time": rfc2822(started),
        "end_time": rfc2822(leg.ended_at),
        "duration": str(leg.duration_s) if leg.over else None,
        "price": None,
        "price_unit": "USD",
        "direction": leg.direction.value,
        "answered_by": None,
        "annotation": None,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "uri": f"{path}.json",
        "subresource_uris": {
            "recordings": f"{path}/Recordings.json",
            "streams": f"{path}/Streams.json",
            "events": f"{path}/Events.json",
        },
    }


def phone_number(exchange: Exchange, number: Number) -> Body:
    path = account_path(exchange.account_sid)
    created = rfc2822(exchange.started_at)
    return {
        "sid": number.sid,
        "account_sid": exchange.account_sid,
        "friendly_name": number.friendly_name,
        "phone_number": number.phone_number,
        "api_version": API_VERSION,
        "beta": False,
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
        "date_created": created,
        "date_updated": created,
        "origin": "twilio",
        "status": "in-use",
        "voice_url": number.voice_url,
        "voice_method": number.voice_method,
        "voice_fallback_url": number.voice_fallback_url or "",
        "voice_fallback_method": "POST",
        "voice_caller_id_lookup": False,
        "voice_application_sid": "",
        "voice_receive_mode": "voice",
        "status_callback": number.status_callback or "",
        "status_callback_method": number.status_callback_method,
        "sms_url": "",
        "sms_method": "POST",
        "sms_fallback_url": "",
        "sms_fallback_method": "POST",
        "sms_application_sid": "",
        "trunk_sid": None,
        "address_sid": None,
        "address_requirements": "none",
        "emergency_status": "Inactive",
        "uri": f"{path}/IncomingPhoneNumbers/{number.sid}.json",
    }


def message(exchange: Exchange, to: str, sender: str, text: str) -> Body:
    sid = new_sid("SM")
    path = f"{account_path(exchange.account_sid)}/Messages/{sid}"
    created = rfc2822(utc_now())
    return {
        "sid": sid,
        "account_sid": exchange.account_sid,
        "api_version": API_VERSION,
        "body": text,
        "date_created": created,
        "date_sent": None,
        "date_updated": created,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": sender,
        "to": to,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "messaging_service_sid": None,
        "status": "queued",
        "subresource_uris": {"media": f"{path}/Media.json"},
        "uri": f"{path}.json",
    }


def page(key: str, items: list[Body], path: str, query: Mapping[str, str]) -> Body:
    """One page of a list, with the addresses of its neighbours."""
    size, number = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
    start = size * number
    part = items[start : start + size]

    def address(page_number: int) -> str:
        return f"{path}?" + urlencode(
            {**query, "PageSize": str(size), "Page": str(page_number)}
        )

    return {
        key: part,
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(len(part) - 1, 0),
        "uri": address(number),
        "first_page_uri": address(0),
        "next_page_uri": address(number + 1) if items[start + size :] else None,
        "previous_page_uri": address(number - 1) if number else None,
    }


def formatted(number: str) -> str:
    """North American numbers in brackets; the others as they are."""
    if not number.startswith("+1") or len(number) != _US_NUMBER_DIGITS:
        return number
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
