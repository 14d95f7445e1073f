"""How pictures of figures look, and how they are written: the same ones give the same file."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

__all__ = ["OTHERS", "OURS", "styled", "write"]

OURS = "#1b6ca8"
OTHERS = "#b8bfc6"
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "bookingdb",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def styled() -> AbstractContextManager[None]:
    """In the `with` block pictures look like ours."""
    return mpl.rc_context(STYLE)


def write(picture: Figure, path: Path) -> None:
    """As the name's end says: SVG, PNG, PDF."""
    metadata = {"Date": None} if path.suffix == ".svg" else None
    picture.savefig(path, metadata=metadata)
