"""A load test as a picture: what was answered each second, and how long it took."""

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
    seconds = [second["second"] for second in timeline]
    with styled():
        picture = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        picture.suptitle(
            f"{plan.profile} at up to {plan.rate:g} calls a second, {plan.clients} clients",
            x=0.01, ha="left", weight="bold",
        )  # fmt: skip
        calls, latency = picture.subplots(2, sharex=True)
        accepted = [second["outcomes"].get(ACCEPTED, 0) for second in timeline]
        calls.bar(seconds, accepted, width=0.9, color=OURS, label="accepted")
        others = [sum(second["outcomes"].values()) for second in timeline]
        rest = [all_ - ok for all_, ok in zip(others, accepted, strict=True)]
        calls.bar(
            seconds, rest, width=0.9, bottom=accepted, color=OTHERS, label="refused or failed"
        )
        calls.set_ylabel("calls a second")
        calls.legend(frameon=False, ncols=2, loc="upper left")
        known = [second for second in timeline if second["latency_ms"]]
        for name, colour in {"p50": OTHERS, "p99": OURS, "max": "#444"}.items():
            latency.plot(
                [second["second"] for second in known],
                [second["latency_ms"][name] for second in known],
                color=colour, label=name,
            )  # fmt: skip
        latency.set_yscale("log")
        latency.set_ylabel("ms from when it was due")
        latency.set_xlabel("seconds")
        latency.legend(frameon=False, ncols=3, loc="upper left")
        write(picture, path)
