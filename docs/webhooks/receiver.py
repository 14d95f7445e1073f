"""A receiver of webhooks: what is forged is refused, what came before is ignored.

WEBHOOK_SECRET=whsec_... flask --app docs/webhooks/receiver.py run
"""

import os
import sqlite3
from contextlib import closing

from flask import Flask, request
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

app = Flask(__name__)
webhook = Webhook(os.environ["WEBHOOK_SECRET"])
TABLES = """create table if not exists seen (webhook_id text primary key);
create table if not exists bookings (booking_id text primary key, version int);"""
SEE = "insert into seen values (?) on conflict do nothing"
ADVANCE = """insert into bookings values (?, ?) on conflict (booking_id)
do update set version = excluded.version where version < excluded.version"""


@app.post("/hook")
def receive() -> tuple[str, int]:
    try:
        event = webhook.verify(request.get_data(), dict(request.headers))
    except (WebhookVerificationError, ValueError):
        return "forged, or too old", 401
    # One transaction: an event that cannot be processed is not seen, and will be sent again.
    with closing(sqlite3.connect(os.environ.get("RECEIVED", "received.db"))) as db, db:
        db.executescript(TABLES)
        if db.execute(SEE, [request.headers["webhook-id"]]).rowcount == 0:
            return "a duplicate", 200
        if event["type"].startswith("booking."):
            version = [event["data"]["booking"]["booking_id"], event["data"]["version"]]
            if db.execute(ADVANCE, version).rowcount == 0:
                return "older than what is known", 200
        print("processed", event["type"], flush=True)  # here do what is to be done
    return "done", 200
