"""The plan is read as Sqitch reads it."""

from typing import Any

import pytest

from bookingdb.migration import PlanError
from bookingdb.migration.plan import parse_plan

HEAD = "%syntax-version=1.0.0\n%project=bookingdb\n%uri=https://example.com/\n\n"
TAIL = " 2026-01-02T03:04:05Z Ada Lovelace <ada@example.com>"

# What str.splitlines() takes for line ends, what YAML, JSON and shells trip over.
ODD_NOTES = [
    "plain",
    "with # more # signs",
    "two\nlines\rand a \\n that is none",
    "some \u2028 \u2029 \x85 \x0b \x0c \x1c in the middle.",
    "ž 漢字 🌷 'single' \"double\" `back` $HOME %s %% {0} :name \\",
    "[looks like dependencies] @v1 2026-01-02T03:04:05Z Eve <eve@example.com>",
]


def escape(note: str) -> str:
    return note.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def test_order_tags_dependencies_and_notes() -> None:
    plan = parse_plan(
        HEAD
        + f"schema{TAIL} # the schema\n"
        + "# a comment of its own\n\n"
        + f"  tables/bookings [schema !old/thing]{TAIL}\r\n"
        + f"@v1.0.0{TAIL} # first\n@v1.0.1{TAIL}\n"
        + f"+functions/a.b-c_d [schema tables/bookings@v1.0.0 @v1.0.1 other:x]{TAIL}#x"
    )
    assert plan.project == "bookingdb"
    schema, bookings, function = plan.changes
    assert (schema.position, bookings.position, function.position) == (1, 2, 3)
    assert (schema.note, bookings.note, function.note) == ("the schema", "", "x")
    assert bookings.requires == ("schema",)
    assert bookings.conflicts == ("old/thing",)
    assert bookings.tags == ("@v1.0.0", "@v1.0.1")
    assert function.requires == ("schema", "tables/bookings@v1.0.0", "@v1.0.1", "other:x")
    assert function.planner == "Ada Lovelace <ada@example.com>"
    assert schema.planned_at.isoformat() == "2026-01-02T03:04:05+00:00"
    assert function.yoyo_id == "0003_functions-a.b-c_d"
    assert not any(change.rework_tags for change in plan.changes)


def test_rework_names_the_tags_in_sqitch_s_order() -> None:
    plan = parse_plan(
        HEAD
        + f"a{TAIL}\n@v1{TAIL}\nb{TAIL}\n@v2{TAIL}\n@v2.1{TAIL}\nc{TAIL}\n@v3{TAIL}\n"
        + f"a [a@v3]{TAIL}\n@v4{TAIL}\na{TAIL}\n"
    )
    assert [c.rework_tags for c in plan.changes if c.name == "a"] == [
        ("@v3", "@v2", "@v2.1", "@v1"),
        ("@v4",),
        (),
    ]
    assert plan.find("a").position == 5
    assert plan.find("a@v2").position == 1
    assert plan.find("@v2").name == "b"
    for unknown in ("d", "a@v9", "c@v2"):
        with pytest.raises(PlanError, match=f'no change "{unknown}"'):
            plan.find(unknown)


@pytest.mark.parametrize("note", ODD_NOTES)
def test_a_note_may_hold_anything(note: str) -> None:
    plan = parse_plan(f"{HEAD}a{TAIL} # {escape(note)}\nb{TAIL}\n")
    assert [change.name for change in plan.changes] == ["a", "b"]
    assert plan.changes[0].note == note


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("a 2026-01-02 Ada <ada@example.com>", "line 5: expected NAME"),
        (f"a 2026-13-02T03:04:05Z{TAIL[21:]}", "line 5"),
        (f"a b{TAIL}", "line 5: expected NAME"),
        (f"-a{TAIL}", "reverts is not supported"),
        (f"a{TAIL}\na{TAIL}", "line 6: a comes twice"),
        (f"b [a]{TAIL}\na{TAIL}", "line 5: b requires a"),
        (f"a{TAIL}\nb [a@v1]{TAIL}", "line 6: b requires a@v1"),
        (f"@v1{TAIL}", "before any change"),
        (
            f"a{TAIL}\n@v1{TAIL}\nb{TAIL}\n@v1{TAIL}",
            "line 8: @v1 comes before any change, or twice",
        ),
        (f"a#b{TAIL}", "line 5"),
    ],
)
def test_a_wrong_line_is_named(lines: str, problem: str) -> None:
    with pytest.raises(PlanError, match=problem):
        parse_plan(HEAD + lines + "\n")


def test_the_pragmas_must_name_the_project() -> None:
    with pytest.raises(PlanError, match="%project"):
        parse_plan(f"%syntax-version=1.0.0\n\na{TAIL}\n")
    with pytest.raises(PlanError, match="line 2: expected a %pragma"):
        parse_plan(f"%project=bookingdb\na{TAIL}\n")


def test_sqitch_reads_the_same(empty_sample: Any, sqitch: Any, new_database: Any) -> None:
    for number, note in enumerate(ODD_NOTES, start=1):
        empty_sample.plan_line(f"tables/t_{number}", escape(note))
        empty_sample.plan_line(f"@v{number}", escape(note))
        if number == 3:
            empty_sample.plan_line("tables/t_1 [tables/t_1@v2 !x]", "again")
    shape = "format:%n|%{ }r|%{ }x|%{ }t|%{name}p <%{email}p>|%B=end="
    ok, text = sqitch.run(
        empty_sample, new_database(), ("plan", "--no-headers", "--no-color", "--format", shape)
    )
    assert ok, text
    plan = parse_plan(empty_sample.plan.read_bytes().decode())
    ours = [
        "|".join(
            [
                change.name,
                "".join(f" {name}" for name in change.requires),
                "".join(f" {name}" for name in change.conflicts),
                "".join(f" {tag}" for tag in change.tags),
                change.planner,
                change.note.replace("\r", "\n"),  # as subprocess does in text mode
            ]
        )
        for change in plan.changes
    ]
    assert len(ours) == len(ODD_NOTES) + 1
    assert [part.strip() for part in text.split("=end=") if part.strip()] == ours
