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
    "SYNC_AND_ASYNC",
    "Parameter",
    "camel",
    "python_default",
    "python_type",
]

MODELS = {  # what returns rows -> the name of its model
    "businesses": "Business",
    "business_grants": "BusinessGrant",
    "opening_hours": "OpeningHours",
    "schedule_exceptions": "ScheduleException",
    "time_slots": "TimeSlot",
    "bookings": "Booking",
    "booking_audit_log": "AuditEntry",
    "booking_history": "HistoryEntry",
    "availability_as_of": "PastAvailability",
    "booking_quarantine": "QuarantinedBooking",
    "webhook_endpoints": "WebhookEndpoint",
    "webhook_deliveries": "WebhookDelivery",
    "actor": "Actor",
    "available_slots": "AvailableSlot",
    "why_unavailable": "Refusal",
    "plan_schedule_refresh": "PlannedChange",
    "refresh_future_schedule": "RefreshCounts",
    "apply_schedule_plan": "PlanCounts",
    "propose_alternatives": "Alternative",
    "replica_lag": "ReplicaLag",
    "waiting_list": "WaitingCustomer",
    "import_bookings": "ImportedRow",
    "calendar_events": "CalendarEvent",
    "calendar_event": "CalendarEvent",
    "add_webhook_endpoint": "NewEndpoint",
    "webhook_status": "EndpointStatus",
    "recent_deliveries": "DeliverySummary",
    "delivery_trail": "TrailEntry",
    "reconcile": "UndeliveredChange",
    "claim_deliveries": "ClaimedDelivery",
    "record_attempts": "RecordedAttempt",
    "webhook_event_types": "WebhookEventType",
    "webhook_fields": "WebhookField",
    "verify_audit": "AuditFinding",
    "verify_receipts": "ReceiptFinding",
    "audit_proof": "AuditProof",
    "seal_audit": "AuditSeal",
    "erase_customer": "Erasure",
    "retention_policies": "RetentionPolicy",
    "apply_retention": "RetentionStep",
    "audit_exports": "AuditExport",
    "maintain": "MaintenanceStep",
    "maintenance_runs": "MaintenanceRun",
    "repair_counters": "RepairedCounter",
    "release_stuck_leases": "ReleasedLease",
    "rebuild_relay": "RelayGap",
    "requeue_dead_letters": "RequeuedDelivery",
    "check_integrity": "IntegrityFinding",
    "security_audit": "SecurityFinding",
    "audit_patterns": "AuditPattern",
    "health_checks": "HealthCheck",
    "list_business_grants": "BoundRole",
    "current_changes": "ChangeRate",
    "waiting_sessions": "WaitingSession",
    "report_summary": "ReportSummary",
    "report_occupancy": "Occupancy",
    "report_week": "WeekOccupancy",
    "report_activity": "Activity",
    "report_lead_times": "LeadTimes",
    "report_deliveries": "Deliveries",
    "report_endpoints": "EndpointDeliveries",
    "report_refusals": "RefusalCount",
    "error_catalog": "ErrorEntry",
    "status_moves": "StatusMove",
    "payment_moves": "PaymentMove",
    "metrics": "Metric",
}
MODULES = {  # folder below sql/functions -> module and what it is about
    "booking": ("bookings", "Making and reading bookings."),
    "holds": ("holds", "Places that are kept for a while."),
    "lifecycle": ("lifecycle", "What becomes of a booking."),
    "waitlist": ("waitlist", "Waiting for a place."),
    "schedule": ("schedule", "Opening hours, exceptions, closures."),
    "slots": ("slots", "What is free, and how the slots follow the schedule."),
    "replicas": ("replication", "Reading from replicas, and caching what was read."),
    "import": ("imports", "Bookings of another system."),
    "business": ("businesses", "Businesses and their settings."),
    "access": ("access", "Which logins are bound to which businesses."),
    "actor": ("actor", "Who acts."),
    "audit": ("audit", "What happened to a booking."),
    "erasure": ("erasures", "Personal data: handed out, and erased."),
    "retention": ("retention", "How long what is kept, and what has to happen before it goes."),
    "webhook": ("webhooks", "Where events go by webhook, and what became of them."),
    "recovery": ("recovery", "Putting right what went wrong: counters, leases, the relay."),
    "relay": ("relay", "What a dispatcher of webhooks does: relay, claim, record."),
    "maintenance": ("maintenance", "What has to be done regularly."),
    "integrity": ("integrity", "Everything that must never be."),
    "health": ("checks", "Whether all is well."),
    "metrics": ("monitoring", "Figures for monitoring."),
    "activity": ("activity", "What goes on just now."),
    "patterns": ("patterns", "What looks odd in the audit log."),
    "report": ("reports", "How full, how much, how soon: the figures of a report."),
    "core": ("catalog", "What bookingdb says of itself: its errors and legal moves."),
}
NULLABLE = {  # columns of functions that may be NULL
    "status_moves.from_status",
    "payment_moves.from_status",
    "plan_schedule_refresh.old_max_bookings",
    "plan_schedule_refresh.old_max_bouquets",
    "plan_schedule_refresh.effect",
    *(
        f"booking_history.{column}"
        for column in (
            "old_values",
            "new_values",
            "performed_by_id",
            "ip_address",
            "user_agent",
            "reason",
            "waived",
            "erasure_id",
        )
    ),
    *(
        f"availability_as_of.{column}"
        for column in (
            "is_legacy",
            "is_adjusted",
            "starts_at",
            "max_bookings",
            "max_bouquets",
            "booked_count",
            "booked_bouquets",
            "waiting_count",
            "remaining_bookings",
            "remaining_bouquets",
        )
    ),
    "available_slots.as_of",
    "replica_lag.lag",
    "replica_lag.bytes",
    "waiting_list.customer_phone",
    "import_bookings.booking_id",
    "import_bookings.code",
    "import_bookings.detail",
    "list_business_grants.business_id",
    "list_business_grants.business_name",
    "list_business_grants.granted_by",
    "list_business_grants.granted_at",
    "list_business_grants.problem",
    "webhook_status.description",
    "webhook_status.paused_at",
    "webhook_status.pause_reason",
    "webhook_status.failing_since",
    "webhook_status.resting_until",
    "webhook_status.oldest_pending_at",
    "recent_deliveries.booking_id",
    "recent_deliveries.booking_version",
    "recent_deliveries.finished_at",
    "recent_deliveries.processed_at",
    "recent_deliveries.status",
    "recent_deliveries.error",
    "recent_deliveries.answer",
    "delivery_trail.performed_by_id",
    "delivery_trail.endpoint_id",
    "delivery_trail.url",
    "delivery_trail.webhook_id",
    "delivery_trail.state",
    "delivery_trail.due_at",
    "delivery_trail.finished_at",
    "delivery_trail.processed_at",
    "delivery_trail.attempt_number",
    "delivery_trail.started_at",
    "delivery_trail.duration",
    "delivery_trail.status",
    "delivery_trail.error",
    "delivery_trail.answer",
    "reconcile.webhook_id",
    "reconcile.state",
    "verify_audit.booking_id",
    "verify_audit.booking_version",
    "verify_audit.audit_id",
    "verify_receipts.booking_id",
    "verify_receipts.booking_version",
    "verify_receipts.audit_id",
    "audit_proof.previous_seal_hash",
    "erase_customer.erasure_id",
    "erase_customer.erased_at",
    "erase_customer.reason",
    "erase_customer.performed_by",
    "erase_customer.performed_by_id",
    "erase_customer.subject_digest",
    "erase_customer.changes_digest",
    "erase_customer.receipt",
    "security_audit.remedy",
    "health_checks.figure",
    "health_checks.remedy",
    "maintain.business_id",
    "maintain.problem",
    "apply_retention.business_id",
    "apply_retention.reason",
    "release_stuck_leases.booking_id",
    "release_stuck_leases.booking_version",
    "rebuild_relay.first_event_at",
    "rebuild_relay.last_event_at",
    "rebuild_relay.settled_before",
    "requeue_dead_letters.booking_id",
    "requeue_dead_letters.booking_version",
    "waiting_sessions.application",
    "waiting_sessions.statement",
    "claim_deliveries.booking_id",
    "claim_deliveries.booking_version",
    *(
        f"report_summary.{column}"
        for column in (
            "log_since",
            "deliveries_since",
            "begun_occupancy",
            "coming_occupancy",
            "median_lead",
            "p90_lead",
            "delivered_share",
            "median_lag",
            "p95_lag",
        )
    ),
    "report_lead_times.lead_from",
    "report_lead_times.lead_to",
    "report_deliveries.median_lag",
    "report_deliveries.p95_lag",
    "report_deliveries.longest_lag",
    "report_endpoints.paused_at",
    "report_endpoints.removed_at",
    "report_endpoints.median_lag",
    "report_endpoints.p95_lag",
    "report_refusals.last_at",
}
TYPES = {
    "bigint": "int",
    "boolean": "bool",
    "bytea": "bytes",
    "date": "dt.date",
    "daterange": "Range[dt.date]",
    "double precision": "float",
    "inet": "IPv4Address | IPv6Address",
    "integer": "int",
    "integer[]": "list[int]",
    "interval": "dt.timedelta",
    "interval[]": "list[dt.timedelta]",
    "jsonb": "dict[str, Any]",
    "numeric": "Decimal",
    "pg_lsn": "str",
    "text": "str",
    "text[]": "list[str]",
    "time without time zone": "dt.time",
    "timestamp with time zone": "dt.datetime",
    "timestamp with time zone[]": "list[dt.datetime]",
    "timestamp without time zone[]": "list[dt.datetime]",
    "uuid": "UUID",
    "uuid[]": "list[UUID]",
    "void": "None",
    "xid8": "str",
}
ALIASES = {"create_booking": "create_booking_safe"}
BY_HAND = {"calendars": ["calendar_feed"]}  # modules of both halves that are not generated
SYNC_AND_ASYNC = {  # modules with the classes of both
    "cache": ["AsyncAvailabilityCache", "AvailabilityCache"],
    "replicas": ["AsyncReplicated", "Fallback", "Replicated"],
}
JSON_ARGUMENTS = {
    "actor": "Actor",
    "headers": "Mapping[str, str]",
    "hours": "Sequence[Mapping[str, Any]]",
    "requests": "Sequence[Mapping[str, Any]]",
    "rows": "Sequence[Mapping[str, Any]]",
    "closures": "Sequence[Mapping[str, Any]]",
    "attempts": "Sequence[Mapping[str, Any]]",
    "receipts": "Sequence[Mapping[str, Any]]",
}
HEADER = '"""{doc}\n\nMade from the catalog by tools/generate.py.\n"""\n\n'


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def python_type(name: str) -> str:
    if name not in TYPES and name.endswith("[]"):
        return f"list[{python_type(name.removesuffix('[]'))}]"
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
        days, _, time = value.strip("'").rpartition(" day")
        hours, minutes, seconds = (int(part) for part in (time.lstrip("s ") or "0:0:0").split(":"))
        since_midnight = hours * 3600 + minutes * 60 + seconds
        return f"dt.timedelta(days={days})" if days else f"dt.timedelta(seconds={since_midnight})"
    if kind == "time without time zone":
        return f"dt.time({', '.join(str(int(part)) for part in value.strip(chr(39)).split(':'))})"
    if kind.startswith("bookingdb."):
        return f"{python_type(kind)}.{value.strip(chr(39)).upper()}"
    return value.capitalize() if value in ("true", "false") else value
