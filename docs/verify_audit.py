"""Verify exported audit logs: python verify_audit.py FILE.jsonl.gz ...

Does what docs/audit-format.md specifies and shares no code with bookingdb.
"""

import gzip
import hashlib
import json
import sys
from uuid import UUID

PUBLIC = [
    *("business_id", "booking_id", "date", "time", "bouquets", "status", "payment_method"),
    *("payment_status", "hold_expires_at", "confirmed_at", "cancelled_at", "proposed_slots"),
    *("refund_due", "erased_at", "version", "created_at", "updated_at"),
]


class Number(str):
    """A number as it is written."""


def text(value):
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(text, value)) + "]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return "{" + ", ".join(text(key) + ": " + text(value[key]) for key in keys) + "}"
    return json.dumps(value, ensure_ascii=False)


def optional(value):
    return "" if value is None else text(value)


def part(values, public):
    return values and {key: values[key] for key in values if (key in PUBLIC) == public}


def expected_hash(row):
    old, new = row["old_values"], row["new_values"]
    actor = text([row["performed_by_id"], row["ip_address"], row["user_agent"]])
    customer, staff = (actor, "") if row["performed_by"] == "customer" else ("", actor)
    personal = [customer, *map(optional, (row["reason"], part(old, False), part(new, False)))]
    rest = ["1", row["id"], row["action_type"], text(row["created_at"]), row["performed_by"], staff]
    rest += map(optional, (row["waived"], part(old, True), part(new, True)))
    if row["personal_digest"]:  # the personal parts were erased
        digest = bytes.fromhex(row["personal_digest"][2:])
    else:
        digest = hashlib.sha256(UUID(row["salt"]).bytes + "\n".join(personal).encode()).digest()
    before = bytes.fromhex((row["previous_hash"] or "\\x" + 64 * "0")[2:])
    return "\\x" + hashlib.sha256(before + digest + "\n".join(rest).encode()).hexdigest()


def damage(rows):
    hashes, seen = {row["hash"] for row in rows}, set()
    for row in rows:
        key, values = row["booking_id"], row["new_values"] or row["old_values"]
        version = int(values["version"]) + (row["new_values"] is None)
        columns = (row["business_id"], key, int(row["booking_version"]))
        if columns != (values["business_id"], values["booking_id"], version):
            yield f"{key} {row['booking_version']}: moved"
        elif row["hash"] != expected_hash(row):
            yield f"{key} {version}: changed"
        elif key in seen and version > 1 and row["previous_hash"] not in hashes:
            yield f"{key} {version}: the row before was changed or removed"
        seen.add(key)  # what came before the first of its rows here may be in another file


if __name__ == "__main__":
    log = []
    for name in sys.argv[1:]:
        with gzip.open(name, "rt", encoding="utf-8") as file:
            log += [json.loads(line, parse_int=Number, parse_float=Number) for line in file]
    log.sort(key=lambda row: (row["booking_id"], row["created_at"], int(row["booking_version"])))
    found = list(damage(log))
    print("\n".join([*found, f"{len(log)} rows, {len(found)} damaged"]))
    sys.exit(bool(found))
