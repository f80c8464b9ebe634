"""The form fields of Twilio's webhooks."""

from collections.abc import Mapping
from typing import Final

from callcenter.simulator.carrier.leg import FINAL, Leg
from callcenter.simulator.carrier.records import rfc2822, utc_now

API_VERSION: Final = "2010-04-01"

_COUNTRIES: Final[Mapping[str, str]] = {
    "+1": "US", "+33": "FR", "+44": "GB", "+45": "DK", "+46": "SE",
    "+47": "NO", "+49": "DE", "+81": "JP",
}  # fmt: skip
"""Enough to fill FromCountry plausibly; Twilio leaves it empty when it doesn't know."""

_SIP_RESPONSES: Final[Mapping[str, str]] = {
    "completed": "200", "busy": "486", "no-answer": "487", "canceled": "487",
    "failed": "404",
}  # fmt: skip
_PLACE: Final = ("City", "State", "Zip", "Country")
_SECONDS_PER_MINUTE: Final = 60


def voice_fields(leg: Leg, account_sid: str) -> dict[str, str]:
    """What every voice request says about its leg."""
    fields = {
        "CallSid": leg.sid,
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "From": leg.from_number,
        "To": leg.to_number,
        "Caller": leg.from_number,
        "Called": leg.to_number,
        "CallStatus": leg.status,
        "Direction": leg.direction.value,
    }
    if leg.parent_sid is not None:
        fields["ParentCallSid"] = leg.parent_sid
    for ends, number in (
        (("From", "Caller"), leg.from_number),
        (("To", "Called"), leg.to_number),
    ):
        for end in ends:
            fields |= {f"{end}{part}": "" for part in _PLACE}
            fields[f"{end}Country"] = _country(number)
    return fields | leg.extra_fields


def status_fields(leg: Leg, account_sid: str, sequence: int) -> dict[str, str]:
    """What a status callback says; `CallDuration` is seconds, `Duration` minutes."""
    fields = voice_fields(leg, account_sid) | {
        "Timestamp": rfc2822(utc_now()) or "",
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(sequence),
    }
    if leg.status in FINAL:
        minutes = -(-leg.duration_s // _SECONDS_PER_MINUTE)
        fields |= {
            "CallDuration": str(leg.duration_s),
            "Duration": str(minutes),
            "SipResponseCode": _SIP_RESPONSES[leg.status],
        }
    return fields


def _country(number: str) -> str:
    for length in (3, 2):
        if country := _COUNTRIES.get(number[:length]):
            return country
    return ""
