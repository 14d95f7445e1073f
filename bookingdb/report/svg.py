"""A figure of matplotlib as a part of a page: in its colours and font, no ids in the way."""

import io
import re
import xml.etree.ElementTree as ET

from matplotlib.figure import Figure

__all__ = ["COLORS", "INK", "RULE", "SOFT", "inline"]

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
NAMES = (
    "ink", "soft", "rule", "accent", "good", "warn", "bad", "plain",
    "heat0", "heat1", "heat2", "heat3", "heat4", "heat5",
)  # fmt: skip
COLORS = {name: f"#0102{number:02x}" for number, name in enumerate(NAMES)}
"""For each colour of the page, by the name of its CSS variable, one that matplotlib knows."""
INK, SOFT, RULE = COLORS["ink"], COLORS["soft"], COLORS["rule"]

ET.register_namespace("", SVG)


def inline(figure: Figure, name: str) -> str:
    """The figure; `name` sets its ids apart from those of other figures of the page."""
    written = io.BytesIO()
    figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    root = ET.fromstring(written.getvalue())
    for size in ("width", "height"):
        del root.attrib[size]
    root.set("aria-hidden", "true")
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)
    for element in root.iter():
        _adapt(element, name)
    text = ET.tostring(root, encoding="unicode")
    for variable, color in COLORS.items():
        text = text.replace(color, f"var(--{variable})")
    text = re.sub(r"(\.\d)\d+", r"\1", re.sub(r"\s+", " ", text)).replace("> <", "><")
    while "<g />" in text or "<g></g>" in text:
        text = text.replace("<g />", "").replace("<g></g>", "")
    return text


def _adapt(element: ET.Element, name: str) -> None:
    """Colours and font as the page has them; only ids that something refers to."""
    if element.tag in (f"{{{SVG}}}g", f"{{{SVG}}}text"):
        element.attrib.pop("id", None)
    elif "id" in element.attrib:
        element.set("id", f"{name}-{element.attrib['id']}")
    if XLINK in element.attrib:  # what all browsers understand today is shorter
        element.set("href", f"#{name}-{element.attrib.pop(XLINK)[1:]}")
    if "clip-path" in element.attrib:
        element.set("clip-path", element.attrib["clip-path"].replace("#", f"#{name}-"))
    if "style" in element.attrib:
        element.set("style", re.sub(r"font-family: [^;]*;? ?", "", element.attrib["style"]))
    if element.attrib.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
