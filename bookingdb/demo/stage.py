"""How the demo is told, and the list of what it claims."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from bookingdb import BookingError

__all__ = ["Act", "Claim", "Report", "Stage"]

E = TypeVar("E", bound=BookingError)


@dataclass(frozen=True, slots=True)
class Claim:
    """What was claimed, and whether the database agreed."""

    claim: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Act:
    """A part of the story: its claims, and the figures that it showed."""

    title: str
    claims: list[Claim] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """The demo for programs."""

    ok: bool
    seconds: float
    server_version: str
    acts: list[Act]


class Stage:
    """Tells the story on a console, and keeps it for the report."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.acts: list[Act] = []

    @property
    def claims(self) -> list[Claim]:
        """All claims so far."""
        return [claim for act in self.acts for claim in act.claims]

    def begin(self, title: str) -> None:
        """Open the next act."""
        self.acts.append(Act(title))
        heading = Text.assemble((f" {len(self.acts)} ", "bold reverse"), " ", (title, "bold"))
        self.console.print()
        self.console.print(Rule(heading, align="left", style="dim"))

    def say(self, text: str) -> None:
        """Tell what happens."""
        self.console.print(Padding(Text(text), (0, 0, 0, 2), expand=False))

    def show(self, view: RenderableType) -> None:
        """Show a table or a picture."""
        self.console.print(Padding(view, (1, 0, 1, 4), expand=False))

    def note(self, **facts: Any) -> None:
        """Keep figures for the report."""
        self.acts[-1].facts.update(facts)

    def claim(self, text: str, holds: bool) -> None:
        """Claim something that has just been looked up."""
        self.acts[-1].claims.append(Claim(text, holds))
        mark = ("✔", "bold green") if holds else ("✘ does not hold:", "bold red")
        line = Text.assemble("  ", mark, " ", text)
        self.console.print(line)

    def claim_refused(self, kind: type[E], who: str, attempt: Callable[[], object]) -> E | None:
        """Claim that an attempt is refused with this error; return it for its words."""
        try:
            attempt()
        except kind as error:
            self.claim(f"{who} is told “{error.message}” ({error.sqlstate})", True)
            return error
        except BookingError as error:
            self.claim(f"{who} is refused by {kind.__name__}, not by {error!r}", False)
        else:
            self.claim(f"{who} is refused by {kind.__name__}", False)
        return None
