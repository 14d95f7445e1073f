"""Act 2: more customers than places, all at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
from rich.text import Text

from bookingdb import Booking, BookingError, MaximumBookingsReached, create_booking
from bookingdb.demo.scene import CAPACITY, Scene, customer
from bookingdb.demo.stage import Stage

__all__ = ["CUSTOMERS", "play"]

CUSTOMERS = 64
PATIENCE = 60.0  # seconds until a customer who never came is given up


def play(stage: Stage, scene: Scene) -> None:
    """Let them fight, and count."""
    stage.begin(f"{CUSTOMERS} customers, {CAPACITY} places")
    stage.say(
        f"{CUSTOMERS} customers on as many connections want {scene.race}, all at once. "
        f"The slot has {CAPACITY} places."
    )
    with stage.console.status("They are connecting..."):
        outcomes = _fight(scene)
    scene.winners = [o for o in outcomes if isinstance(o, Booking)]
    refused = [o for o in outcomes if isinstance(o, MaximumBookingsReached)]
    stage.show(_picture(outcomes))
    stage.claim(
        f"exactly {CAPACITY} win, {CUSTOMERS - CAPACITY} are told “Maximum bookings reached”",
        (len(scene.winners), len(refused)) == (CAPACITY, CUSTOMERS - CAPACITY),
    )
    slot, recount = scene.slot(scene.race), scene.count_at(scene.race)
    stage.note(
        customers=CUSTOMERS,
        won=len(scene.winners),
        refused=len(refused),
        counter=slot.booked_count,
        recount=recount,
    )
    stage.claim(
        f"the counter of the slot says {slot.booked_count}, a recount says {recount}",
        slot.booked_count == recount == CAPACITY,
    )
    stage.claim_refused(
        MaximumBookingsReached,
        "SQL written by hand, past all functions,",
        lambda: scene.conn.execute(
            """insert into bookingdb.bookings (date, time, bouquets, customer_name, customer_email)
               values (%s, %s, 1, 'Sly', 'sly@example.com')""",
            [scene.race.date, scene.race.time],
        ),
    )


def _fight(scene: Scene) -> list[Booking | BookingError]:
    barrier = Barrier(CUSTOMERS)
    place = scene.race

    def one(number: int) -> Booking | BookingError:
        name = f"Customer {number}"
        email = f"customer{number}@example.com"
        who = customer(name, ip_address=f"203.0.113.{number}")
        with psycopg.connect(scene.dsn, autocommit=True) as conn:
            barrier.wait(PATIENCE)
            try:
                return create_booking(conn, place.date, place.time, 1, name, email, actor=who)
            except BookingError as error:
                return error

    with ThreadPoolExecutor(CUSTOMERS) as pool:
        return list(pool.map(one, range(1, CUSTOMERS + 1)))


def _picture(outcomes: list[Booking | BookingError]) -> Text:
    """A field for each customer, 16 in a row."""
    text = Text()
    for number, outcome in enumerate(outcomes, start=1):
        won = isinstance(outcome, Booking)
        text.append("● " if won else "· ", style="bold green" if won else "dim")
        text.append("\n" if number % 16 == 0 and number < len(outcomes) else "")
    return text
