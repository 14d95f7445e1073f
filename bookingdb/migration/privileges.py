"""Look, before anything is written, whether the login may do what the scripts will do."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

from bookingdb.migration.errors import MissingExtension, MissingPrivilege

__all__ = ["check_privileges"]

EXTENSION = "btree_gist"
OWNER = "bookingdb_owner"
ROLES = [
    OWNER, "bookingdb_app", "bookingdb_admin", "bookingdb_auditor", "bookingdb_dispatcher",
    "bookingdb_tenant", "bookingdb_claims",
]  # fmt: skip
RECORDS = ["_yoyo_migration", "_yoyo_log", "_yoyo_version", "yoyo_lock"]


@dataclass(frozen=True, slots=True)
class _Privileges:
    """What the login may do, and what is there already."""

    login: str
    database: str
    is_superuser: bool
    may_create_roles: bool
    may_create_in_database: bool
    has_schema: bool
    missing_roles: list[str]
    may_be_owner: bool | None  # None: there is no such role yet
    may_make_itself_owner: bool | None
    has_extension: bool
    extension_is_trusted: bool | None  # None: the server does not have it
    record_schema: str | None  # where yoyo keeps its tables
    may_create_records: bool | None
    may_write_records: bool | None  # None: they are not there yet


_QUERY = """
select
  current_user::text as login,
  current_database()::text as database,
  r.rolsuper as is_superuser,
  r.rolcreaterole as may_create_roles,
  has_database_privilege(current_database(), 'create') as may_create_in_database,
  to_regnamespace('bookingdb') is not null as has_schema,
  array(select n from unnest(%(roles)s::text[]) n where to_regrole(n) is null) as missing_roles,
  pg_has_role(current_user, to_regrole(%(owner)s), %(act_as)s) as may_be_owner,
  pg_has_role(current_user, to_regrole(%(owner)s), 'member with admin option')
    or current_setting('server_version_num')::int < 160000 and r.rolcreaterole
    as may_make_itself_owner,
  exists (select from pg_extension where extname = %(extension)s) as has_extension,
  (select bool_or(trusted) from pg_available_extension_versions where name = %(extension)s)
    as extension_is_trusted,
  current_schema()::text as record_schema,
  has_schema_privilege(current_schema(), 'create') as may_create_records,
  (select bool_and(has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
                   and has_table_privilege(oid, 'delete'))
   from pg_class
   where relnamespace = to_regnamespace(quote_ident(current_schema()))
     and relname = any(%(records)s)) as may_write_records
from pg_roles r
where r.rolname = current_user
"""


def check_privileges(conn: psycopg.Connection[Any]) -> None:
    """See to it that the login may do everything that the scripts will do.

    Raises:
        MissingExtension: the server does not have btree_gist.
        MissingPrivilege: the message names all that is missing, as statements to run.
    """
    values = {
        "roles": ROLES,
        "owner": OWNER,
        "act_as": "set" if conn.info.server_version >= 160000 else "member",
        "extension": EXTENSION,
        "records": RECORDS,
    }
    with conn.cursor(row_factory=class_row(_Privileges)) as cursor:
        [found] = cursor.execute(_QUERY, values).fetchall()
    if not found.has_extension and found.extension_is_trusted is None:
        raise MissingExtension(
            f"The server does not have the extension {EXTENSION}, which is part of PostgreSQL's "
            "contrib modules. Install them there (Debian: in postgresql-NN; Red Hat: "
            "postgresql-contrib)."
        )
    needs = [] if found.is_superuser else list(_needs(found))
    if needs:
        raise MissingPrivilege(
            f'The login "{found.login}" may not deploy to the database "{found.database}". '
            "Let a superuser run, or give another login:\n  " + "\n  ".join(needs)
        )


def _needs(found: _Privileges) -> list[str]:
    login, database = _quote(found.login), _quote(found.database)
    needs = []
    if not found.may_create_in_database and not (found.has_schema and found.has_extension):
        needs.append(f"grant create on database {database} to {login};")
    if not found.has_extension and not found.extension_is_trusted:
        needs.append(f"create extension {EXTENSION};")
    if found.missing_roles and not found.may_create_roles:
        missing = ", ".join(found.missing_roles)
        needs.append(f"alter role {login} createrole;  -- there is no {missing}")
    if found.may_be_owner is False and not found.may_make_itself_owner:
        needs.append(f"grant {OWNER} to {login};")
    if found.record_schema is None:
        needs.append(f"alter role {login} set search_path = public;  -- its path has no schema")
    elif not found.may_create_records and found.may_write_records is None:
        needs.append(f"grant create on schema {_quote(found.record_schema)} to {login};")
    elif found.may_write_records is False:
        records = ", ".join(f"{_quote(found.record_schema)}.{table}" for table in RECORDS)
        needs.append(f"grant select, insert, delete on {records} to {login};")
    return needs


def _quote(identifier: str) -> str:
    return psycopg.sql.Identifier(identifier).as_string()
