"""bookingdb itself, as pgbench calls it."""

__all__ = ["FUNCTION", "HAS_PROCEDURE", "PROCEDURE"]

ARGUMENTS = """
  current_date + :day::int, time '09:00' + :place::int * interval '30 minutes', 2,
  'Ada', 'ada@example.org'"""
FUNCTION = f"select * from bookingdb.create_booking_safe({ARGUMENTS});\n"
PROCEDURE = f"call bookingdb.book_hot_slot({ARGUMENTS});\n"
HAS_PROCEDURE = (
    "select exists (select from pg_proc where proname = 'book_hot_slot'"
    " and prokind = 'p' and pronamespace = 'bookingdb'::regnamespace)"
)
"""Whether this version has the procedure for hot slots."""
