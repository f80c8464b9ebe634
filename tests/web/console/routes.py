"""Every route of the application, and who may use it: add a row with each new one.

A row says what a stranger must not get. `test_every_route.py` tries all of them; a
route that has no row fails there, and so does a row that has no route.
"""

from dataclasses import dataclass
from typing import Final

from callcenter.domain.people import Role


@dataclass(frozen=True, slots=True)
class Public:
    """Everybody."""


@dataclass(frozen=True, slots=True)
class Twilio:
    """Who signs with the account's token."""


@dataclass(frozen=True, slots=True)
class Api:
    """A key with the scope, or a session that may as much. Empty: any key."""

    scope: str = ""


Who = Public | Twilio | Api | Role

PUBLIC: Final = Public()
TWILIO: Final = Twilio()
VIEWER, OPERATOR, SUPERVISOR, ADMIN = Role

# Beneath the methods: unsafe ones of a role need the page's token, and 403 without.
ROUTES: Final[dict[tuple[str, str], Who]] = {
    # For everybody.
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/sounds/hold.wav"): PUBLIC,
    ("GET", "/console/login"): PUBLIC,
    ("POST", "/console/login"): PUBLIC,  # with a token of the form's own
    ("GET", "/console/login/company"): PUBLIC,  # 404 without a provider
    ("GET", "/console/login/company/back"): PUBLIC,
    ("GET", "/console/static/<path:name>"): PUBLIC,
    # The address is the key; see docs/scheduling.md.
    ("GET", "/a/<name>"): PUBLIC,
    ("GET", "/calendar/<path:name>"): PUBLIC,
    # A supervisor's window on a live call.
    ("WS", "/console/calls/<call_id>/supervise"): OPERATOR,
    ("POST", "/console/calls/<call_id>/acts"): SUPERVISOR,
    # Twilio's.
    ("GET", "/incoming-call"): TWILIO,
    ("POST", "/incoming-call"): TWILIO,
    ("GET", "/voice/fallback"): TWILIO,
    ("POST", "/voice/fallback"): TWILIO,
    ("POST", "/voice/fallback-ended"): TWILIO,
    ("POST", "/voice/after-stream"): TWILIO,
    ("POST", "/voice/conference-status"): TWILIO,
    ("POST", "/voice/dial-ended"): TWILIO,
    ("POST", "/voice/line"): TWILIO,
    ("POST", "/voice/offered"): TWILIO,
    ("POST", "/voice/status"): TWILIO,
    ("POST", "/voice/stream-status"): TWILIO,
    ("POST", "/voice/voicemail-done"): TWILIO,
    ("POST", "/voice/voicemail-recorded"): TWILIO,
    ("POST", "/voice/voicemail-transcribed"): TWILIO,
    ("GET", "/operator/brief"): TWILIO,
    ("POST", "/operator/brief"): TWILIO,
    ("GET", "/operator/accept"): TWILIO,
    ("POST", "/operator/accept"): TWILIO,
    ("POST", "/operator/leg-status"): TWILIO,
    ("POST", "/operator/status"): TWILIO,
    ("POST", "/callback/answered"): TWILIO,
    ("POST", "/callback/chosen"): TWILIO,
    ("POST", "/callback/machine"): TWILIO,
    ("POST", "/callback/status"): TWILIO,
    ("WS", "/media-stream"): TWILIO,
    ("WS", "/media-stream/<node>"): TWILIO,
    # Programs.
    ("GET", "/metrics"): PUBLIC,  # on this machine; else a token or a key
    ("GET", "/api/v1/calls"): Api("calls:read"),
    ("GET", "/api/v1/calls/<call_id>"): Api("calls:read"),
    ("GET", "/api/v1/calls/<call_id>/turns"): Api("calls:read"),
    ("GET", "/api/v1/calls/<call_id>/tool-calls"): Api("calls:read"),
    ("GET", "/api/v1/calls/<call_id>/escalations"): Api("calls:read"),
    ("GET", "/api/v1/calls/<call_id>/events"): Api("calls:read"),
    ("GET", "/api/v1/events"): Api("calls:read"),
    ("POST", "/api/v1/calls/<call_id>/acts"): Api("calls:act"),
    ("GET", "/api/v1/calls/<call_id>/recordings"): Api("recordings:read"),
    ("GET", "/api/v1/calls/<call_id>/recordings/<name>"): Api("recordings:read"),
    ("GET", "/api/v1/operators"): Api("operators:read"),
    ("GET", "/api/v1/operators/<name>"): Api("operators:read"),
    ("POST", "/api/v1/operators"): Api("operators:write"),
    ("PATCH", "/api/v1/operators/<name>"): Api("operators:write"),
    ("DELETE", "/api/v1/operators/<name>"): Api("operators:write"),
    ("PUT", "/api/v1/operators/<name>/presence"): Api("operators:write"),
    ("GET", "/api/v1/agents"): Api("agents:read"),
    ("GET", "/api/v1/agents/<name>"): Api("agents:read"),
    ("GET", "/api/v1/tickets"): Api("tickets:read"),
    ("GET", "/api/v1/tickets/<code>"): Api("tickets:read"),
    ("POST", "/api/v1/tickets/<code>/notes"): Api("tickets:write"),
    ("PUT", "/api/v1/tickets/<code>/status"): Api("tickets:write"),
    ("GET", "/api/v1/appointments"): Api("appointments:read"),
    ("GET", "/api/v1/appointments/<code>"): Api("appointments:read"),
    ("DELETE", "/api/v1/appointments/<code>"): Api("appointments:write"),
    ("GET", "/api/v1/voicemails"): Api("messages:read"),
    ("GET", "/api/v1/messages"): Api("messages:read"),
    ("GET", "/api/v1/callbacks"): Api("messages:read"),
    ("GET", "/api/v1/people/<number>"): Api("people:read"),
    ("GET", "/api/v1/people/<number>/export"): Api("people:read"),
    ("DELETE", "/api/v1/people/<number>"): Api("people:write"),
    ("GET", "/api/v1/summary"): Api("figures:read"),
    ("GET", "/api/v1/alarms"): Api("figures:read"),
    ("GET", "/api/v1/webhooks"): Api("webhooks:read"),
    ("POST", "/api/v1/webhooks"): Api("webhooks:write"),
    ("GET", "/api/v1/webhooks/<webhook_id>"): Api("webhooks:read"),
    ("PATCH", "/api/v1/webhooks/<webhook_id>"): Api("webhooks:write"),
    ("DELETE", "/api/v1/webhooks/<webhook_id>"): Api("webhooks:write"),
    ("POST", "/api/v1/webhooks/<webhook_id>/test"): Api("webhooks:write"),
    ("GET", "/api/v1/webhooks/<webhook_id>/deliveries"): Api("webhooks:read"),
    ("GET", "/api/v1/keys"): Api("keys:admin"),
    ("POST", "/api/v1/keys"): Api("keys:admin"),
    ("DELETE", "/api/v1/keys/<key_id>"): Api("keys:admin"),
    ("GET", "/api/v1/openapi.json"): PUBLIC,
    ("GET", "/api/v1/docs"): PUBLIC,
    ("GET", "/api/v1/docs.css"): PUBLIC,
    # There is nothing, which is told in JSON.
    ("GET", "/api/v1/"): PUBLIC,
    ("POST", "/api/v1/"): PUBLIC,
    ("PUT", "/api/v1/"): PUBLIC,
    ("PATCH", "/api/v1/"): PUBLIC,
    ("DELETE", "/api/v1/"): PUBLIC,
    ("GET", "/api/v1/<path:rest>"): PUBLIC,
    ("POST", "/api/v1/<path:rest>"): PUBLIC,
    ("PUT", "/api/v1/<path:rest>"): PUBLIC,
    ("PATCH", "/api/v1/<path:rest>"): PUBLIC,
    ("DELETE", "/api/v1/<path:rest>"): PUBLIC,
    # The console.
    ("GET", "/console"): VIEWER,
    ("GET", "/console/"): VIEWER,
    ("GET", "/console/board/stream"): VIEWER,
    ("POST", "/console/logout"): VIEWER,
    ("GET", "/console/calls"): OPERATOR,
    ("POST", "/console/calls/views"): OPERATOR,
    ("POST", "/console/calls/views/remove"): OPERATOR,
    ("GET", "/console/calls/<call_id>"): OPERATOR,
    ("GET", "/console/exports/calls.<form>"): SUPERVISOR,
    ("GET", "/console/calls/<call_id>/timeline"): OPERATOR,
    ("GET", "/console/schedule"): OPERATOR,
    ("GET", "/console/schedule/<code>"): OPERATOR,
    ("POST", "/console/schedule/<code>/cancel"): OPERATOR,
    ("POST", "/console/schedule/<code>/again"): OPERATOR,
    ("POST", "/console/schedule/waiting/leave"): OPERATOR,
    ("POST", "/console/tickets/<code>/severity"): OPERATOR,
    ("POST", "/console/messages/<call_id>/<int:sequence>/callback"): OPERATOR,
    ("GET", "/console/people"): OPERATOR,
    ("POST", "/console/people/export"): SUPERVISOR,
    ("GET", "/console/people/erase"): ADMIN,
    ("POST", "/console/people/erase"): ADMIN,
    ("POST", "/console/people/customer"): SUPERVISOR,
    ("POST", "/console/people/customer/remove"): SUPERVISOR,
    ("GET", "/console/callbacks"): OPERATOR,
    ("GET", "/console/callbacks/<callback_id>"): OPERATOR,
    ("POST", "/console/callbacks/<callback_id>/<act>"): OPERATOR,
    ("GET", "/console/callbacks/never"): OPERATOR,
    ("POST", "/console/callbacks/never"): OPERATOR,
    ("POST", "/console/callbacks/never/remove"): OPERATOR,
    ("GET", "/console/tickets"): OPERATOR,
    ("GET", "/console/tickets/<code>"): OPERATOR,
    ("POST", "/console/tickets/<code>/notes"): OPERATOR,
    ("GET", "/console/messages"): OPERATOR,
    ("POST", "/console/messages/<call_id>/<int:sequence>"): OPERATOR,
    ("GET", "/console/messages/<recording_sid>.wav"): OPERATOR,
    ("GET", "/console/operators"): VIEWER,
    ("POST", "/console/operators"): SUPERVISOR,
    ("GET", "/console/operators.json"): VIEWER,
    ("GET", "/console/operators/<name>"): VIEWER,
    ("POST", "/console/operators/<name>"): SUPERVISOR,
    ("POST", "/console/operators/<name>/presence"): OPERATOR,
    ("POST", "/console/operators/<name>/remove"): SUPERVISOR,
    ("POST", "/console/operators/<name>/undo"): SUPERVISOR,
    ("GET", "/console/agents"): VIEWER,
    ("GET", "/console/agents/<name>"): VIEWER,
    ("GET", "/console/agents/versions/<hash_>"): VIEWER,
    ("GET", "/console/system"): SUPERVISOR,
    ("POST", "/console/system/alarms/<int:alarm_id>/seen"): SUPERVISOR,
    ("GET", "/console/system/audit"): SUPERVISOR,
    ("GET", "/console/system/audit.csv"): SUPERVISOR,
    ("GET", "/console/system/people"): ADMIN,
    ("POST", "/console/system/people"): ADMIN,
    ("POST", "/console/system/people/<name>/password"): ADMIN,
    ("POST", "/console/system/people/<name>/role"): ADMIN,
    ("POST", "/console/system/people/<name>/disabled"): ADMIN,
    ("GET", "/console/system/programs"): ADMIN,
    ("POST", "/console/system/keys"): ADMIN,
    ("POST", "/console/system/keys/<key_id>/revoke"): ADMIN,
    ("POST", "/console/system/webhooks"): ADMIN,
    ("GET", "/console/system/webhooks/<webhook_id>"): ADMIN,
    ("POST", "/console/system/webhooks/<webhook_id>/enabled"): ADMIN,
    ("POST", "/console/system/webhooks/<webhook_id>/test"): ADMIN,
    ("POST", "/console/system/webhooks/<webhook_id>/remove"): ADMIN,
    ("GET", "/console/system/settings"): ADMIN,
}

ENDLESS: Final = {"/console/board/stream"}
"""Their answers do not end: they are only asked by those who must not get one."""
