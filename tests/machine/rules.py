"""The whole machine, and how it is run."""

from collections.abc import Iterable

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

import bookingdb
from tests.machine.draws import BEGINNINGS
from tests.machine.life_rules import LifeRules
from tests.machine.machine import set_clock
from tests.machine.making_rules import MakingRules
from tests.machine.raw_rules import RawRules
from tests.machine.schedule_rules import ScheduleRules
from tests.support import Database

__all__ = ["LifeOfBookings", "live"]

# In rounds of ten: from the eleventh example on, Hypothesis tries variations of each, which finds
# less here than new ones do.
ROUNDS = 9
EXAMPLES = 10
STEPS = 50

SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    phases=[Phase.generate],  # a fault shows in the first example that fails; nothing is shrunk
    deadline=None,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],  # each step is a transaction
)


class LifeOfBookings(MakingRules, LifeRules, ScheduleRules, RawRules):
    """All rules together."""


def live(database: Database, rounds: Iterable[int] = range(ROUNDS)) -> None:
    """Run the machine in a database of its own, whose clock says what the machine wants; the
    numbers of the rounds are the seeds.
    """
    with database.connect(options="-c timezone=UTC") as conn:
        conn.execute(
            "create or replace function bookingdb.clock_now() returns timestamptz language sql"
            " stable begin atomic select current_setting('machine.clock')::timestamptz; end"
        )
        set_clock(conn, min(BEGINNINGS))
        bookingdb.create_audit_partitions(conn, months_ahead=12)
        for number in rounds:
            machine = seed(number)(lambda: LifeOfBookings(conn))
            run_state_machine_as_test(machine, settings=SETTINGS)  # type: ignore[arg-type]
