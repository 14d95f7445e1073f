"""Bad rows and bad arguments of an import are refused by an error that names them."""

import uuid

import pytest

import bookingdb
from bookingdb import BookingNotFound, InvalidArgument
from tests.shop import DAY, Shop
from tests.support import scalar
from tests.test_imports import quarantine, row, take_over

NOBODY = "'6f1c7b3e-0000-4000-8000-000000000000'"
ROWS = f"""'[{{"date": "{DAY}", "time": "12:00", "bouquets": 1, "customer_name": "Ada",
               "customer_email": "ada@example.org"}}]'"""
BAD_ROWS = [
    (row(date=None), "p_date is required."),
    (row(date="2030-02-30"), 'date/time field value out of range: "2030-02-30".'),
    (row(date="01.12.2030"), "The date is written as 2026-12-01, not 01.12.2030."),
    (row(date="infinity"), "The date is written as 2026-12-01, not infinity."),
    (row(date=20301201), "The date is written as 2026-12-01, not 20301201."),
    (row(time=None), "p_time is required."),
    (row(time="noon"), "The time is written as 09:30, not noon."),
    (row(time="9:00+02"), "The time is written as 09:30, not 9:00+02."),
    (row(time="25:00"), 'date/time field value out of range: "25:00".'),
    (row(bouquets=None), "p_bouquets is required."),
    (row(bouquets=-1), "p_bouquets must be at least 1, not -1."),
    (row(bouquets="1.5"), 'invalid input syntax for type integer: "1.5".'),
    (row(bouquets=10**12), "1000000000000"),
    (row(customer_name=None), "p_customer_name is required."),
    (row(customer_name=" "), "p_customer_name must not be blank"),
    (row(customer_email=None), "p_customer_email is required."),
    (row(customer_email="ada"), "'ada' is not an e-mail address."),
    (row(customer_phone="1" * 51), "p_customer_phone must not be blank or longer"),
    (row(payment_method="barter"), "barter"),
    (row(payment_status="refunded"), "The payment_status is pending or paid, not refunded."),
    (row(status="cancelled"), "Only confirmed bookings are taken over, not cancelled."),
    (row(notes="x" * 2001), "p_notes must not be blank or longer"),
    (row(external_reference=""), "p_external_reference must not be blank"),
    (row(hold_for="1 hour"), "are no columns of an import"),
    (row(idempotency_key="k"), "are no columns of an import"),
    (row(datum="x"), "It has the unknown key 'datum'."),
    (7, "The row is no object."),
    (None, "The row is no object."),
    ([], "The row is no object."),
]
BAD_ARGUMENTS = [
    ("p_rows", "null", "must be a JSON array of rows"),
    ("p_rows", "'{}'", "must be a JSON array of rows"),
    ("p_rows", "'7'", "must be a JSON array of rows"),
    ("p_source", "null", "must not be blank"),
    ("p_source", "' '", "must not be blank"),
    ("p_source", "repeat('x', 201)", "longer than 200 characters"),
    ("p_first_row", "null", "at least 1"),
    ("p_first_row", "0", "at least 1"),
    ("p_first_row", "2147483647", "numbers for all rows"),
    ("p_actor", "'{}'", "performed_by"),
    ("p_business_id", "null", "no business"),
    ("p_business_id", NOBODY, "no business 6f1c7b3e"),
]
BAD_DECISIONS = [
    ("discard_quarantined({}, null)", "p_reason", "must not be blank"),
    ("discard_quarantined({}, ' ')", "p_reason", "must not be blank"),
    ("discard_quarantined({}, repeat('x', 1001))", "p_reason", "longer than 1000 characters"),
    ("discard_quarantined({}, 'x', '{{}}')", "p_actor", "performed_by"),
    ("adopt_quarantined({}, 'infinity')", "p_rows", "written as 2026-12-01, not infinity"),
    ("adopt_quarantined({}, p_bouquets => 0)", "p_bouquets", "at least 1, not 0"),
    ("adopt_quarantined({}, p_actor => '[]')", "p_actor", "must be a JSON object"),
]
BAD_CLOSURES = [
    ("null", "must be a JSON array"),
    ("'{}'", "must be a JSON array"),
    ("'[7]'", "no object"),
    ("'[{}]'", "It has from"),
    ("""'[{"from": null}]'""", "It has from"),
    ("""'[{"from": "2030-01-01", "until": "2030-01-02"}]'""", "nothing else"),
    ("""'[{"from": "2030-02-30"}]'""", "2030-02-30"),
    ("""'[{"from": "infinity"}]'""", "no range of dates"),
    ("""'[{"from": "2030-01-02", "to": "2030-01-01"}]'""", "no range of dates"),
    ("""'[{"from": "2030-01-01", "to": "2041-01-01"}]'""", "no range of dates"),
    ("""'[{"from": "2030-01-01", "reason": ""}]'""", "reason must not be blank"),
    ("""'[{"from": "2030-01-01", "to": 7}]'""", "7"),
]


def test_bad_rows_are_rejected_and_the_others_are_not(shop: Shop) -> None:
    before, *rejected, after = take_over(shop, row(), *(bad for bad, _ in BAD_ROWS), row())
    assert (before.outcome, after.outcome) == ("imported", "imported")
    for result, (bad, problem) in zip(rejected, BAD_ROWS, strict=True):
        assert (result.outcome, result.code) == ("rejected", "ZB012"), bad
        assert problem in (result.detail or "")
        assert result.booking_id is None
    assert bookingdb.quarantined_bookings(shop.conn) == []
    assert shop.slot()[0] == 2


def test_arguments_of_an_import(shop: Shop) -> None:
    for argument, value, problem in BAD_ARGUMENTS:
        arguments = {"p_rows": ROWS, "p_source": "'old.csv'", argument: value}
        named = ", ".join(f"{name} => {given}" for name, given in arguments.items())
        with pytest.raises(InvalidArgument, match=argument) as caught:
            shop.conn.execute(f"select bookingdb.import_bookings({named})".encode())
        assert problem in caught.value.detail
    assert scalar(shop.conn, "select count(*) from bookingdb.booking_quarantine") == 0


def test_no_rows_are_no_error(shop: Shop) -> None:
    assert take_over(shop) == []


def test_arguments_of_a_decision(shop: Shop) -> None:
    (held,) = quarantine(shop, row(time="12:00"))
    for query, named, problem in BAD_DECISIONS:
        call = query.format(f"'{held.quarantine_id}'")
        with pytest.raises(InvalidArgument, match=named) as caught:
            shop.conn.execute(f"select bookingdb.{call}".encode())
        assert problem in caught.value.detail
    assert bookingdb.quarantined_bookings(shop.conn) == [held]


def test_decision_on_what_is_not_there(shop: Shop) -> None:
    for unknown in (None, uuid.uuid4()):
        for query in ("adopt_quarantined(%s)", "discard_quarantined(%s, 'x')"):
            with pytest.raises(BookingNotFound) as caught:
                shop.conn.execute(f"select bookingdb.{query}".encode(), [unknown])
            assert "There is no quarantined booking" in caught.value.detail


def test_closures(shop: Shop) -> None:
    good = """'[{"from": "2030-03-01"}]'::jsonb ||"""
    for closures, problem in BAD_CLOSURES:
        for query in (closures, *([good + closures] if closures.startswith("'[") else [])):
            with pytest.raises(InvalidArgument, match="p_closures") as caught:
                shop.conn.execute(f"select bookingdb.add_closures({query})".encode())
            assert problem in caught.value.detail
    assert scalar(shop.conn, "select count(*) from bookingdb.schedule_exceptions") == 0


def test_unknown_business(shop: Shop) -> None:
    for query in (
        "select bookingdb.quarantined_bookings(%s)",
        "select bookingdb.add_closures('[]', p_business_id => %s)",
        "select bookingdb.calendar_events(p_business_id => %s)",
    ):
        for business in (None, uuid.uuid4()):
            with pytest.raises(InvalidArgument, match="p_business_id"):
                shop.conn.execute(query.encode(), [business])


def test_first_of_several_closures_of_a_date_counts(shop: Shop) -> None:
    day = str(DAY)
    closures = [{"from": day, "reason": "first"}, {"from": day, "reason": "second"}]
    (made,) = bookingdb.add_closures(shop.conn, closures)
    assert made.reason == "first"
    assert bookingdb.add_closures(shop.conn, closures) == []
    (made,) = bookingdb.add_closures(shop.conn, closures[1:], replace=True)
    assert made.reason == "second"
