"""audit verify, seal and proof, as somebody who was shown a log that was damaged."""

import json
from pathlib import Path

from tests.audit.history import LOG, as_superuser
from tests.cli.conftest import Cli, book
from tests.support import Database
from tests.webhooks.queue_steps import add, body, deliver


def test_verify_seal_and_prove(open_cli: Cli, database: Database, tmp_path: Path) -> None:
    receipts = tmp_path / "receipts.jsonl"
    with database.connect() as conn:
        add(conn, event_types=["*"])
        booking = book(open_cli)
        sealed = open_cli.json("audit", "seal")
        assert [seal["row_count"] for seal in sealed] == [1]
        assert "Nothing is new." in open_cli.run("audit", "seal").stderr
        events = [body(delivery) for delivery in deliver(conn)]
        receipts.write_text("".join(json.dumps(event) + "\n" for event in events))
        against = ("audit", "verify", "--against", str(receipts))
        assert open_cli.json(*against) == {
            "findings": [], "receipts_compared": 2, "receipts_differing": [],
        }  # fmt: skip
        assert "2 receipts say the same" in open_cli.run(*against).stderr
        (audit,) = [event["data"]["audit"] for event in events if "audit" in event["data"]]
        proof = open_cli.json("audit", "proof", audit["id"])
        assert (proof["hash"], proof["root"]) == (audit["hash"], sealed[0]["root"])
        assert "Row 1 of 1 in seal 1." in open_cli.run("audit", "proof", audit["id"]).stderr
        as_superuser(conn, f"update {LOG} set reason = 'x'")
        shown = open_cli.run("audit", "verify", code=1)
        assert f"changed {booking['booking_id']} 1" in shown.words
        as_superuser(conn, f"update {LOG} set hash = sha256(hash)")
        shown = open_cli.run(*against, code=1)
        assert "The row that it tells of has another hash." in shown.words
        as_superuser(conn, f"update {LOG} set reason = null, hash = decode(%s, 'hex')", audit["hash"])
    open_cli.run("audit", "verify", "--from", "1d")


def test_receipts_that_are_no_json(open_cli: Cli, tmp_path: Path) -> None:
    receipts = tmp_path / "receipts.jsonl"
    receipts.write_text('{"data": {"business_id": "00000000-0000-4000-8000-000000000000"}}\nx\n')
    error = open_cli.error("audit", "verify", "--against", str(receipts))
    assert (error["code"], error["message"]) == ("22P02", "Line 2 is no JSON")
