"""Small plots as inline SVG, drawn here by no library. Colours come from the page's style."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT, FOOT, GAP = 640, 150, 22, 0.25


@dataclass(frozen=True, slots=True)
class Bars:
    """One series of bars: the class that colours them, and a value for each label."""

    css: str
    values: Sequence[float]


def bars(title: str, labels: Sequence[str], series: Sequence[Bars]) -> Markup:
    """Grouped bars over their labels, with the value over each; the title is read aloud."""
    highest = max((value for one in series for value in one.values), default=0) or 1
    slot = WIDTH / max(1, len(labels))
    thick = slot * (1 - GAP) / max(1, len(series))
    drawn = [
        _bar(place * slot + slot * GAP / 2 + order * thick, thick, one, place, highest=highest)
        for order, one in enumerate(series)
        for place in range(len(labels))
    ]
    below = [
        f'<text x="{place * slot + slot / 2:.1f}" y="{HEIGHT - 6}" class="plot__label">'
        f"{escape(label)}</text>"
        for place, label in enumerate(labels)
    ]
    inside = "".join((*drawn, *below))
    return Markup(  # noqa: S704 - numbers and escaped labels alone
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"{inside}</svg>"
    )


def _bar(x: float, thick: float, one: Bars, place: int, *, highest: float) -> str:
    value = one.values[place]
    room = HEIGHT - FOOT - 18
    tall = room * value / highest
    top = HEIGHT - FOOT - tall
    shown = f"{value:g}" if value else ""
    return (
        f'<rect x="{x:.1f}" y="{top:.1f}" width="{thick:.1f}" height="{tall:.1f}"'
        f' class="plot__bar {one.css}"/>'
        f'<text x="{x + thick / 2:.1f}" y="{top - 4:.1f}" class="plot__value">{shown}</text>'
    )
