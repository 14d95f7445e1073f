"""Measure bookingdb beside a floor and other approaches."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from psycopg.conninfo import conninfo_to_dict

from bookingdb.bench import Settings
from bookingdb.bench.server import BenchError
from bookingdb.cli import failures
from bookingdb.cli.failures import CommandError
from bookingdb.cli.output import emit, grid, progress, say, stdout

__all__ = ["bench"]

NEEDED = {"matplotlib": "the plots", "sqlalchemy": "the ORM that takes part"}


def bench(
    *,
    only: Annotated[
        str, typer.Option(metavar="NAME,NAME", help="These workloads; all if not given.")
    ] = "",
    rounds: Annotated[
        int | None,
        typer.Option(min=1, max=50, metavar="N", help="Runs of each, in turns. (default: 5)"),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(min=0.01, metavar="N", help="Length of a run. (default: 4)"),
    ] = None,
    connections: Annotated[
        str, typer.Option(metavar="N,N", help="At once. (default: 1,8,32)")
    ] = "",
    growth: Annotated[
        str,
        typer.Option(metavar="N,N", help="Bookings stored already. (default: 10000,1000000)"),
    ] = "",
    quick: Annotated[
        bool, typer.Option("--quick", help="A short round of everything, to see that it works.")
    ] = False,
    dsn: Annotated[
        str,
        typer.Option(
            metavar="DSN",
            help="Measure on this server, in a database made for it and dropped at the end.",
            show_default=False,
        ),
    ] = "",
    folder: Annotated[
        Path, typer.Option(help="Without --dsn: on which disk a server is started.")
    ] = Path("/var/tmp"),
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write all figures there.")
    ] = None,
    plots: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Draw the figures there, as SVG.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, not tables.")
    ] = False,
    show_list: Annotated[
        bool, typer.Option("--list", help="Only tell which workloads there are.")
    ] = False,
) -> None:
    """Measure bookingdb beside a floor and what else people write.

    All take turns on one server, whose durability is as it is by default. Rates
    depend on the machine; ratios of one run can be compared. What is aimed at
    stands in the last table, reached or not. All of it takes up to an hour.

    Without --dsn a server is started on the disk of --folder, and is gone at
    the end. BOOKINGDB_DSN is not looked at: nothing is measured on a server
    that was not named.

    For example:
      bookingdb bench --only spread,hot --rounds 3 --json figures.json
    """
    _check_extra()
    from bookingdb.bench.bench import open_bench
    from bookingdb.bench.plots import draw
    from bookingdb.bench.suite import run_suite
    from bookingdb.bench.workloads import WORKLOADS, describe

    if show_list:
        rows = [(name, describe(workload)) for name, workload in WORKLOADS.items()]
        emit(None, grid("workload", "what it measures", rows=rows), as_json=False)
        return
    chosen = _names(only, tuple(WORKLOADS))
    if json and not json.absolute().parent.is_dir():
        raise typer.BadParameter(f"There is no folder for {json}.")
    settings = Settings.quick() if quick else Settings()
    settings = replace(
        settings,
        rounds=rounds or settings.rounds,
        seconds=seconds or settings.seconds,
        connections=_numbers(connections) or settings.connections,
        growth=_numbers(growth) or settings.growth,
    )
    try:
        with _Meter(len(chosen) + 1) as meter, open_bench(str(folder), dsn or None, settings) as it:
            where = conninfo_to_dict(it.dsn)["dbname"]
            say(f"Measuring in a database of its own, {where}, which is dropped at the end.")
            it.on_step = meter.step
            report = run_suite(it, chosen, meter.workload)
    except BenchError as error:
        raise _in_words(error) from None
    if markdown:
        typer.echo(report.markdown())
    else:
        for table in report.tables():
            stdout().print(table, "")
    if json:
        json.write_text(report.json(), encoding="utf-8")
        say(f"All figures are in {json}.")
    if plots:
        for path in draw(report, plots):
            say(f"Drawn: {path}")
    for name, failure in report.failed.items():
        say(f"Could not be measured: {name}")
        problem = _in_words(failure) if isinstance(failure, BenchError) else failure
        failures.report(failures.describe(problem), as_json=False)
    if report.failed:
        raise typer.Exit(1)


class _Meter:
    """How far it is, on stderr: a bar on a terminal, else a line for each workload."""

    def __init__(self, total: int) -> None:
        self._bar = progress()
        self._task = self._bar.add_task("starting a server", total=total)
        self._begun = False

    def __enter__(self) -> "_Meter":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def workload(self, name: str) -> None:
        self._bar.update(self._task, advance=int(self._begun), description=name)
        self._begun = True
        if self._bar.disable:
            say(name)

    def step(self, what: str) -> None:
        self._bar.update(self._task, description=what)


def _in_words(error: BenchError) -> CommandError:
    return CommandError("BenchError", str(error), detail=error.detail, hint=error.hint)


def _check_extra() -> None:
    for name, use in NEEDED.items():
        if find_spec(name) is None:
            raise CommandError(
                "ModuleNotFoundError",
                f"The benchmark needs {name}, for {use}",
                hint="pip install 'bookingdb[bench]'",
            )


def _names(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(word for word in text.split(",") if word) or known
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"There is no workload {name!r}: {', '.join(known)}.")
    return names


def _numbers(text: str) -> tuple[int, ...]:
    try:
        numbers = tuple(int(word) for word in text.split(",") if word)
    except ValueError:
        numbers = (0,)
    if any(number < 1 for number in numbers):
        raise typer.BadParameter(f"{text!r} are no numbers: write 1,8,32.")
    return tuple(sorted(set(numbers)))
