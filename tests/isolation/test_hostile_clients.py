"""A hostile client with a bound login neither reads nor writes another business."""

import datetime as dt

import pytest

from tests.isolation.attempts import ATTEMPTS, Attempt
from tests.isolation.world import World

MONTH = f"{dt.datetime.now(dt.UTC):%Y_%m}"


def statements(attempt: Attempt) -> list[str]:
    return [s.replace("$MONTH", MONTH) for s in attempt.statements]


def name_of(attempt: Attempt) -> str:
    return f"{attempt.kind}: {attempt.name}"


def test_there_are_many() -> None:
    assert len({name_of(a) for a in ATTEMPTS}) == len(ATTEMPTS)
    assert len(ATTEMPTS) >= 120
    assert sum(a.control for a in ATTEMPTS) >= 60


@pytest.fixture(scope="module")
def pristine(world: World) -> str:
    return world.digest()


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=name_of)
def test_bound_login_gets_nothing(world: World, pristine: str, attempt: Attempt) -> None:
    with world.login(attempt.kind) as conn:
        outcome = world.run(conn, statements(attempt))
    # A login may change its own settings; the next attempt begins without them.
    world.dba.execute(f"alter role bound_{attempt.kind} reset all".encode())
    assert outcome.secrets == []
    assert attempt.own or not outcome.found
    assert outcome.changed == 0
    assert world.digest() == pristine


@pytest.mark.parametrize("attempt", [a for a in ATTEMPTS if a.control], ids=name_of)
def test_free_login_succeeds(world: World, attempt: Attempt) -> None:
    """The control: else the test above would prove that the attempt is nonsense."""
    with world.login(attempt.kind, bound=False) as conn:
        conn.autocommit = False
        conn.execute("select")  # begins a transaction
        outcome = world.run(conn, statements(attempt))
        conn.rollback()
    assert outcome.secrets or outcome.changed or (outcome.found and not attempt.own)
