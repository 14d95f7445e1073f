"""The page on the life of a booking: its moves as a picture, and what every action does when.

The picture is drawn from status_moves(), which the trigger on bookings enforces; the table comes
from doing everything to a booking in every state.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.rows import dict_row

__all__ = ["with_moves_and_outcomes"]

MOVES = "<!-- moves: drawn from status_moves() by tools/generate.py -->\n"
OUTCOMES = "<!-- outcomes: made by running each, by tools/generate.py -->\n"
END = "<!-- /made -->"

OPENING = """
select bookingdb.create_business('Lifecycle', 'UTC', p_business_id => %(shop)s);
select bookingdb.set_opening_hours(
  '[{"weekday": [1,2,3,4,5,6,7], "opens": "09:00", "closes": "11:00", "slot_interval": "1 hour",
     "max_bookings": 1, "max_bouquets": 5}]', p_business_id => %(shop)s);
select bookingdb.refresh_future_schedule(%(shop)s)
"""
BOOK = """
select booking_id
  from bookingdb.create_booking_safe(current_date + 3, '09:00', 1, 'Ada', 'ada@example.org',
                                     p_business_id => %(shop)s)
"""
HOLD = BOOK.replace("p_business_id", "p_hold_for => '1 hour', p_business_id")
WAIT = BOOK.replace("create_booking_safe", "join_waitlist")
RUN_OUT = """
update bookingdb.bookings
   set hold_expires_at = bookingdb.clock_now() - interval '1 minute'
 where booking_id = %(booking)s
"""
DO = "select * from bookingdb.{}, p_business_id => %(shop)s)"
SWEEP = DO.format("expire_holds(1000")
ACTIONS = (
    "confirm_booking(%(booking)s",
    "extend_hold(%(booking)s, '1 hour'",
    "reschedule_booking(%(booking)s, current_date + 3, '10:00'",
    "update_booking(%(booking)s, p_notes => 'tulips'",
    "update_booking(%(booking)s, p_bouquets => 2",
    "record_payment(%(booking)s, 'paid'",
    "complete_booking(%(booking)s",
    "mark_no_show(%(booking)s",
    "cancel_booking(%(booking)s",
    "leave_waitlist(%(booking)s",
    "expire_holds(1000",
    "adjust_slot(current_date + 3, '09:00', 2",
)
STATES = {  # as people name it -> what is done before, how the booking is made, what is done then
    "waiting": ([BOOK], WAIT, []),
    "held": ([], HOLD, []),
    "held, run out": ([], HOLD, [RUN_OUT]),
    "confirmed": ([], BOOK, []),
    "completed": ([], BOOK, [DO.format("complete_booking(%(booking)s")]),
    "no_show": ([], BOOK, [DO.format("mark_no_show(%(booking)s")]),
    "cancelled": ([], BOOK, [DO.format("cancel_booking(%(booking)s")]),
    "expired": ([], HOLD, [RUN_OUT, SWEEP]),
    "expired, place taken": ([], HOLD, [RUN_OUT, SWEEP, BOOK]),
}


def with_moves_and_outcomes(conn: psycopg.Connection[Any], page: str) -> str:
    """`page` with the picture of the moves and the table of outcomes between their markers."""
    for marker, lines in ((MOVES, _moves(conn)), (OUTCOMES, _outcomes(conn))):
        before, rest = page.split(marker)
        _, after = rest.split(END, 1)
        page = "\n".join([before + marker, *lines, "", END + after])
    return page


def _moves(conn: psycopg.Connection[Any]) -> Iterator[str]:
    yield "```mermaid\nstateDiagram-v2"
    for origin, target in conn.execute("select * from bookingdb.status_moves()"):
        yield f"  {origin or '[*]'} --> {target}"
    yield "```"


def _outcomes(conn: psycopg.Connection[Any]) -> Iterator[str]:
    yield "| | " + " | ".join(STATES) + " |"
    yield "|---" * (len(STATES) + 1) + "|"
    with conn.transaction(force_rollback=True), conn.cursor(row_factory=dict_row) as cursor:
        shop = {"shop": uuid4()}
        for statement in OPENING.split(";"):
            cursor.execute(statement.encode(), shop)
        for action in ACTIONS:
            cells = (_outcome(cursor, shop, state, action) for state in STATES)
            name = action.replace("%(booking)s", "").replace("(, ", "(").removesuffix("(")
            name += ")" if "(" in name else ""
            yield f"| `{name}` | " + " | ".join(cells) + " |"


def _outcome(cursor: psycopg.Cursor[Any], shop: dict[str, Any], state: str, action: str) -> str:
    """What becomes of a booking in a state by an action: its status then, or the error."""
    before, make, after = STATES[state]
    with cursor.connection.transaction(force_rollback=True):
        for statement in before:
            cursor.execute(statement.encode(), shop)
        booking = cursor.execute(make.encode(), shop).fetchone()
        arguments = shop | {"booking": booking and booking["booking_id"]}
        for statement in after:
            cursor.execute(statement.encode(), arguments)
        query = b"select * from bookingdb.bookings where booking_id = %(booking)s"
        old = cursor.execute(query, arguments).fetchone()
        try:
            cursor.execute(DO.format(action).encode(), arguments)
        except psycopg.Error as error:
            return error.sqlstate or "?"
        new = cursor.execute(query, arguments).fetchone()
    if old is None or new is None or new["version"] == old["version"]:
        return "-"
    return f"{new['status']}{', refund due' if new['refund_due'] else ''}"
