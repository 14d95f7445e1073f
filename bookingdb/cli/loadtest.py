"""Load as customers make it, and whether every promise was kept under it."""

import datetime as dt
import signal
from collections import Counter
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import psycopg
import typer

from bookingdb.cli.failures import CommandError
from bookingdb.cli.options import AsJson, Dsn, parse_duration
from bookingdb.cli.output import emit, progress, say, working
from bookingdb.cli.server import interrupted_by
from bookingdb.cli.session import connect
from bookingdb.loadtest.plan import Plan, Profile, parse_mix

if TYPE_CHECKING:
    from bookingdb.loadtest.report import Report
    from bookingdb.loadtest.tally import Tally

__all__ = ["loadtest"]

NEEDED = {"hdrh": "the percentiles", "matplotlib": "the plot"}
INTERRUPTED = 130


def loadtest(
    *,
    duration: Annotated[
        dt.timedelta,
        typer.Option("--duration", "--for", metavar="TIME", help="How long.",
                     parser=parse_duration),
    ] = "10s",  # type: ignore[assignment]
    rate: Annotated[
        float, typer.Option(min=0.1, metavar="N", help="Calls a second, at the most.")
    ] = 100,
    profile: Annotated[
        Profile,
        typer.Option(help="Always that rate; up to it from none; or doors that open to it, and all"
                     " want one slot."),
    ] = Profile.STEADY,
    mix: Annotated[
        str, typer.Option(metavar="CALL=SHARE,...", help="Which calls, in which proportion.")
    ] = "browse=70,book=20,cancel=5,reschedule=3,pay=2",
    clients: Annotated[
        int, typer.Option(min=1, max=1000, metavar="N", help="Connections.")
    ] = 16,
    slots: Annotated[int, typer.Option(min=1, max=20_000, metavar="N", help="To book in.")] = 200,
    places: Annotated[
        int, typer.Option(min=1, metavar="N", help="Bookings that a slot takes.")
    ] = 20,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it there, as .svg or .png.")
    ] = None,
    clean: Annotated[
        bool, typer.Option("--clean", help="Only remove what killed load tests left behind.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dsn: Dsn = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Book, cancel, reschedule, pay and browse as customers do, and tell how fast and how right.

    It makes a test business, which it removes with all that it did, also on
    Ctrl-C. Calls are due at fixed times, and latencies count from these, so a
    server that stalls is not spared the calls that would have come meanwhile.

    In the end, everything is checked: what callers were told is what is stored,
    nothing is overbooked, every refusal was right, the audit log is whole. Exit
    code 1 if anything is wrong.

    For example:
      bookingdb loadtest --for 3s --rate 50 --yes
    """
    _check_extra()
    if clean:
        _clean(dsn, as_json=as_json)
        return
    try:
        plan = Plan(duration.total_seconds(), rate, clients, profile, parse_mix(mix), slots, places)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.", param_hint="--mix") from None
    if plot and not plot.absolute().parent.is_dir():
        raise typer.BadParameter(f"There is no folder for {plot}.", param_hint="--plot")
    with connect(dsn) as conn:
        conn.autocommit = True
        _ask(conn, plan, yes=yes)
        with interrupted_by(signal.SIGTERM):
            report = _run(conn, dsn, plan)
    emit(report.json(), report.view(), as_json=as_json)
    if plot:
        from bookingdb.loadtest.plots import draw

        draw(report, plot)
        say(f"Drawn: {plot}")
    if not report.is_sound:
        raise typer.Exit(1)


def _run(conn: psycopg.Connection[Any], dsn: str, plan: Plan) -> "Report":
    from bookingdb.loadtest.drive import LoadTestError, drive
    from bookingdb.loadtest.ground import open_ground
    from bookingdb.loadtest.report import Report
    from bookingdb.loadtest.tally import together
    from bookingdb.loadtest.verdict import judge

    try:
        with ExitStack() as stack:
            ground = stack.enter_context(open_ground(conn, plan))
            with _Meter(plan) as meter:
                timeline = drive(dsn, ground, plan, meter.report)
            with working("checking everything"):
                verdict = judge(conn, ground, plan, together(timeline))
            with working("removing the test business"):
                stack.close()
    except LoadTestError as error:
        message, _, detail = str(error).partition("\n")
        raise CommandError("LoadTestError", message, detail=detail) from None
    except KeyboardInterrupt:
        say("Interrupted. The test business is removed.")
        raise typer.Exit(INTERRUPTED) from None
    return Report(plan, timeline, verdict)


class _Meter:
    """How far it is, on stderr."""

    def __init__(self, plan: Plan) -> None:
        self._bar = progress()
        self._task = self._bar.add_task("begins", total=round(plan.seconds))
        self._step = 1 / plan.processes  # each reports every second
        self._outcomes: Counter[str] = Counter()

    def __enter__(self) -> "_Meter":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def report(self, tally: "Tally") -> None:
        """Tell of one more second of one process."""
        for (_, outcome), count in tally.outcomes.items():
            self._outcomes[outcome] += count
        told = ", ".join(
            f"{count:,} {outcome}" for outcome, count in sorted(self._outcomes.items())
        )
        self._bar.update(self._task, advance=self._step, description=told)


def _ask(conn: psycopg.Connection[Any], plan: Plan, *, yes: bool) -> None:
    """Say on whom the load falls, and ask, when there are others than tests."""
    from bookingdb.loadtest.ground import look_around

    around = look_around(conn)
    if around.left:
        say(f"Businesses of load tests that were killed: {around.left}. --clean removes them.")
    if not around.businesses:
        return
    say(
        f"WARNING: {around.businesses:,} other businesses are in database {around.database} on "
        f"{around.server}. They feel up to {plan.rate:g} calls a second of {plan.clients} clients."
    )
    if not yes:
        typer.confirm("Go on?", abort=True, err=True)


def _clean(dsn: str, *, as_json: bool) -> None:
    from bookingdb.loadtest.ground import abandoned, remove

    with connect(dsn) as conn:
        conn.autocommit = True
        removed = list(abandoned(conn))
        for business in removed:
            remove(conn, business)
    emit({"removed": removed}, as_json=as_json, note=f"Test businesses removed: {len(removed)}.")


def _check_extra() -> None:
    for name, use in NEEDED.items():
        if find_spec(name) is None:
            raise CommandError(
                "ModuleNotFoundError",
                f"The load test needs {name}, for {use}",
                hint="pip install 'bookingdb[loadtest]'",
            )
