"""What the functions return: one frozen dataclass per kind of row, one enum per closed vocabulary.

Made from the catalog by tools/generate.py.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID

from psycopg.types.range import Range

__all__ = [
    "DEFAULT_BUSINESS_ID",
    "Activity",
    "Actor",
    "ActorKind",
    "AffectedPolicy",
    "Alternative",
    "AuditDamage",
    "AuditEntry",
    "AuditExport",
    "AuditFinding",
    "AuditPattern",
    "AuditProof",
    "AuditSeal",
    "AvailableSlot",
    "Booking",
    "BookingAction",
    "BookingEffect",
    "BookingStatus",
    "BoundRole",
    "Business",
    "BusinessGrant",
    "CalendarEvent",
    "ChangeRate",
    "ClaimedDelivery",
    "Deliveries",
    "DeliveryState",
    "DeliverySummary",
    "EndpointDeliveries",
    "EndpointStatus",
    "Erasure",
    "ErrorEntry",
    "HealthCheck",
    "HealthSeverity",
    "HistoryEntry",
    "ImportOutcome",
    "ImportedRow",
    "IntegrityFinding",
    "LeadTimes",
    "MaintenanceRun",
    "MaintenanceStep",
    "MaintenanceTask",
    "Metric",
    "NewEndpoint",
    "Occupancy",
    "OpenBookings",
    "OpeningHours",
    "PastAvailability",
    "PaymentMethod",
    "PaymentMove",
    "PaymentStatus",
    "PlanCounts",
    "PlannedChange",
    "QuarantinedBooking",
    "ReceiptFinding",
    "RecordedAttempt",
    "RefreshAction",
    "RefreshCounts",
    "Refusal",
    "RefusalCount",
    "RelayGap",
    "ReleasedLease",
    "RepairedCounter",
    "ReplicaLag",
    "ReportSummary",
    "RequeuedDelivery",
    "RetentionKind",
    "RetentionOutcome",
    "RetentionPolicy",
    "RetentionStep",
    "ScheduleException",
    "SecurityFinding",
    "Severity",
    "StatusMove",
    "TimeSlot",
    "TrailEntry",
    "UndeliveredChange",
    "WaitingCustomer",
    "WaitingSession",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookError",
    "WebhookEventType",
    "WebhookField",
    "WebhookProfile",
    "WeekOccupancy",
]

DEFAULT_BUSINESS_ID = UUID("00000000-0000-4000-8000-000000000000")
"""The business that is meant when none is named."""


class BookingStatus(StrEnum):
    """Where a booking stands. From held to no_show it occupies a place in the slot."""

    WAITING = "waiting"
    HELD = "held"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class PaymentMethod(StrEnum):
    """When the customer pays."""

    PAY_ON_ARRIVAL = "pay_on_arrival"
    PAY_NOW = "pay_now"


class PaymentStatus(StrEnum):
    """Where the payment stands. Money is refunded only after it was paid."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"


class ActorKind(StrEnum):
    """Who acts: the customer, the shop's staff, or a program."""

    CUSTOMER = "customer"
    ADMIN = "admin"
    SYSTEM = "system"


class BookingAction(StrEnum):
    """What happened to a booking, as the audit log names it."""

    CREATED = "created"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    MODIFIED = "modified"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    PAYMENT_SUCCEEDED = "payment_succeeded"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_REFUNDED = "payment_refunded"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    DELETED = "deleted"
    REDACTED = "redacted"


class RefreshAction(StrEnum):
    """What a schedule refresh does to one slot."""

    CREATE = "create"
    UPDATE = "update"
    RESTORE = "restore"
    MAKE_LEGACY = "make_legacy"
    DELETE = "delete"


class BookingEffect(StrEnum):
    """How a change of the schedule affects a booking."""

    KEPT_ON_LEGACY = "kept_on_legacy"
    OVER_LIMIT = "over_limit"


class AffectedPolicy(StrEnum):
    """What a schedule plan does about the bookings that it affects."""

    KEEP = "keep"
    REFUSE = "refuse"
    OFFER = "offer"


class ImportOutcome(StrEnum):
    """What became of a row of an import; present: it was imported before."""

    IMPORTED = "imported"
    PRESENT = "present"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


class WebhookProfile(StrEnum):
    """What kind of receiver an endpoint is: any, or Make.com."""

    STANDARD = "standard"
    MAKE = "make"


class DeliveryState(StrEnum):
    """Where a delivery stands. Dead: all retries failed; discarded: its endpoint was removed."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    DISCARDED = "discarded"


class WebhookError(StrEnum):
    """Why an attempt failed. Lost: the dispatcher was gone before it said how it went."""

    STATUS = "status"
    REDIRECT = "redirect"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    DNS = "dns"
    TLS = "tls"
    PROTOCOL = "protocol"
    ADDRESS_REFUSED = "address_refused"
    INSECURE_URL = "insecure_url"
    LOST = "lost"


class AuditDamage(StrEnum):
    """What was done to the audit log. Cut off: its last rows are missing."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT_OFF = "cut_off"


class Severity(StrEnum):
    """How grave a finding is; info is no complaint."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class HealthSeverity(StrEnum):
    """How grave it is what a check of the health found."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"


class OpenBookings(StrEnum):
    """What the erasure of a customer does about bookings that are still to come."""

    REFUSE = "refuse"
    KEEP = "keep"
    CANCEL = "cancel"


class RetentionKind(StrEnum):
    """What a business may keep for a time only, in the order in which it goes."""

    PERSONAL_DATA = "personal_data"
    ATTEMPTS = "attempts"
    DELIVERIES = "deliveries"
    AUDIT = "audit"


class RetentionOutcome(StrEnum):
    """What came of a retention policy."""

    GONE = "gone"
    WOULD_GO = "would_go"
    KEPT = "kept"


class MaintenanceTask(StrEnum):
    """What maintain() does; in this order, so that what others wait for is locked last."""

    INTEGRITY = "integrity"
    OVERBOOKING = "overbooking"
    SEALS = "seals"
    SLOTS_AHEAD = "slots_ahead"
    EXPIRED_HOLDS = "expired_holds"
    AUDIT_PARTITIONS = "audit_partitions"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Metric:
    """All that monitoring wants to know, a row for each sample."""

    name: str
    kind: str
    labels: dict[str, Any]
    value: float
    help: str


@dataclass(frozen=True, slots=True)
class PaymentMove:
    """The legal moves between payment statuses; from NULL where a booking may begin."""

    from_status: PaymentStatus | None
    to_status: PaymentStatus


@dataclass(frozen=True, slots=True)
class StatusMove:
    """The legal moves between the statuses of a booking; from NULL where one may begin."""

    from_status: BookingStatus | None
    to_status: BookingStatus


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """Every error code of bookingdb with its message and hint."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class RefusalCount:
    """What was refused or failed, as far as the database knows."""

    kind: str
    reason: str
    description: str
    count: int
    last_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class EndpointDeliveries:
    """What became of webhooks, and how long they took, by endpoint."""

    endpoint_id: UUID
    host: str
    paused_at: dt.datetime | None
    removed_at: dt.datetime | None
    delivered_count: int
    pending_count: int
    dead_count: int
    discarded_count: int
    median_lag: dt.timedelta | None
    p95_lag: dt.timedelta | None


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What became of webhooks, and how long they took, by period."""

    since: dt.date
    until: dt.date
    delivered_count: int
    pending_count: int
    dead_count: int
    discarded_count: int
    median_lag: dt.timedelta | None
    p95_lag: dt.timedelta | None
    longest_lag: dt.timedelta | None


@dataclass(frozen=True, slots=True)
class LeadTimes:
    """How long before their slots bookings were made."""

    lead_from: dt.timedelta | None
    lead_to: dt.timedelta | None
    booking_count: int
    kept_count: int
    cancelled_count: int
    no_show_count: int


@dataclass(frozen=True, slots=True)
class Activity:
    """What happened to bookings, by period."""

    since: dt.date
    until: dt.date
    made_count: int
    waiting_count: int
    moved_count: int
    cancelled_count: int
    expired_count: int
    unserved_count: int
    no_show_count: int
    unpaid_count: int


@dataclass(frozen=True, slots=True)
class WeekOccupancy:
    """How full the slots were that have begun, by weekday and hour of the day."""

    weekday: int
    hour: int
    slot_count: int
    full_count: int
    occupancy: float


@dataclass(frozen=True, slots=True)
class Occupancy:
    """How full the slots are, by period and hour of the day."""

    since: dt.date
    until: dt.date
    hour: int
    slot_count: int
    full_count: int
    booked_count: int
    booked_bouquets: int
    occupancy: float


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """A report in one row: how full, how much, how soon, how reliably."""

    business_name: str
    time_zone: str
    made_at: dt.datetime
    today: dt.date
    log_since: dt.date | None
    deliveries_since: dt.date | None
    begun_count: int
    begun_full_count: int
    begun_occupancy: float | None
    coming_count: int
    coming_full_count: int
    coming_occupancy: float | None
    made_count: int
    waiting_count: int
    moved_count: int
    cancelled_count: int
    expired_count: int
    unserved_count: int
    no_show_count: int
    booking_count: int
    median_lead: dt.timedelta | None
    p90_lead: dt.timedelta | None
    delivered_count: int
    pending_count: int
    dead_count: int
    delivered_share: float | None
    median_lag: dt.timedelta | None
    p95_lag: dt.timedelta | None


@dataclass(frozen=True, slots=True)
class WaitingSession:
    """Who waits for a lock while using tables of bookingdb, and behind whom."""

    pid: int
    login: str
    application: str | None
    wait_seconds: float
    waits_for: str
    blocked_by: list[int]
    statement: str | None


@dataclass(frozen=True, slots=True)
class ChangeRate:
    """How many bookings a second are made, cancelled and so on."""

    action_type: BookingAction
    change_count: int
    per_second: float


@dataclass(frozen=True, slots=True)
class BoundRole:
    """The roles that are bound to businesses, and to which."""

    role_name: str
    business_id: UUID | None
    business_name: str | None
    claims_count: bool
    granted_by: str | None
    granted_at: dt.datetime | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """Whether all is well: each check, its figure, how grave that is, and what to do."""

    name: str
    severity: HealthSeverity
    figure: Decimal | None
    unit: str
    message: str
    remedy: str | None


@dataclass(frozen=True, slots=True)
class AuditPattern:
    """What a desk for fraud or support looks for in the log of bookings."""

    severity: Severity
    pattern: str
    subject: str
    count: int
    first_at: dt.datetime
    last_at: dt.datetime
    booking_ids: list[UUID]
    detail: str


@dataclass(frozen=True, slots=True)
class SecurityFinding:
    """Everything that opens the database wider than it was shipped."""

    severity: Severity
    check_name: str
    object: str
    detail: str
    remedy: str | None


@dataclass(frozen=True, slots=True)
class IntegrityFinding:
    """Everything that must never be and yet is; no row means sound."""

    check_name: str
    object: str
    detail: str


@dataclass(frozen=True, slots=True)
class RequeuedDelivery:
    """Sends dead deliveries again, the oldest events first."""

    webhook_id: UUID
    endpoint_id: UUID
    url: str
    event_type: str
    event_at: dt.datetime
    booking_id: UUID | None
    booking_version: int | None
    attempt_count: int
    died_at: dt.datetime


@dataclass(frozen=True, slots=True)
class RelayGap:
    """Lets the relay begin anew when its cursor is lost or wrong."""

    business_id: UUID
    endpoint_id: UUID
    url: str
    missing_count: int
    first_event_at: dt.datetime | None
    last_event_at: dt.datetime | None
    settled_before: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ReleasedLease:
    """Takes deliveries back from dispatchers that are gone."""

    business_id: UUID
    webhook_id: UUID
    endpoint_id: UUID
    url: str
    event_type: str
    booking_id: UUID | None
    booking_version: int | None
    claimed_at: dt.datetime
    leased_until: dt.datetime
    attempt_number: int


@dataclass(frozen=True, slots=True)
class RepairedCounter:
    """Sets counters of slots right that differ from a recount of their bookings."""

    date: dt.date
    time: dt.time
    counter: str
    old_value: int
    new_value: int
    is_overbooked: bool


@dataclass(frozen=True, slots=True)
class MaintenanceRun:
    """When maintain() did which task, and what came of it."""

    task: MaintenanceTask
    started_at: dt.datetime
    """When the last call began that did some of it."""
    finished_at: dt.datetime
    succeeded_at: dt.datetime | None
    """When a whole round last ended without a problem."""
    due_at: dt.datetime
    """When maintain() does it again; at once while a round is not complete."""
    resumes_after: UUID | None
    """The last business that was seen to, when others of the round are still to come."""
    done: int
    """Holds expired, slots changed, partitions made, changes sealed and so on, in the round so
    far.
    """
    problem: str | None
    """What went wrong in the round so far, a line for each business; NULL: nothing."""


@dataclass(frozen=True, slots=True)
class MaintenanceStep:
    """Does what has to be done regularly and is due."""

    task: MaintenanceTask
    business_id: UUID | None
    done: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class AuditExport:
    """Files that months of the audit log were exported to. Append-only."""

    export_id: UUID
    month: dt.date
    """Its first day; months are those of UTC."""
    row_count: int
    digest: bytes
    """SHA-256 over the hashes of the rows, in the order of the file."""
    file: str
    """What the file was called where it was written."""
    exported_at: dt.datetime
    performed_by: ActorKind
    performed_by_id: str | None


@dataclass(frozen=True, slots=True)
class RetentionStep:
    """Removes what the policies of all businesses let go."""

    business_id: UUID | None
    kind: RetentionKind
    object: str
    row_count: int
    outcome: RetentionOutcome
    reason: str | None


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """How long each business keeps what; without a row for ever."""

    business_id: UUID
    kind: RetentionKind
    keep: dt.timedelta
    """From the end of a booking's slot, of a delivery, or of a month of the log."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """Takes the personal data of a customer out of everything, and writes a tombstone."""

    erasure_id: UUID | None
    erased_at: dt.datetime | None
    reason: str | None
    performed_by: ActorKind | None
    performed_by_id: str | None
    subject_digest: bytes | None
    booking_count: int
    change_count: int
    delivery_count: int
    attempt_count: int
    other_count: int
    changes_digest: bytes | None
    receipt: UUID | None
    kept_mentions: int


@dataclass(frozen=True, slots=True)
class AuditSeal:
    """Seals what was committed to the audit log since the last time."""

    business_id: UUID
    seal_number: int
    sealed_at: dt.datetime
    row_count: int
    root: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class AuditProof:
    """The proof that a row of the audit log is covered by a seal."""

    audit_id: UUID
    hash: bytes
    leaf_number: int
    path: list[str]
    root: bytes
    seal_number: int
    sealed_at: dt.datetime
    row_count: int
    previous_seal_hash: bytes | None
    seal_hash: bytes


@dataclass(frozen=True, slots=True)
class ReceiptFinding:
    """What differs between the webhooks that somebody received and the database."""

    receipt: int
    damage: AuditDamage
    booking_id: UUID | None
    booking_version: int | None
    audit_id: UUID | None
    detail: str


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """Damage of the audit log: which row, and how; no row means sound."""

    damage: AuditDamage
    booking_id: UUID | None
    booking_version: int | None
    audit_id: UUID | None
    detail: str


@dataclass(frozen=True, slots=True)
class WebhookField:
    """The fields that an endpoint may be sent, and which are personal."""

    field: str
    is_personal: bool


@dataclass(frozen=True, slots=True)
class WebhookEventType:
    """Every event that is sent by webhook."""

    event_type: str


@dataclass(frozen=True, slots=True)
class RecordedAttempt:
    """Says how attempts to deliver went, many at once."""

    webhook_id: UUID
    counted: bool
    state: DeliveryState
    due_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """Leases due deliveries to the caller, who is to send them."""

    business_id: UUID
    webhook_id: UUID
    claim_id: UUID
    attempt_number: int
    endpoint_id: UUID
    url: str
    headers: dict[str, Any]
    secrets: list[str]
    timeout: dt.timedelta
    payload: bytes
    event_type: str
    booking_id: UUID | None
    booking_version: int | None


@dataclass(frozen=True, slots=True)
class UndeliveredChange:
    """The changes that an endpoint should have been sent and was not."""

    event_at: dt.datetime
    event_type: str
    booking_id: UUID
    booking_version: int
    endpoint_id: UUID
    url: str
    webhook_id: UUID | None
    state: DeliveryState | None
    problem: str


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """The chain of custody of a booking: change, actor, delivery, attempts, answers."""

    booking_version: int
    action_type: BookingAction
    changed_at: dt.datetime
    performed_by: ActorKind
    performed_by_id: str | None
    endpoint_id: UUID | None
    url: str | None
    webhook_id: UUID | None
    state: DeliveryState | None
    due_at: dt.datetime | None
    finished_at: dt.datetime | None
    processed_at: dt.datetime | None
    attempt_number: int | None
    started_at: dt.datetime | None
    duration: dt.timedelta | None
    status: int | None
    error: WebhookError | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class DeliverySummary:
    """Deliveries and their last attempt, the newest first."""

    webhook_id: UUID
    endpoint_id: UUID
    url: str
    event_type: str
    event_at: dt.datetime
    booking_id: UUID | None
    booking_version: int | None
    state: DeliveryState
    due_at: dt.datetime
    finished_at: dt.datetime | None
    processed_at: dt.datetime | None
    attempt_count: int
    status: int | None
    error: WebhookError | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class EndpointStatus:
    """The endpoints of a business, how each does, and what waits for it."""

    endpoint_id: UUID
    url: str
    description: str | None
    profile: WebhookProfile
    event_types: list[str]
    paused_at: dt.datetime | None
    pause_reason: str | None
    failing_since: dt.datetime | None
    resting_until: dt.datetime | None
    pending_count: int
    oldest_pending_at: dt.datetime | None
    dead_count: int


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """Sends events of the business to a URL from now on."""

    endpoint_id: UUID
    secret: str


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """Bookings as events of a calendar."""

    uid: str
    sequence: int
    status: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    summary: str
    description: str
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """Takes over bookings of another system; what has no place is quarantined."""

    row_number: int
    outcome: ImportOutcome
    booking_id: UUID | None
    code: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class WaitingCustomer:
    """Who waits for the slots of a range of dates, in order."""

    date: dt.date
    time: dt.time
    place: int
    booking_id: UUID
    bouquets: int
    customer_name: str
    customer_email: str
    customer_phone: str | None
    waiting_since: dt.datetime


@dataclass(frozen=True, slots=True)
class ReplicaLag:
    """How far this server is behind its primary at most."""

    lag: dt.timedelta | None
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """The slots nearest in time to a booking's that can be booked for its quantity."""

    date: dt.date
    time: dt.time
    starts_at: dt.datetime
    remaining_bookings: int
    remaining_bouquets: int


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """Makes the slots follow the schedule, if the plan still holds."""

    created: int
    updated: int
    restored: int
    made_legacy: int
    deleted: int
    over_capacity: int
    proposed: int


@dataclass(frozen=True, slots=True)
class RefreshCounts:
    """Makes the slots that have not begun follow the schedule, and never breaks a booking."""

    created: int
    updated: int
    restored: int
    made_legacy: int
    deleted: int
    over_capacity: int


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What refresh_future_schedule would do, slot by slot, touching nothing."""

    date: dt.date
    time: dt.time
    action: RefreshAction
    starts_at: dt.datetime
    ends_at: dt.datetime
    max_bookings: int
    max_bouquets: int
    old_max_bookings: int | None
    old_max_bouquets: int | None
    booked_count: int
    booked_bouquets: int
    effect: BookingEffect | None
    affected_bookings: list[UUID]
    waiting_bookings: list[UUID]
    plan_id: UUID


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a slot cannot be booked now; no row when it can."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class AvailableSlot:
    """The slots of a range of dates that can be booked now, with what is left in each."""

    date: dt.date
    time: dt.time
    starts_at: dt.datetime
    remaining_bookings: int
    remaining_bouquets: int
    as_of: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, from where and why."""

    performed_by: ActorKind
    performed_by_id: str | None = None
    ip_address: IPv4Address | IPv6Address | str | None = None
    user_agent: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """Which endpoint gets which event, and how that stands."""

    business_id: UUID
    webhook_id: UUID
    """The header webhook-id: the same on every attempt, made of endpoint and event."""
    endpoint_id: UUID
    event_id: UUID
    """The audit row's id; one of its own for events that are not about a booking."""
    event_type: str
    event_at: dt.datetime
    """When it happened."""
    booking_id: UUID | None
    booking_version: int | None
    relay_pass: int
    """Pass of the relay that queued it; not sent before that pass is complete."""
    state: DeliveryState
    due_at: dt.datetime
    """When it may be claimed; while it is claimed, when the lease ends."""
    claim_id: UUID | None
    """Fencing token of who sends it now: only they can say how it went."""
    claimed_at: dt.datetime | None
    attempt_count: int
    """Attempts so far, lost ones too."""
    retry_count: int
    """Retries since it was queued or replayed: its place in the schedule."""
    created_at: dt.datetime
    finished_at: dt.datetime | None
    processed_at: dt.datetime | None
    """When the receiver confirmed that it has really processed the event."""


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """Where events go by webhook, which, and how. Removed ones stay as history."""

    business_id: UUID
    endpoint_id: UUID
    url: str
    description: str | None
    profile: WebhookProfile
    event_types: list[str]
    """Which events: booking.created, booking.* or *."""
    subscribed_at: list[dt.datetime]
    """Since when, for each of event_types; earlier changes are not sent."""
    fields: list[str]
    """The fields of bookings and actors that it is sent; see webhook_fields()."""
    header_names: list[str]
    """Its own headers; their values are kept with the secrets."""
    rate_limit: int
    """The most requests in a second; 0: no limit."""
    timeout: dt.timedelta
    """For one request, from dialling to the answer."""
    retry_schedule: list[dt.timedelta]
    """Waits before each retry, plus or minus a fifth; then the delivery is dead."""
    pause_after: dt.timedelta
    """Failing that long without one success, it is paused."""
    paused_at: dt.datetime | None
    """Since when its deliveries wait; NULL: they do not."""
    pause_reason: str | None
    secret_changed_at: dt.datetime | None
    """When its secret or its own headers were last replaced; NULL: never."""
    removed_at: dt.datetime | None
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class QuarantinedBooking:
    """Imported bookings that have no place here, until staff adopts or discards them."""

    business_id: UUID
    quarantine_id: UUID
    source: str
    """Name of the import."""
    row_number: int
    """Number of the row in it."""
    request: dict[str, Any]
    """The row as it came."""
    code: str
    """Why it was not booked, as a code of error_catalog()."""
    detail: str
    """The same with the figures."""
    created_at: dt.datetime
    resolved_at: dt.datetime | None
    resolution: str | None
    """What became of it: "adopted", or why it was discarded."""
    booking_id: UUID | None
    """The booking that it became."""


@dataclass(frozen=True, slots=True)
class PastAvailability:
    """Whether a slot could be booked at an instant, by the logs."""

    was_there: bool
    is_legacy: bool | None
    is_adjusted: bool | None
    starts_at: dt.datetime | None
    max_bookings: int | None
    max_bouquets: int | None
    booked_count: int | None
    booked_bouquets: int | None
    waiting_count: int | None
    remaining_bookings: int | None
    remaining_bouquets: int | None
    is_open: bool
    codes: list[str]
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """All that happened to a booking, oldest first."""

    id: UUID
    booking_id: UUID
    booking_version: int
    action_type: BookingAction
    old_values: dict[str, Any] | None
    new_values: dict[str, Any] | None
    performed_by: ActorKind
    performed_by_id: str | None
    ip_address: IPv4Address | IPv6Address | None
    user_agent: str | None
    reason: str | None
    waived: list[str] | None
    created_at: dt.datetime
    changes: list[str]
    hash: bytes
    erasure_id: UUID | None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Every change of every booking: before, after, who, from where and why. Append-only."""

    business_id: UUID
    id: UUID
    booking_id: UUID
    booking_version: int
    """Version that the change gave the booking; a deletion counts as one more."""
    action_type: BookingAction
    old_values: dict[str, Any] | None
    """The whole row before; NULL when created."""
    new_values: dict[str, Any] | None
    """The whole row after; NULL when deleted."""
    performed_by: ActorKind
    performed_by_id: str | None
    """The actor's own id; the database user when nobody said who acts."""
    ip_address: IPv4Address | IPv6Address | None
    user_agent: str | None
    reason: str | None
    waived: list[str] | None
    """Policies of the business that staff waived for the change; NULL: none."""
    created_at: dt.datetime
    xid: str
    """Transaction that wrote the row; tells a relay what it has not seen yet."""
    salt: UUID | None
    """Makes the digest of the personal parts unguessable; goes with them when they are erased."""
    personal_digest: bytes | None
    """Digest of the personal parts, once they are erased; till then it follows from them."""
    previous_hash: bytes | None
    """Hash of the row before, of the same booking; NULL: this is the first."""
    hash: bytes
    """SHA-256 over the row and previous_hash, as docs/audit-format.md specifies it."""
    erasure_id: UUID | None
    """The erasure that took the personal parts; NULL: they are there."""


@dataclass(frozen=True, slots=True)
class Booking:
    """Who booked what. Rows are written by the functions; triggers keep counters, versions and
    the audit log, whoever writes.
    """

    business_id: UUID
    booking_id: UUID
    date: dt.date
    """Local date of the slot."""
    time: dt.time
    """Local time of the slot."""
    bouquets: int
    """Units booked: bouquets, seats, bikes, portions."""
    customer_name: str | None
    customer_email: str | None
    customer_phone: str | None
    notes: str | None
    status: BookingStatus
    payment_method: PaymentMethod
    payment_status: PaymentStatus
    hold_expires_at: dt.datetime | None
    """Until when a hold keeps its place; stays as it was once confirmed or expired."""
    confirmed_at: dt.datetime | None
    cancelled_at: dt.datetime | None
    cancel_reason: str | None
    idempotency_key: str | None
    """The caller's name for the request that made the booking."""
    idempotency_digest: bytes | None
    """SHA-256 of that request's arguments."""
    external_reference: str | None
    """A partner's own id."""
    proposed_slots: list[dt.datetime] | None
    """Local times of other slots, proposed because the schedule changed; NULL once it moves or
    ends.
    """
    refund_due: bool
    """Paid, but it has no place: the money is to be given back, or kept by your terms."""
    erased_at: dt.datetime | None
    """When personal data of it were last erased, its customer's or an earlier one's; NULL:
    never.
    """
    version: int
    """From 1, one more with every change, whatever the writer puts there."""
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class TimeSlot:
    """What can be booked: one row per business and local time, with its limits and what is
    taken.
    """

    business_id: UUID
    date: dt.date
    """Local date of the business."""
    time: dt.time
    """Local time at which the slot begins."""
    starts_at: dt.datetime
    """The same as an instant; worked out when the slot is made."""
    ends_at: dt.datetime
    max_bookings: int
    """Bookings that the slot takes."""
    max_bouquets: int
    """Units that the slot takes over all its bookings."""
    booked_count: int
    """Bookings that occupy a place; kept by triggers."""
    booked_bouquets: int
    """Units that they take; kept by triggers."""
    overhang_count: int
    """Bookings above a limit that was lowered under them."""
    overhang_bouquets: int
    """Units above a limit that was lowered under them."""
    waiting_count: int
    """Bookings that wait for a place; kept by triggers."""
    is_adjusted: bool
    """Limits that staff set for this slot; the schedule does not change them."""
    is_legacy: bool
    """No longer in the schedule: serves the bookings that it has, takes no new one."""
    created_at: dt.datetime
    """Since when it can be booked; its limits and is_legacy since then are in
    settings_audit_log.
    """


@dataclass(frozen=True, slots=True)
class ScheduleException:
    """Dates that depart from the weekly schedule: closed (no hours), or with hours and limits of
    their own, a row per opening.
    """

    business_id: UUID
    exception_id: UUID
    date: dt.date
    opens: dt.time | None
    """NULL, as all of its kind, when closed on the date."""
    closes: dt.time | None
    slot_interval: dt.timedelta | None
    max_bookings: int | None
    max_bouquets: int | None
    reason: str | None
    """Why, for people."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The weekly schedule over time: each rule with the dates over which it is in force. Past
    rules stay as history.
    """

    business_id: UUID
    opening_hours_id: UUID
    in_force: Range[dt.date]
    """Dates on which the rule holds."""
    weekday: int
    """ISO: 1 is Monday, 7 is Sunday."""
    opens: dt.time
    closes: dt.time
    """The last slot ends at this time or before; 24:00 is midnight (time(0) in Python)."""
    slot_interval: dt.timedelta
    """Length of a slot; one begins after the other."""
    max_bookings: int
    """Bookings per slot."""
    max_bouquets: int
    """Units per slot over all its bookings: bouquets, seats, portions."""


@dataclass(frozen=True, slots=True)
class BusinessGrant:
    """Which roles are bound to which businesses, and see no other."""

    business_id: UUID
    role_name: str
    """A login, or a group that logins are members of."""
    granted_by: str
    """The login that granted it."""
    granted_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Business:
    """Who takes bookings: time zone and rules of one business."""

    business_id: UUID
    name: str
    time_zone: str
    """IANA name; dates and times of the business are wall-clock there."""
    horizon_days: int
    """Days after today for which slots are made and can be booked."""
    lead_time: dt.timedelta
    """A slot closes for booking this long before it begins."""
    cancellation_window: dt.timedelta
    """Only staff can cancel or move a booking later than this before the slot begins."""
    hold_time_to_live: dt.timedelta
    """For how long a place is held that is offered to somebody on the waiting list."""
    customer_limit: int
    """Open bookings that one e-mail address may have on one date; 0: any number."""
    created_at: dt.datetime
