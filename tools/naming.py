"""How things of the catalog are called and typed in Python."""

import keyword
from dataclasses import dataclass

__all__ = [
    "ALIASES",
    "BY_HAND",
    "HEADER",
    "MODELS",
    "MODULES",
    "NULLABLE",
    "Parameter",
    "camel",
    "python_default",
    "python_type",
]

MODELS = {  # what returns rows -> the name of its model
    "businesses": "Business",
    "opening_hours": "OpeningHours",
    "schedule_exceptions": "ScheduleException",
    "time_slots": "TimeSlot",
    "bookings": "Booking",
    "booking_audit_log": "AuditEntry",
    "booking_quarantine": "QuarantinedBooking",
    "actor": "Actor",
    "available_slots": "AvailableSlot",
    "why_unavailable": "Refusal",
    "plan_schedule_refresh": "PlannedChange",
    "refresh_future_schedule": "RefreshCounts",
    "apply_schedule_plan": "PlanCounts",
    "propose_alternatives": "Alternative",
    "waiting_list": "WaitingCustomer",
    "import_bookings": "ImportedRow",
    "calendar_events": "CalendarEvent",
    "calendar_event": "CalendarEvent",
    "check_integrity": "IntegrityFinding",
    "error_catalog": "ErrorEntry",
    "status_moves": "StatusMove",
    "payment_moves": "PaymentMove",
}
MODULES = {  # folder below sql/functions -> module and what it is about
    "booking": ("bookings", "Making and reading bookings."),
    "holds": ("holds", "Places that are kept for a while."),
    "lifecycle": ("lifecycle", "What becomes of a booking."),
    "waitlist": ("waitlist", "Waiting for a place."),
    "schedule": ("schedule", "Opening hours, exceptions, closures."),
    "slots": ("slots", "What is free, and how the slots follow the schedule."),
    "import": ("imports", "Bookings of another system."),
    "business": ("businesses", "Businesses and their settings."),
    "actor": ("actor", "Who acts."),
    "audit": ("audit", "What happened to a booking."),
    "integrity": ("integrity", "Everything that must never be."),
    "core": ("catalog", "What bookingdb says of itself: its errors and legal moves."),
}
NULLABLE = {  # columns of functions that may be NULL
    "status_moves.from_status",
    "payment_moves.from_status",
    "plan_schedule_refresh.old_max_bookings",
    "plan_schedule_refresh.old_max_bouquets",
    "plan_schedule_refresh.effect",
    "waiting_list.customer_phone",
    "import_bookings.booking_id",
    "import_bookings.code",
    "import_bookings.detail",
}
TYPES = {
    "boolean": "bool",
    "bytea": "bytes",
    "date": "dt.date",
    "daterange": "Range[dt.date]",
    "inet": "IPv4Address | IPv6Address",
    "integer": "int",
    "interval": "dt.timedelta",
    "jsonb": "dict[str, Any]",
    "text": "str",
    "text[]": "list[str]",
    "time without time zone": "dt.time",
    "timestamp with time zone": "dt.datetime",
    "timestamp without time zone[]": "list[dt.datetime]",
    "uuid": "UUID",
    "uuid[]": "list[UUID]",
    "void": "None",
    "xid8": "str",
}
ALIASES = {"create_booking": "create_booking_safe"}
BY_HAND = {"calendars": ["calendar_feed"]}  # modules of both halves that are not generated
JSON_ARGUMENTS = {
    "actor": "Actor",
    "hours": "Sequence[Mapping[str, Any]]",
    "requests": "Sequence[Mapping[str, Any]]",
    "rows": "Sequence[Mapping[str, Any]]",
    "closures": "Sequence[Mapping[str, Any]]",
}
HEADER = '"""{doc}\n\nMade from the catalog by tools/generate.py.\n"""\n\n'


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def python_type(name: str) -> str:
    return TYPES.get(name) or camel(name.removeprefix("bookingdb."))


@dataclass(frozen=True)
class Parameter:
    name: str
    sql_type: str
    default: str | None
    is_optional: bool

    @property
    def python_name(self) -> str:
        return f"{self.name}_" if keyword.iskeyword(self.name) else self.name

    @property
    def annotation(self) -> str:
        kind = JSON_ARGUMENTS[self.name] if self.sql_type == "jsonb" else python_type(self.sql_type)
        return f"{kind} | None" if self.is_optional or self.default == "None" else kind

    @property
    def signature(self) -> str:
        text = f"{self.python_name}: {self.annotation}"
        return text if self.default is None else f"{text} = {self.default}"

    @property
    def placeholder(self) -> str:
        # A Python int is sent as the smallest type it fits; the function wants int.
        cast = "::int" if self.sql_type == "integer" else ""
        return f"p_{self.name} => %({self.name})s{cast}"

    @property
    def argument(self) -> str:
        value = f"jsonb({self.name})" if self.sql_type == "jsonb" else self.python_name
        return f'"{self.name}": {value}'


def python_default(sql: str | None) -> str | None:
    if sql is None:
        return None
    if sql == "bookingdb.default_business_id()":
        return "DEFAULT_BUSINESS_ID"
    value, _, kind = sql.partition("::")
    if value == "NULL":
        return "None"
    if kind == "interval":
        hours, minutes, seconds = (int(part) for part in value.strip("'").split(":"))
        return f"dt.timedelta(seconds={hours * 3600 + minutes * 60 + seconds})"
    if kind.startswith("bookingdb."):
        return f"{python_type(kind)}.{value.strip(chr(39)).upper()}"
    return value.capitalize() if value in ("true", "false") else value
