"""security-audit and audit-patterns: what they show, and how they end."""

from tests.cli.conftest import Cli, book
from tests.support import Database


def test_security_audit(cli: Cli, database: Database) -> None:
    (told,) = cli.json("security-audit")
    assert (told["severity"], told["check_name"]) == ("info", "passwords_not_read")
    assert "Nothing is open that was shipped closed." in cli.run("security-audit").stderr
    with database.connect() as conn:
        conn.execute("grant insert on bookingdb.bookings to bookingdb_app")
    shown = cli.run("security-audit", code=1)
    remedy = "revoke insert on table bookingdb.bookings from bookingdb_app cascade"
    assert "critical" in shown.words
    assert remedy in shown.words
    assert shown.stderr == ""
    with database.connect() as conn:
        conn.execute(remedy)
    cli.run("security-audit")


def test_audit_patterns(open_cli: Cli) -> None:
    assert open_cli.json("audit-patterns", "--from", "7d") == []
    assert open_cli.run("audit-patterns", "--from", "7d").stderr == "Nothing looks odd.\n"
    for _ in range(5):
        open_cli.run("cancel", book(open_cli)["booking_id"])
    rows = open_cli.json("audit-patterns", "--from", "7d")
    (found,) = (row for row in rows if row["pattern"] == "burst")  # it may be night, too
    assert (found["count"], len(found["booking_ids"])) == (10, 5)
    shown = open_cli.run("audit-patterns", "--from", "7d").words
    assert "10 bookings made or changed, 10 of them or more within 00:05:00" in shown
    assert open_cli.json("audit-patterns", "--from", "7d", "--to", "1d") == []
