"""Who acts.

Made from the catalog by tools/generate.py.
"""

from bookingdb._call import fetch_one
from bookingdb._rows import jsonb
from bookingdb.models import Actor
from bookingdb.replicas import AnyConnection

__all__ = ["set_actor"]


def set_actor(
    conn: AnyConnection,
    actor: Actor | None,
) -> None:
    """Says who acts in the rest of this transaction, also in hand-written SQL; NULL for nobody.
    Kept in the settings bookingdb.performed_by, bookingdb.performed_by_id, bookingdb.ip_address,
    bookingdb.user_agent and bookingdb.reason, local to the transaction: safe behind a pooler.
    They may as well be set by SET LOCAL. An actor that is given to a function counts before it.
    Raises ZB012 for an unknown key or a malformed address.
    """
    fetch_one(
        conn,
        type(None),
        """select x from bookingdb.set_actor(
          p_actor => %(actor)s
        ) as x""",
        {"actor": jsonb(actor)},
    )
