"""A CSV file of bookings: read it, name its columns, write down what became of its rows."""

import csv
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

import typer

from bookingdb.cli.failures import CommandError

__all__ = ["Columns", "CsvFile", "Delimiter", "parse_delimiter", "read_csv", "write_report"]

REQUIRED = ("date", "time", "bouquets", "customer_name", "customer_email")
FIELDS = (
    *REQUIRED,
    "customer_phone",
    "payment_method",
    "payment_status",
    "status",
    "notes",
    "external_reference",
)
BEYOND = "cells beyond the header"  # no field: the database rejects the row that has it
DELIMITERS = ",;\t|"
BAD_FILE = "22000"  # SQLSTATE: data_exception


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a booking, and the column of the file that holds it."""

    field: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `customer_name=Guest`."""
        field, is_given, name = (part.strip() for part in text.partition("="))
        if not is_given or not name or field not in FIELDS:
            raise typer.BadParameter(
                f"{text!r} is no FIELD=COLUMN; the fields are {', '.join(FIELDS)}."
            )
        return cls(field, name)


Columns = Annotated[
    list[Column],
    typer.Option(
        "--map",
        parser=Column.parse,
        metavar="FIELD=COLUMN",
        help="The column that holds a field, where it has another name; may be given repeatedly.",
        show_default=False,
    ),
]


def parse_delimiter(text: str) -> str:
    """Read a delimiter: one character, or `tab`."""
    text = "\t" if text in ("tab", r"\t") else text
    if len(text) != 1 or text in '"\r\n':
        raise typer.BadParameter(f"{text!r} is no delimiter: write one character, or tab.")
    return text


Delimiter = Annotated[
    str | None,
    typer.Option(
        parser=parse_delimiter,
        metavar="CHARACTER",
        help="What stands between two cells, or tab; guessed from the header when not given.",
    ),
]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """The content of a file; row 1 is the first below the header."""

    header: list[str]
    rows: list[list[str]]
    fields: dict[str, int]
    """The fields of bookings that it has, each with the place of its column."""
    delimiter: str

    @property
    def ignored(self) -> list[str]:
        """Columns that hold no field."""
        used = set(self.fields.values())
        return [name for place, name in enumerate(self.header) if place not in used]

    def requests(self) -> list[dict[str, str]]:
        """The rows as import_bookings() wants them; an empty cell is none."""
        return [self._request(row) for row in self.rows]

    def _request(self, row: list[str]) -> dict[str, str]:
        cells = {f: row[place].strip() for f, place in self.fields.items() if place < len(row)}
        beyond = self.delimiter.join(row[len(self.header) :]).strip()
        return {field: cell for field, cell in {**cells, BEYOND: beyond}.items() if cell}


def read_csv(path: Path, delimiter: str | None, columns: Iterable[Column]) -> CsvFile:
    """Read a file in UTF-8, with or without a byte order mark; `-` is stdin.

    Raises CommandError when it cannot be read, or a required column is missing.
    """
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise CommandError(BAD_FILE, f"Cannot read {path}", detail=str(error)) from None
    except UnicodeDecodeError as error:
        raise _unreadable(path, str(error), "Save it as UTF-8.") from None
    if "\0" in text:
        raise _unreadable(path, "It has NUL characters: it is no text.", "Save it as UTF-8.")
    delimiter = delimiter or _guess(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header, *rows = [row for row in reader if row] or [[]]
    except csv.Error as error:  # such as a quotation mark that nothing closes
        detail = f"Line {reader.line_num}: {error}."
        raise _unreadable(path, detail, "Is --delimiter right?") from None
    header = [name.strip() for name in header]
    return CsvFile(header, rows, _places(header, columns, path), delimiter)


def write_report(
    path: Path, file: CsvFile, results: Sequence[Mapping[str, Any]], names: Iterable[str]
) -> None:
    """Write rows of `file` as they came, with what `results` says of each under `names`."""
    names = list(names)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter=file.delimiter)
        writer.writerow([*file.header, *names])
        for result in results:
            row = file.rows[result["row"] - 1]
            padding = [""] * (len(file.header) - len(row))
            cells = [*row[: len(file.header)], *padding]
            writer.writerow([*cells, *(result[name] for name in names)])


def _unreadable(path: Path, detail: str, hint: str) -> CommandError:
    return CommandError(BAD_FILE, f"{path} cannot be read as CSV", detail=detail, hint=hint)


def _guess(text: str) -> str:
    """The delimiter of the header, which unlike notes of customers holds no other punctuation."""
    header = text.lstrip("\r\n").partition("\n")[0]
    try:
        return csv.Sniffer().sniff(header, DELIMITERS).delimiter
    except csv.Error:
        return ","


def _places(header: list[str], columns: Iterable[Column], path: Path) -> dict[str, int]:
    wanted = {field: field for field in FIELDS} | {c.field: c.name for c in columns}
    shown = f"Its columns are {', '.join(map(repr, header))}." if header else "It is empty."
    places: dict[str, int] = {}
    missing: list[str] = []
    for field, name in wanted.items():
        found = [n for n, title in enumerate(header) if title.casefold() == name.casefold()]
        if len(found) > 1:
            raise _unreadable(path, f"It has {len(found)} columns {name!r}.", "Rename one of them.")
        if found:
            places[field] = found[0]
        elif field in REQUIRED or name != field:
            missing.append(name)
    if missing:
        raise CommandError(
            BAD_FILE,
            f"{path} has no column {', '.join(missing)}",
            detail=shown,
            hint="Say which column it is: --map customer_name=Guest; or give --delimiter.",
        )
    return places
