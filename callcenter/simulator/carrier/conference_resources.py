"""Conferences and their participants, in Twilio's shapes."""

from callcenter.simulator.carrier.exchange import Exchange
from callcenter.simulator.carrier.fields import API_VERSION
from callcenter.simulator.carrier.records import rfc2822
from callcenter.simulator.carrier.resources import Body, account_path
from callcenter.simulator.carrier.room import Member, Room


def conference(exchange: Exchange, room: Room) -> Body:
    path = f"{account_path(exchange.account_sid)}/Conferences/{room.sid}"
    return {
        "sid": room.sid,
        "account_sid": exchange.account_sid,
        "friendly_name": room.name,
        "api_version": API_VERSION,
        "region": "us1",
        "status": room.status,
        "date_created": rfc2822(room.created_at),
        "date_updated": rfc2822(room.ended_at or room.created_at),
        "reason_conference_ended": room.why_ended,
        "call_sid_ending_conference": room.ended_by,
        "uri": f"{path}.json",
        "subresource_uris": {
            "participants": f"{path}/Participants.json",
            "recordings": f"{path}/Recordings.json",
        },
    }


def participant(exchange: Exchange, room: Room, member: Member) -> Body:
    path = f"{account_path(exchange.account_sid)}/Conferences/{room.sid}"
    return {
        "account_sid": exchange.account_sid,
        "call_sid": member.leg.sid,
        "label": member.manners.label or None,
        "conference_sid": room.sid,
        "call_sid_to_coach": member.coach or None,
        "coaching": bool(member.coach),
        "muted": member.muted,
        "hold": member.hold,
        "start_conference_on_enter": member.manners.start_on_enter,
        "end_conference_on_exit": member.end_on_exit,
        "status": "connected",
        "queue_time": "0",
        "date_created": rfc2822(member.entered_at),
        "date_updated": rfc2822(member.entered_at),
        "uri": f"{path}/Participants/{member.leg.sid}.json",
    }
