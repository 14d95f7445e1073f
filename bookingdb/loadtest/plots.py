"""A load test as a picture: what was answered each second, and how long it took."""

import math
from pathlib import Path

from matplotlib.figure import Figure

from bookingdb.bench.style import OTHERS, OURS, styled, write
from bookingdb.loadtest.report import Report
from bookingdb.loadtest.tally import ACCEPTED

__all__ = ["draw"]

WIDTH, HEIGHT = 8.0, 4.6  # inches


def draw(report: Report, path: Path) -> None:
    """Calls a second by outcome, above latencies; time goes to the right in both."""
    plan, timeline = report.plan, report.json()["timeline"]
    seconds = [second["second"] + 0.5 for second in timeline]
    with styled():
        picture = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        picture.suptitle(
            f"{plan.profile} at up to {plan.rate:g} calls a second, {plan.clients} clients",
            x=0.01, ha="left", weight="bold",
        )  # fmt: skip
        calls, latency = picture.subplots(2, sharex=True)
        accepted = [second["outcomes"].get(ACCEPTED, 0) for second in timeline]
        rest = [second["calls"] - ok for second, ok in zip(timeline, accepted, strict=True)]
        calls.bar(seconds, accepted, 0.9, color=OURS, label="accepted")
        calls.bar(seconds, rest, 0.9, accepted, color=OTHERS, label="refused or failed")
        calls.set_ylabel("calls a second")
        for name, colour in {"max": "#444", "p99": OURS, "p50": OTHERS}.items():
            milliseconds = [second["latency_ms"].get(name, math.nan) for second in timeline]
            latency.plot(seconds, milliseconds, color=colour, label=name)
        latency.set_yscale("log")
        latency.set_ylabel("ms from when it was due")
        latency.set_xlabel("seconds")
        for axes in (calls, latency):
            axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
        write(picture, path)
