"""The loop of a dispatcher: record what was sent, relay, claim, hand out, sleep."""

import dataclasses
import datetime as dt
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import psycopg
import structlog

from bookingdb.dispatch.link import Bell, Link
from bookingdb.dispatch.workers import Result, Task, Workers
from bookingdb.models import DeliveryState, RecordedAttempt

__all__ = ["Shift"]

log = structlog.get_logger(__name__)

PASSING = dt.timedelta(seconds=2)  # a rate limit is over by then, a retry is not
GATHER = 0.005  # seconds in which results come together while nobody waits for them
LOCKED = dt.timedelta(seconds=1)  # what is to be recorded is locked by somebody
TRIES_AFTER_STOP = 5  # to record that
TAKEN = dt.timedelta(milliseconds=50)  # what is due is in the hands of another dispatcher


class Shift:
    """The work of a dispatcher, over one connection after the other."""

    def __init__(
        self,
        workers: Workers,
        bell: Bell,
        stopping: threading.Event,
        lease: dt.timedelta,
        relay_limit: int,
    ) -> None:
        self._workers = workers
        self._bell = bell
        self._stopping = stopping
        self._lease = lease
        self._relay_limit = relay_limit
        self._unrecorded: list[Result] = []

    @property
    def pending(self) -> int:
        """Deliveries in hand: claimed, and not recorded or given back."""
        return self._workers.busy + len(self._unrecorded)

    def work(self, link: Link, poll: dt.timedelta, *, once: bool) -> None:
        """Until the dispatcher stops; `once`: until nothing is due and nothing in hand."""
        is_more_due = False
        tries_left = TRIES_AFTER_STOP
        while True:
            if self._workers.are_supplied:
                self._stopping.wait(GATHER)
            if self._stopping.is_set():
                self._workers.call_back()
            self._record(link)
            if self._stopping.is_set():
                if not self.pending:
                    return
                tries_left -= not self._workers.busy
                if not tries_left:
                    log.error("not recorded", count=self.pending)
                    return
                link.sleep(self._bell, min(poll, LOCKED))
            elif not self._workers.free:
                link.sleep(self._bell, poll)
            elif not is_more_due and (idle := link.idle_time(max(poll, PASSING))):
                if once and not self.pending and idle >= PASSING:
                    return
                if not link.ask_to_be_woken(True):
                    is_more_due = link.sleep(
                        self._bell, min(idle, LOCKED if self._unrecorded else poll)
                    )
            else:
                link.ask_to_be_woken(False)
                found = self._feed(link)
                if not found and not is_more_due:
                    link.sleep(self._bell, TAKEN)
                is_more_due = found and not self._workers.free

    def _feed(self, link: Link) -> bool:
        """Relay and claim, as long as there is something and hands are free; whether there was."""
        found = False
        while self._workers.free and not self._stopping.is_set():
            wanted = self._workers.free
            relayed = self._relay(link)
            log.debug("claiming", limit=wanted)
            until = time.monotonic() + self._lease.total_seconds()
            deliveries = link.claim(wanted, self._lease)
            log.debug("claimed", count=len(deliveries))
            for delivery in deliveries:
                self._workers.give(Task(delivery, self._lease, until))
            found = found or relayed > 0 or bool(deliveries)
            if len(deliveries) < wanted and relayed < self._relay_limit:
                break
        return found

    def _relay(self, link: Link) -> int:
        try:
            count = link.relay(self._relay_limit)
        except psycopg.errors.LockNotAvailable:
            log.warning("relay waits for somebody who changes endpoints")
            return 0
        log.debug("relayed", count=count)
        return count

    def _record(self, link: Link) -> None:
        """Record what was sent and give back what was not; it is kept until that is done."""
        self._unrecorded += self._workers.take_results()
        unsent: dict[UUID, list[UUID]] = defaultdict(list)
        for result in self._unrecorded:
            if result.outcome is None:
                unsent[result.delivery.claim_id].append(result.delivery.webhook_id)
        for claim_id, webhook_ids in unsent.items():
            log.info("given back", count=link.release(claim_id, webhook_ids))
        sent = [r for r in self._unrecorded if r.outcome is not None]
        if sent:
            log.debug("recording", count=len(sent))
            sent = _record_sent(link, sent)
        self._unrecorded = sent


def _record_sent(link: Link, results: Sequence[Result]) -> list[Result]:
    """Returns those that are to be recorded later, as somebody else has locked them."""
    try:
        recorded = link.record(results)
    except psycopg.DatabaseError as error:
        is_locked = isinstance(error, psycopg.errors.LockNotAvailable)
        if isinstance(error, psycopg.OperationalError) and not is_locked:
            raise
        if len(results) > 1:  # one of them is at fault, and the others are not to suffer
            return [later for result in results for later in _record_sent(link, [result])]
        if is_locked:
            return [*results]
        return _record_refused(link, results[0], error)
    by_id = {r.webhook_id: r for r in recorded}
    for result in results:
        if result.delivery.webhook_id in by_id:
            _report(result, by_id[result.delivery.webhook_id])
    return [r for r in results if r.delivery.webhook_id not in by_id]


def _record_refused(link: Link, result: Result, error: psycopg.DatabaseError) -> list[Result]:
    """Try again without what the receiver said, which a database that is not UTF-8 may be unable
    to hold: what is not recorded is sent again and again."""
    assert result.outcome is not None
    if result.outcome.answer is not None:
        return _record_sent(
            link, [Result(result.delivery, dataclasses.replace(result.outcome, answer=None))]
        )
    reason = error.diag.message_primary  # no more: the rest may quote the answer
    log.error("refused", webhook_id=str(result.delivery.webhook_id), error=reason)
    return []


def _report(result: Result, recorded: RecordedAttempt) -> None:
    delivery, outcome = result.delivery, result.outcome
    assert outcome is not None
    attempt = {
        "webhook_id": str(delivery.webhook_id),
        "event_type": delivery.event_type,
        "attempt": delivery.attempt_number,
        "status": outcome.status,
        "milliseconds": round(outcome.duration.total_seconds() * 1000, 1),
    }
    if not recorded.counted:
        log.warning("too late", **attempt)
    elif outcome.error is None:
        log.info("delivered", **attempt)
    elif recorded.state == DeliveryState.PENDING:
        log.warning("failed", **attempt, error=outcome.error, retry_at=str(recorded.due_at))
    else:
        log.error("dead", **attempt, error=outcome.error)
