"""Everybody in turns, round by round, so that what a machine does meanwhile meets all alike."""

from collections.abc import Callable, Mapping

from bookingdb.bench.bench import Bench
from bookingdb.bench.figures import Figure, spread

__all__ = ["Samples", "figures", "race", "ratios"]

Samples = Mapping[str, list[float]]
"""What each round gave, by who was measured."""


def race(bench: Bench, what: str, runs: Mapping[str, Callable[[], float]]) -> Samples:
    """Run all, as many rounds as are set; who begins changes from round to round."""
    samples: dict[str, list[float]] = {who: [] for who in runs}
    names = list(runs)
    for n in range(bench.settings.rounds):
        first = n % len(names)
        for who in names[first:] + names[:first]:
            bench.on_step(f"{what}: {who}, round {n + 1}")
            samples[who].append(runs[who]())
    return samples


def ratios(samples: Samples, who: str, base: str) -> list[float]:
    """Round by round."""
    return [a / b if b else 0.0 for a, b in zip(samples[who], samples[base], strict=True)]


def figures(
    workload: str,
    case: str,
    unit: str,
    samples: Samples,
    *,
    base: str | Mapping[str, str],
    notes: Mapping[str, str] | None = None,
) -> list[Figure]:
    """A line for each, with its ratio to `base`: one for all, or by who is compared."""
    made = []
    for who, values in samples.items():
        to = base if isinstance(base, str) else base.get(who)
        if to not in samples:
            to = None
        made.append(
            Figure(
                workload,
                case,
                who,
                unit,
                spread(values),
                spread(ratios(samples, who, to)) if to and to != who else None,
                to if to != who else None,
                (notes or {}).get(who, ""),
                values,
            )
        )
    return made
