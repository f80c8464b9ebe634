"""Tickets: what the house has promised to look into."""

from quart import Blueprint, abort, request
from quart.templating import render_template
from werkzeug.wrappers import Response

from callcenter.domain.people import Role
from callcenter.domain.tickets import Severity, Ticket, TicketStatus
from callcenter.storage.tickets import MOST_TICKETS, NoSuchTicket, TicketBook
from callcenter.web.console.asked import choice, field, moment
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me, requires
from callcenter.web.console.office import office
from callcenter.web.console.said import back_to, told


def pages(desk: ConsoleDesk) -> Blueprint:
    """The list, and one page for each."""
    routes = Blueprint("tickets", __name__, url_prefix="/tickets")
    book = TicketBook(desk.database, now=desk.clock.now, hide=office(desk).hide)

    @routes.get("")
    @requires(Role.OPERATOR)
    async def list_() -> str:
        status, severity = choice("status", TicketStatus), choice("severity", Severity)
        found = await book.latest(
            status=status, severity=severity, before=moment("before")
        )
        return await render_template(
            "tickets.html",
            tickets=found,
            status=status,
            severity=severity,
            statuses=list(TicketStatus),
            severities=list(reversed(Severity)),
            next=_place(found[-1]) if len(found) == MOST_TICKETS else "",
        )

    @routes.get("/<code>")
    @requires(Role.OPERATOR)
    async def one(code: str) -> str:
        ticket = await _there(book, code)
        await desk.audit.note(me().name, "ticket.read", ticket.code)
        return await render_template(
            "ticket.html",
            ticket=ticket,
            statuses=list(TicketStatus),
            severities=list(reversed(Severity)),
            said=told(),
            undo=request.args.get("undo") == "close",
        )

    _acts(routes, desk, book)
    return routes


def _acts(routes: Blueprint, desk: ConsoleDesk, book: TicketBook) -> None:
    @routes.post("/<code>/notes")
    @requires(Role.OPERATOR)
    async def note(code: str) -> Response:
        ticket = await _there(book, code)
        text, status = await field("text"), await field("status")
        becomes = TicketStatus(status) if status in set(TicketStatus) else None
        becomes = None if becomes is ticket.status else becomes
        page = f"/console/tickets/{ticket.code}"
        if not text and becomes is None:
            return back_to(page, "unchanged")
        said = text or f"The ticket is {becomes} now."
        try:
            await book.note(ticket.code, me().name, said, becomes)
        except NoSuchTicket:
            abort(404)
        await desk.audit.note(me().name, "ticket.note", ticket.code, becomes or "")
        if becomes is TicketStatus.CLOSED:
            return back_to(page, "closed", undo="close")
        return back_to(page, "reopened" if becomes else "noted")

    @routes.post("/<code>/severity")
    @requires(Role.OPERATOR)
    async def rank(code: str) -> Response:
        ticket, wanted = await _there(book, code), await field("severity")
        page = f"/console/tickets/{ticket.code}"
        if wanted not in set(Severity) or wanted == ticket.severity:
            return back_to(page, "unchanged")
        try:
            await book.rank(ticket.code, me().name, Severity(wanted))
        except NoSuchTicket:
            abort(404)
        await desk.audit.note(me().name, "ticket.severity", ticket.code, wanted)
        return back_to(page, "ranked")


def _place(last: Ticket) -> str:
    return f"{last.opened_at.isoformat()}~{last.code}"


async def _there(book: TicketBook, code: str) -> Ticket:
    ticket = await book.find(code)
    if ticket is None:
        abort(404)
    return ticket
