"""Draws how the shipped weights pass emotion on: what is asked of the music and what should be heard, by what
is felt, and the answer that the allowance for arousal was measured on.

    python -m engine.train.transfer_curve

writes engine/train/TRANSFER.svg, which the notes show. Plain SVG: the same constants give the same bytes.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from engine.emotion.asked import contrasted
from engine.emotion.transfer import Transfer, shipped_transfer

FILE: Final = Path(__file__).with_name("TRANSFER.svg")

_SIDE: Final = 300
_MARGIN: Final = 48
_TOP: Final = 40
_STEPS: Final = 80
_LINES: Final = ("#1b6ca8", "#c8553d", "#3a7d44", "#7d5ba6")

Point = tuple[float, float]


def transfer_svg(transfer: Transfer) -> str:
    """The picture of a transfer."""
    felt = [
        ("valence asked", lambda x: transfer.asked(x, 0.0).clear[0]),
        ("arousal asked", lambda x: transfer.asked(0.0, x).clear[1]),
        ("arousal asked of the tempo", lambda x: transfer.asked(0.0, x).arousal),
        ("should be heard", lambda x: contrasted(x, transfer.wanted_contrast)),
    ]
    left = _panel(_MARGIN, "by what is felt", "felt", felt, ())
    answer = [("arousal asked for what is felt", lambda x: transfer.asked(0.0, x).arousal)]
    heard = [(heard, asked) for asked, heard in transfer.heard_arousal]
    right = _panel(2 * _MARGIN + _SIDE, "what was asked where this was heard", "heard", answer, heard)
    width, height = 2 * _SIDE + 3 * _MARGIN, _SIDE + _TOP + _MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"'
            ' font-size="12">',
            f'<rect width="{width}" height="{height}" fill="white"/>',
            *left,
            *right,
            "</svg>\n",
        ]
    )


def _panel(
    left: int,
    title: str,
    axis: str,
    curves: Sequence[tuple[str, Callable[[float], float]]],
    measured: Sequence[Point],
) -> list[str]:
    """A square from −1 to 1 each way, its middle marked, with the line where nothing is changed in grey."""

    def place(x: float, y: float) -> str:
        return f"{left + (x + 1) / 2 * _SIDE:.1f},{_TOP + (1 - y) / 2 * _SIDE:.1f}"

    def line(points: Sequence[Point], look: str) -> str:
        return f'<polyline fill="none" {look} points="{" ".join(place(x, y) for x, y in points)}"/>'

    def text(x: float, y: float, said: str, look: str = "") -> str:
        across, down = place(x, y).split(",")
        return f'<text x="{across}" y="{down}" {look}>{said}</text>'

    grid = 'stroke="#ddd"'
    drawn = [
        line([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)], 'stroke="#999"'),
        line([(0, -1), (0, 1)], grid),
        line([(-1, 0), (1, 0)], grid),
        line([(-1, -1), (1, 1)], 'stroke="#aaa" stroke-dasharray="4 4"'),
        text(-1, 1.1, title, 'font-weight="bold"'),
        *(text(x, -1.1, f"{x:g}".replace("-", "−"), 'text-anchor="middle" fill="#666"') for x in (-1, 0, 1)),
        text(0.5, -1.1, axis, 'text-anchor="middle" fill="#666"'),
    ]
    steps = [2 * n / _STEPS - 1 for n in range(_STEPS + 1)]
    for number, (name, curve) in enumerate(curves):
        colour = _LINES[number]
        drawn.append(line([(x, curve(x)) for x in steps], f'stroke="{colour}" stroke-width="2"'))
        drawn.append(text(-0.96, 0.88 - 0.11 * number, name, f'fill="{colour}"'))
    for x, y in measured:
        across, down = place(x, y).split(",")
        drawn.append(f'<circle cx="{across}" cy="{down}" r="4" fill="#333"/>')
    if measured:
        drawn.append(text(-0.96, 0.88 - 0.11 * len(curves), "measured: asked by heard", 'fill="#333"'))
    return drawn


if __name__ == "__main__":
    FILE.write_text(transfer_svg(shipped_transfer()), encoding="utf-8")
