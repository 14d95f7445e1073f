"""How `bookingdb top` looks: what fits into the terminal, and into 80 columns by 24 lines."""

from collections.abc import Iterable

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from bookingdb.bench.figures import number
from bookingdb.cli.output import printable
from bookingdb.cli.top_figures import Figures

__all__ = ["view"]

STYLES = {"ok": "green", "warning": "yellow", "critical": "bold red"}
ABOVE = 15
"""Lines that are taken before the first session that waits."""


def view(figures: Figures, *, height: int, note: str = "") -> Group:
    """All of it; of the sessions that wait the first ones, as many as there is room for."""
    sides = Table.grid(padding=(0, 3))
    sides.add_row(_changes(figures), _state(figures))
    return Group(_head(figures, note), _health(figures), "", sides, "", _waits(figures, height))


def _head(figures: Figures, note: str) -> Text:
    text = Text(f"{figures.database}  {figures.at:%H:%M:%S}", style="bold", no_wrap=True)
    return text.append(f"  {note}", style="yellow") if note else text


def _health(figures: Figures) -> Text:
    text = Text("health ", no_wrap=True, overflow="ellipsis")
    text.append(figures.status, style=STYLES[figures.status])
    told = ", ".join(f"{name} {figure}" for name, figure in figures.troubles.items())
    return text.append(f"  {told}" if told else "")


def _changes(figures: Figures) -> Table:
    """What happens to bookings: what happened within the last hour, the most frequent first."""
    hour = figures.by("recent_changes", "action")
    rates = {one.action_type.value: one.per_second for one in figures.changes}
    names = sorted(rates, key=lambda name: (-rates[name], -hour.get(name, 0)))
    shown = [name for name in names if rates[name] or hour.get(name)][:6]
    table = _table("bookings", "a second", "recent")
    for name in shown or ["created"]:
        table.add_row(name, number(rates[name]), number(round(hour.get(name, 0))))
    table.add_row("all", number(sum(rates.values())), number(round(sum(hour.values()))))
    for outcome in ("committed", "rolled_back"):
        rate = figures.transactions.get(outcome)
        table.add_row(outcome.replace("_", " "), "" if rate is None else number(rate), "")
    return table


def _state(figures: Figures) -> Table:
    """What stands: slots, holds, webhooks."""
    value = figures.value
    attempts = figures.by("recent_attempts", "status")
    rows = {
        "slots, 7 days": _counts(figures.by("upcoming_slots", "state")),
        "places booked": f"{value('upcoming_booked_bookings'):,.0f} of"
        f" {value('upcoming_max_bookings'):,.0f}",
        "waiting list": f"{value('upcoming_waiting'):,.0f}",
        "holds": _counts(figures.by("holds", "state")),
        "relay lag": f"{value('health_figure', check='relay_lag'):,.0f} s",
        "to be sent": f"{value('endpoint_pending_deliveries'):,.0f}",
        "dead": f"{value('endpoint_dead_deliveries'):,.0f}",
        "deliveries": _counts(figures.by("recent_deliveries", "state")),
        "answers": _counts(attempts),
    }
    table = _table("slots and webhooks", "")
    for name, text in rows.items():
        table.add_row(name, text)
    return table


def _waits(figures: Figures, height: int) -> Group | Text:
    if not figures.waits:
        return Text("Nobody waits for a lock.", style="green")
    table = _table("waits", "seconds", "pid", "for", "behind", "who", numbers=("seconds", "pid"))
    room = max(1, height - ABOVE)
    for one in figures.waits[:room]:
        table.add_row(
            "", f"{one.wait_seconds:.1f}", str(one.pid), one.waits_for.replace("bookingdb.", ""),
            ", ".join(map(str, one.blocked_by)),
            printable(f"{one.login} {one.application or ''}".strip()),
        )  # fmt: skip
    more = len(figures.waits) - room
    return Group(table, *([Text(f"and {more} more")] if more > 0 else []))


def _table(title: str, *columns: str, numbers: Iterable[str] = ("a second", "recent")) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column(title, no_wrap=True)
    for column in columns:
        justify = "right" if column in numbers else "left"
        table.add_column(column, justify=justify, no_wrap=True, overflow="ellipsis")  # type: ignore[arg-type]
    return table


def _counts(found: dict[str, float]) -> str:
    return ", ".join(f"{value:,.0f} {name}" for name, value in found.items()) or "none"
