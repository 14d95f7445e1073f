"""The text of the modules of wrappers, synchronous and asynchronous, and of their packages."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tools.naming import ALIASES, HEADER, MODELS, Parameter, python_default, python_type
from tools.reference import contract_of

__all__ = ["FUNCTIONS", "function_text", "module_text", "package_text"]

OPTIONAL = {  # NULL is a value, though there is no default
    ("book_hot_slot", "customer_name"),
    ("book_hot_slot", "customer_email"),
    ("create_booking_safe", "customer_name"),
    ("create_booking_safe", "customer_email"),
    ("set_actor", "actor"),
    ("set_retention", "keep"),
}
ARGUMENT_ENUMS = (
    "AffectedPolicy", "DeliveryState", "MaintenanceTask", "OpenBookings", "PaymentMethod",
    "PaymentStatus", "RetentionKind", "WebhookError", "WebhookProfile",
)  # fmt: skip
CALLS = (
    "acall_one", "afetch_all", "afetch_one", "aread_all", "aread_one",
    "call_one", "fetch_all", "fetch_one", "read_all", "read_one",
)  # fmt: skip
FUNCTIONS = """
select p.proname as name, p.prokind = 'p' as is_procedure, p.proretset as is_set,
       p.provolatile = 'v' as may_write,
       p.pronargs - (select count(*) from unnest(p.proargmodes) m where m = 'b') as count,
       p.proargnames as names,
       array(select format_type(t, null) from unnest(p.proargtypes) with ordinality a(t, n)
              order by n) as types,
       array(select pg_get_function_arg_default(p.oid, n) from generate_series(1, p.pronargs) n
              order by n) as defaults,
       coalesce(c.relname, format_type(t.oid, null)) as returns,
       p.prokind = 'f' and p.proargmodes is not null as has_outputs
  from pg_proc p
  -- A procedure hands its one row back in its last argument, which is INOUT.
  left join pg_type t on t.oid = case p.prokind when 'p' then p.proargtypes[p.pronargs - 1]
                                 else p.prorettype end
  left join pg_class c on c.oid = t.typrelid
 where p.pronamespace = 'bookingdb'::regnamespace
   and p.prokind in ('f', 'p')
   and (has_function_privilege('bookingdb_admin', p.oid, 'execute')
        or has_function_privilege('bookingdb_auditor', p.oid, 'execute')
        or has_function_privilege('bookingdb_dispatcher', p.oid, 'execute'))
   and p.proname <> 'default_business_id'
"""


def docstring_of(script: Path) -> str:
    return re.sub(r"\bp_(\w+)", r"`\1`", contract_of(script)).replace("\\", "\\\\")


def function_text(row: Any, path: Path, *, is_async: bool) -> str:
    parameters = [
        Parameter(
            name.removeprefix("p_"), kind, python_default(default), (row.name, name[2:]) in OPTIONAL
        )
        for name, kind, default in zip(
            *(x[: row.count] for x in (row.names or [], row.types, row.defaults)), strict=True
        )
    ]
    model = MODELS.get(row.name if row.has_outputs else row.returns) or python_type(row.returns)
    returns = f"list[{model}]" if row.is_set else model
    required = [p.signature for p in parameters if p.default is None]
    optional = [p.signature for p in parameters if p.default is not None]
    connection = "AnyAsyncConnection" if is_async else "AnyConnection"
    signature = ",\n    ".join(
        [f"conn: {connection}", *required, *(["*", *optional] if optional else [])]
    )
    verb = "call" if row.is_procedure else "fetch" if row.may_write else "read"
    fetch = ("await a" if is_async else "") + f"{verb}_{'all' if row.is_set else 'one'}"
    target = "*" if row.has_outputs or row.returns in MODELS else ""
    placeholders = ",".join(f"\n          {p.placeholder}" for p in parameters)
    call = f"bookingdb.{row.name}({placeholders}{chr(10) + 8 * ' ' if placeholders else ''})"
    query = f"select {target or 'x'} from {call}" + ("" if target else " as x")
    if row.is_procedure:
        query = f"call {call}"
    doc = docstring_of(path)
    arguments = ", ".join(p.argument for p in parameters)
    quote = '"""' if parameters else '"'
    body = f"{fetch}(conn, {'type(None)' if model == 'None' else model}, {quote}{query}{quote}, {{{arguments}}})"
    return (
        f"{'async ' if is_async else ''}def {row.name}(\n    {signature},\n) -> {returns}:\n"
        f'    """'
        + "\n".join(f"    {line}".rstrip() for line in doc.splitlines()).strip()
        + f'\n    """\n    {"" if model == "None" else "return "}{body}\n'
    )


def module_text(doc: str, functions: list[str], names: Iterable[str], is_async: bool) -> str:
    body = "\n\n".join(functions)

    def used(*candidates: str) -> list[str]:
        return [c for c in candidates if re.search(rf"\b{c}\b", body)]

    lines = [HEADER.format(doc=doc)]
    if "dt." in body:
        lines.append("import datetime as dt\n")
    if abstract := used("Mapping", "Sequence"):
        lines.append(f"from collections.abc import {', '.join(abstract)}\n")
    if used("Any"):
        lines.append("from typing import Any\n")
    if used("UUID"):
        lines.append("from uuid import UUID\n")
    lines.append("\n")
    lines.append(f"from bookingdb._call import {', '.join(used(*CALLS))}\n")
    if used("jsonb"):
        lines.append("from bookingdb._rows import jsonb\n")
    models = used(
        "DEFAULT_BUSINESS_ID",
        *sorted({*MODELS.values(), *ARGUMENT_ENUMS}),
    )
    lines.append(f"from bookingdb.models import {', '.join(models)}\n" if models else "")
    lines.append(f"from bookingdb.replicas import Any{'Async' if is_async else ''}Connection\n\n")
    lines.append(f"__all__ = [{', '.join(repr(n) for n in names)}]\n\n\n")
    return "".join(lines) + body


def package_text(origins: Mapping[str, list[str]], is_async: bool) -> str:
    """The __init__ of the package, or of its asynchronous half, from its modules' names."""
    package = "bookingdb.aio" if is_async else "bookingdb"
    doc = "The same functions for an `AsyncConnection`."
    if not is_async:
        doc = (
            "A booking engine that lives inside PostgreSQL: typed wrappers of its functions.\n\n"
            "Each wrapper is one call on a connection of the caller's, who keeps the transaction:\n"
            "nothing here commits but `book_hot_slot`. `bookingdb.aio` has the same functions for\n"
            "asynchronous connections. Where a connection is wanted, `Replicated` does, too: two\n"
            "connections, of which a replica's serves reads."
        )
    imports = "".join(f"from {package}.{m} import {', '.join(n)}\n" for m, n in origins.items())
    aliases = "".join(f"{alias} = {name}\n" for alias, name in ALIASES.items())
    exported = sorted([*ALIASES, *(n for names in origins.values() for n in names)])
    return HEADER.format(doc=doc) + imports + f"\n__all__ = {exported!r}\n\n{aliases}"
