"""Scripts are cut into messages as psql would run them, or refused."""

from pathlib import Path

import pytest

from bookingdb.migration import PlanError
from bookingdb.migration.scripts import Kind, read_script

BODY = "create function f() returns void language plpgsql as $$\nbegin\n  commit;\nend $$;"


def script(path: Path, text: str, kind: Kind = "deploy") -> tuple[tuple[str, ...], bool]:
    path.write_text(text)
    found = read_script(path, kind)
    return found.messages, found.atomic


@pytest.mark.parametrize("begin", ["begin;", "BEGIN;", "Begin ;", "  begin;  ", "begin; -- so"])
@pytest.mark.parametrize("commit", ["commit;", "COMMIT;", "Commit ;", "commit; -- so\n-- and\n"])
def test_a_transaction_is_one_message(tmp_path: Path, begin: str, commit: str) -> None:
    text = f"-- what it adds\n\n{begin}\n{BODY}\n{commit}\n"
    assert script(tmp_path / "a.sql", text) == ((text,), True)


def test_without_begin_each_statement_is_a_message(tmp_path: Path) -> None:
    text = (
        "-- BEGIN; in a comment; is none\n"
        "SET lock_timeout = '10s';\n\n"
        "create index CONCURRENTLY i\n  on t (a) where b <> ';';  -- why; so\n"
        "reset lock_timeout;\n-- the end\n"
    )
    messages, atomic = script(tmp_path / "a.sql", text)
    assert not atomic
    assert [m.split("\n")[-1].split(" ")[0] for m in messages] == ["SET", "", "reset"]


@pytest.mark.parametrize("text", ["", "-- nothing to take away\n"])
def test_a_script_may_be_empty(tmp_path: Path, text: str) -> None:
    assert script(tmp_path / "a.sql", text, "revert") == ((), False)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("create table t ();\n", 'no begin; but holds "create table t'),
        ("set x = 1;\ncreate index i on t (a);\n", 'holds "create index i'),
        ("set x = 1;\nbegin;\ncreate table t ();\ncommit;\n", 'holds "begin"'),
        ("begin isolation level serializable;\nselect 1;\ncommit;\n", "no begin;"),
        ("begin;\ncreate table t ();\n", "last line must be commit;"),
        ("begin;\ncreate table t ();\nrollback;\n", "last line must be commit;"),
        ("begin;\ncommit;\ncreate table t ();\n", "last line must be commit;"),
        ("begin;\ncommit;\nbegin;\ncommit;\n", "more than one begin;"),
        ("begin;\n\\ir other.sql\ncommit;\n", "psql command"),
        ("\\set ON_ERROR_STOP 0\nbegin;\ncommit;\n", "psql command"),
    ],
)
def test_what_would_not_be_atomic_or_portable_is_refused(
    tmp_path: Path, text: str, problem: str
) -> None:
    with pytest.raises(PlanError, match=problem):
        script(tmp_path / "a.sql", text)


def test_a_verify_script_may_roll_back_and_need_no_begin(tmp_path: Path) -> None:
    for text in ("begin;\nselect 1;\nrollback;\n", "select 1;\nselect 2;\n"):
        assert script(tmp_path / "a.sql", text, "verify") == ((text,), True)


def test_a_revert_script_may_include_others(tmp_path: Path) -> None:
    old = tmp_path / "reworked" / "a@v1.sql"
    old.parent.mkdir()
    old.write_text("begin;\ncreate or replace view v as select 1;\ncommit;\n")
    text = "begin;\ndrop view v;\ncommit;\n\\ir reworked/a@v1.sql\n"
    messages, _ = script(tmp_path / "a.sql", text, "revert")
    assert messages == (text.replace("\\ir reworked/a@v1.sql\n", old.read_text()),)
    old.write_text("\\ir ../a.sql\n")
    with pytest.raises(PlanError, match="circles"):
        read_script(tmp_path / "a.sql", "revert")
    old.unlink()
    with pytest.raises(PlanError, match=r"a@v1\.sql is missing"):
        read_script(tmp_path / "a.sql", "revert")


def test_a_script_must_be_utf_8(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes("begin;\n-- ž\ncommit;\n".encode("latin2"))
    with pytest.raises(PlanError, match=r"a\.sql is not UTF-8"):
        read_script(tmp_path / "a.sql", "deploy")
