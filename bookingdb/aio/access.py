"""Which logins are bound to which businesses.

Made from the catalog by tools/generate.py.
"""

from uuid import UUID

from bookingdb._call import afetch_one, aread_all, aread_one
from bookingdb._rows import jsonb
from bookingdb.models import DEFAULT_BUSINESS_ID, Actor, BoundRole, BusinessGrant
from bookingdb.replicas import AnyAsyncConnection

__all__ = [
    "grant_business",
    "grant_business_claims",
    "granted_businesses",
    "is_granted",
    "is_unbound",
    "list_business_grants",
    "revoke_business",
    "unbind_role",
]


async def grant_business(
    conn: AnyAsyncConnection,
    role: str,
    *,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> BusinessGrant:
    """Binds a role to a business: a login that is the role, or a member of it, sees and writes the
    businesses of its grants from then on, and nothing of any other, also in sessions that are
    open. It gives no right to call or read anything: grant bookingdb_app or another role as
    well. A login is bound on the whole server; in a database without a grant for it, it sees
    nothing.
    Locks: none that bookings wait for.
    Returns the grant, also one that was there before. Raises ZB012 for a role that is not there
    or that no policy holds (superusers, BYPASSRLS and the like), and an unknown business; 42501
    for a login that is bound itself.
    """
    return await afetch_one(
        conn,
        BusinessGrant,
        """select * from bookingdb.grant_business(
          p_role => %(role)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {"role": role, "actor": jsonb(actor), "business_id": business_id},
    )


async def grant_business_claims(
    conn: AnyAsyncConnection,
    role: str,
) -> None:
    """Binds a role, and believes it when it says for which businesses it asks: those in the claim
    business_id of the setting request.jwt.claims, which PostgREST sets from a token that it has
    verified. Without a claim it sees nothing. Businesses that it was granted besides are a
    limit: it sees what is in both.
    Only for a login that runs no SQL of its clients: whoever can run SET can claim anything.
    Raises ZB012 and 42501 as grant_business() does.
    """
    await afetch_one(
        conn,
        type(None),
        """select x from bookingdb.grant_business_claims(
          p_role => %(role)s
        ) as x""",
        {"role": role},
    )


async def granted_businesses(
    conn: AnyAsyncConnection,
) -> list[UUID]:
    """The businesses that a bound login may see: those of the roles that it is a member of. A
    login that grant_business_claims() marked says itself which it asks for, in the claim
    business_id of the setting request.jwt.claims: one, or an array; of those that it was
    granted, if there are any. Of no other login is that setting believed. Malformed claims are
    an error, or nothing. Says nothing of a login that is not bound.
    """
    return await aread_one(
        conn, list[UUID], "select x from bookingdb.granted_businesses() as x", {}
    )


async def is_granted(
    conn: AnyAsyncConnection,
    business_id: UUID,
) -> bool:
    """Whether a login may see a business; for policies that judge row by row, and ask before
    whether the login is marked at all.
    """
    return await aread_one(
        conn,
        bool,
        """select x from bookingdb.is_granted(
          p_business_id => %(business_id)s
        ) as x""",
        {"business_id": business_id},
    )


async def is_unbound(
    conn: AnyAsyncConnection,
) -> bool:
    """Whether the login may see all businesses: grant_business() has not bound it. The owner and
    superusers never are; they are members of every mark, so they are asked for last. The login
    is session_user, which neither SET ROLE nor SECURITY DEFINER changes. Two calls into C,
    which the planner writes into the queries that the policies guard.
    """
    return await aread_one(conn, bool, "select x from bookingdb.is_unbound() as x", {})


async def list_business_grants(
    conn: AnyAsyncConnection,
) -> list[BoundRole]:
    """The roles that are bound, and to which businesses; a bound login is told of its own only.
    business_id is NULL for a role without a grant, which sees nothing unless its claims count.
    problem says why a binding does not hold; NULL: it does.
    """
    return await aread_all(conn, BoundRole, "select * from bookingdb.list_business_grants()", {})


async def revoke_business(
    conn: AnyAsyncConnection,
    role: str,
    *,
    actor: Actor | None = None,
    business_id: UUID = DEFAULT_BUSINESS_ID,
) -> BusinessGrant:
    """Takes a business from a role. The role stays bound: without any grant it sees nothing.
    unbind_role() lets it see all again.
    Returns the grant that is gone. Raises ZB012 when there is none; 42501 for a login that is
    bound itself.
    """
    return await afetch_one(
        conn,
        BusinessGrant,
        """select * from bookingdb.revoke_business(
          p_role => %(role)s,
          p_actor => %(actor)s,
          p_business_id => %(business_id)s
        )""",
        {"role": role, "actor": jsonb(actor), "business_id": business_id},
    )


async def unbind_role(
    conn: AnyAsyncConnection,
    role: str,
    *,
    actor: Actor | None = None,
) -> int:
    """Lets a role see all businesses again: takes all its grants and its marks. The marks belong to
    the whole server: it is free in each database of it.
    Returns how many grants are gone. Raises ZB012 for a role that is not bound, or that stays so
    because it is a member of another role that is, or because somebody else marked it; 42501 for
    a login that is bound itself.
    """
    return await afetch_one(
        conn,
        int,
        """select x from bookingdb.unbind_role(
          p_role => %(role)s,
          p_actor => %(actor)s
        ) as x""",
        {"role": role, "actor": jsonb(actor)},
    )
