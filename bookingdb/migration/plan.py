"""Read a Sqitch plan, by Sqitch's own rules."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from bookingdb.migration.errors import PlanError

__all__ = ["NAME", "Change", "Plan", "parse_plan"]

_PUNCTUATION = r"""-!"#$%&'()*+,./:;<=>?@[\\\]^`{|}~"""
NAME = (  # of a change, a tag or a project
    rf"(?![{_PUNCTUATION}])(?:(?![~/=%^][0-9]+(?:$|[ \t]))[^ \t:@\#\\])+(?<![{_PUNCTUATION}])\b"
)
_LINE = re.compile(
    rf"""
    [ \t]* (?P<sign>[@+-]?) [ \t]* (?P<name>{NAME}) [ \t]*
    (?: \[ (?P<dependencies>[^\]]+) \] [ \t]* )?
    (?P<planned_at> [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z ) [ \t]*
    (?P<planner> [^<]+ [ \t]+ <[^>]+> )
    """,
    re.VERBOSE,
)
_PRAGMA = re.compile(r"[ \t]*%[ \t]*(?P<name>[^ \t=]+)(?:[ \t]*=[ \t]*(?P<value>.+))?")
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_ESCAPES = {r"\n": "\n", r"\r": "\r", r"\\": "\\"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the plan.

    Attributes:
        name: path of its scripts, without ending: ``functions/booking/cancel_booking``.
        position: place in the plan, from 1.
        planned_at: when it was added to the plan (aware, UTC).
        planner: who added it, as ``Name <address>``.
        note: what it is for.
        requires: what must be deployed before it, as the plan has it.
        conflicts: what must not be deployed with it.
        tags: the tags right after it, ``@v1.0.0``.
        rework_tags: empty for the latest change of its name. Otherwise the tags up to its
            rework, in the order in which Sqitch looks for one that names its old scripts.
    """

    name: str
    position: int
    planned_at: datetime
    planner: str
    note: str = ""
    requires: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rework_tags: tuple[str, ...] = ()

    @property
    def yoyo_id(self) -> str:
        """Name of its yoyo migration: ``0007_functions-booking-cancel_booking``."""
        return f"{self.position:04d}_{self.name.replace('/', '-')}"


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes of a project, in the order in which they are deployed."""

    project: str
    changes: tuple[Change, ...]

    def find(self, name: str) -> Change:
        """The change of that name: ``NAME`` (the latest), ``NAME@TAG`` or ``@TAG``.

        Raises:
            PlanError: there is none.
        """
        wanted, _, tag = name.partition("@")
        changes = self.changes
        if tag:
            ends = [c.position for c in changes if f"@{tag}" in c.tags]
            changes = changes[: ends[0]] if ends else ()
        for change in reversed(changes):
            if not wanted or change.name == wanted:
                return change
        raise PlanError(
            f'The plan has no change "{name}". Give the name of a change as it stands in '
            "sqitch.plan; NAME@TAG means the one before that tag, @TAG the last before it."
        )


@lru_cache(maxsize=8)
def parse_plan(text: str) -> Plan:
    """Read the text of a sqitch.plan.

    Raises:
        PlanError: Sqitch would not accept it either; the message names the line.
    """
    builder = _Builder()
    in_header = True
    # Not splitlines(): a note may hold any other character that Unicode calls a line end.
    for number, raw in enumerate(text.split("\n"), start=1):
        content, _, comment = raw.removesuffix("\r").partition("#")
        content = content.rstrip(" \t")
        try:
            if not content:
                in_header = in_header and bool(comment.strip())
            elif in_header:
                builder.add_pragma(content)
            else:
                builder.add_line(content, comment)
        except ValueError as error:
            raise PlanError(f"sqitch.plan, line {number}: {error}. Correct the line.") from None
    if not builder.project:
        raise PlanError("sqitch.plan does not say %project=NAME at its top. Add that line.")
    return Plan(builder.project, tuple(builder.changes))


class _Builder:
    """A plan as far as it has been read. Its methods raise ValueError on a wrong line."""

    def __init__(self) -> None:
        self.project = ""
        self.changes: list[Change] = []
        self._latest: dict[str, int] = {}  # name -> index of its latest change
        self._tags: set[str] = set()
        self._since_tag: set[str] = set()

    def add_pragma(self, content: str) -> None:
        pragma = _PRAGMA.fullmatch(content)
        if pragma is None:
            raise ValueError("expected a %pragma, and a blank line after the last one")
        if pragma["name"] == "project":
            self.project = pragma["value"] or ""

    def add_line(self, content: str, comment: str) -> None:
        line = _LINE.fullmatch(content)
        if line is None:
            raise ValueError("expected NAME [DEPENDENCIES] YYYY-MM-DDThh:mm:ssZ NAME <ADDRESS>")
        if line["sign"] == "-":
            raise ValueError(f'"-{line["name"]}": a plan that reverts is not supported')
        if line["sign"] == "@":
            self._add_tag(f"@{line['name']}")
        else:
            self._add_change(line, comment)

    def _add_tag(self, tag: str) -> None:
        if not self.changes or tag in self._tags:
            raise ValueError(f"{tag} comes before any change, or twice")
        self._tags.add(tag)
        self._since_tag.clear()
        self.changes[-1] = replace(self.changes[-1], tags=(*self.changes[-1].tags, tag))

    def _add_change(self, line: re.Match[str], comment: str) -> None:
        name = line["name"]
        needed = (line["dependencies"] or "").split()
        change = Change(
            name=name,
            position=len(self.changes) + 1,
            planned_at=datetime.strptime(line["planned_at"], _TIME).replace(tzinfo=UTC),
            planner=line["planner"],
            note=re.sub(r"\\[\\nr]", lambda m: _ESCAPES[m[0]], comment.strip()),
            requires=tuple(d for d in needed if not d.startswith("!")),
            conflicts=tuple(d[1:] for d in needed if d.startswith("!")),
        )
        for dependency in change.requires:
            if not self._is_planned(dependency):
                raise ValueError(f"{name} requires {dependency}, which is not planned before it")
        if name in self._since_tag:
            raise ValueError(f"{name} comes twice without a tag in between")
        if name in self._latest:
            self._mark_reworked(self._latest[name])
        self._since_tag.add(name)
        self._latest[name] = len(self.changes)
        self.changes.append(change)

    def _mark_reworked(self, index: int) -> None:
        between = [*reversed(self.changes[index + 1 :]), self.changes[index]]
        tags = tuple(tag for change in between for tag in change.tags)
        self.changes[index] = replace(self.changes[index], rework_tags=tags)

    def _is_planned(self, dependency: str) -> bool:
        if ":" in dependency:
            return True  # in another project
        name, at, tag = dependency.partition("@")
        return (not name or name in self._latest) and (not at or f"@{tag}" in self._tags)
