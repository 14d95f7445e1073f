"""What is looked for in every page, in JavaScript; and how pages are opened."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page

__all__ = ["A4", "CLIPPED", "PALE", "STICKS_OUT", "Open", "Opened", "Scheme"]

Scheme = Literal["dark", "light"]
A4 = 673  # pixels between the margins
STICKS_OUT = """
() => [...document.querySelectorAll('body *')]
  .filter(e => !e.closest('.hidden, .scroll *, svg *') && e.getClientRects().length)
  .filter(e => {
    const {left, right} = e.getBoundingClientRect();
    return left < 0 || right > innerWidth + 0.5
      || e.scrollWidth > e.clientWidth + 1
         && getComputedStyle(e).display !== 'inline' && !e.closest('.strip, .scroll, svg');
  })
  .map(e => e.outerHTML.slice(0, 120))
"""
# Texts whose contrast with what is behind them is below 4.5 (WCAG 2.2, AA).
PALE = """
() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = color => rgb(color).slice(0, 3).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (rgb(color)[3] !== 0) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('body *')]
    .filter(e => e.className !== 'hidden')
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => [getComputedStyle(e)[e instanceof SVGElement ? 'fill' : 'color'], behind(e),
               e.className])
    .filter(([ink, paper]) => {
      const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05) < 4.5;
    });
}
"""
# Labels of plots that leave their plot, or lie on another.
CLIPPED = """
() => [...document.querySelectorAll('svg')].filter(s => s.getClientRects().length).flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  const labels = [...svg.querySelectorAll('text')].map(e => [e, e.getBoundingClientRect()]);
  return labels.filter(([e, r]) => r.left < frame.left || r.right > frame.right + 0.5
      || r.top < frame.top - 1 || r.bottom > frame.bottom + 1
      || labels.some(([other, o]) => other !== e && r.left < o.right && o.left < r.right
                     && r.top + 2 < o.bottom && o.top + 2 < r.bottom))
    .map(([e]) => e.textContent);
})
"""


@dataclass(frozen=True)
class Opened:
    """A page in the browser, and what it asked the network for."""

    page: Page
    asked: list[str]
    complaints: list[str]
    """What the browser's console says."""


Open = Callable[..., Opened]
