"""Which logins are bound to which businesses."""

from typing import Annotated

import typer

from bookingdb import (
    DEFAULT_BUSINESS_ID,
    grant_business,
    grant_business_claims,
    list_business_grants,
    revoke_business,
    unbind_role,
)
from bookingdb.cli.options import AsJson, BusinessId, Dsn
from bookingdb.cli.output import emit, grid
from bookingdb.cli.session import connect, operator

__all__ = ["business_grants", "grant_business_", "revoke_business_"]

Role = Annotated[str, typer.Argument(metavar="ROLE", help="A login, or a group of logins.")]


def grant_business_(
    *,
    role: Role,
    by_claims: Annotated[
        bool,
        typer.Option(
            "--by-claims",
            help="Believe the claims of its requests (PostgREST), instead of naming a business.",
        ),
    ] = False,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Bind a role to a business: it sees and writes no other from now on.

    Sessions that are open are bound too. It gives no right to call functions:
    grant bookingdb_app or another role as well.

    For example:
      bookingdb grant-business web_bloom
    """
    with connect(dsn) as conn:
        if by_claims:
            grant_business_claims(conn, role)
            data = {"role_name": role, "business_id": None}
            note = f"{role} sees the businesses that its claims name."
            emit(data, as_json=as_json, note=note)
            return
        grant = grant_business(conn, role, actor=operator(), business_id=business_id)
    note = f"{role} sees business {grant.business_id}, and others only if they are granted too."
    emit(grant, as_json=as_json, note=note)


def revoke_business_(
    *,
    role: Role,
    unbind: Annotated[
        bool, typer.Option("--unbind", help="All its businesses; it sees every business then.")
    ] = False,
    dsn: Dsn = "",
    business_id: BusinessId = DEFAULT_BUSINESS_ID,
    as_json: AsJson = False,
) -> None:
    """Take a business from a role. It stays bound: without any it sees nothing.

    With --unbind it is as before the first grant, on the whole server.

    For example:
      bookingdb revoke-business web_bloom
    """
    with connect(dsn) as conn:
        if unbind:
            count = unbind_role(conn, role, actor=operator())
            emit({"revoked": count}, as_json=as_json, note=f"{role} sees all businesses.")
            return
        grant = revoke_business(conn, role, actor=operator(), business_id=business_id)
    emit(grant, as_json=as_json, note=f"{role} does not see business {grant.business_id} any more.")


def business_grants(*, dsn: Dsn = "", as_json: AsJson = False) -> None:
    """List the roles that are bound to businesses, and what is wrong with it.

    For example:
      bookingdb business-grants
    """
    with connect(dsn) as conn:
        roles = list_business_grants(conn)
    rows = [
        (r.role_name, r.business_name or ("by claims" if r.claims_count else "none"),
         r.business_id or "", r.granted_by or "", r.problem or "")
        for r in roles
    ]  # fmt: skip
    table = grid("role", "business", "id", "granted by", "problem", rows=rows) if rows else None
    note = None if rows else "No role is bound: each sees all businesses."
    emit(roles, table, as_json=as_json, note=note)
