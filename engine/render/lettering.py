"""Text in pictures made of pixels: Pillow's own letters, and for what they lack a font of the machine's.

Chinese needs such a font. Where none is found the characters are left out, and `missing` says which, so that
it can be told.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_PLACES = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
_WANTED = (
    "NotoSansCJK-Regular",
    "NotoSansCJKsc-Regular",
    "NotoSansSC",
    "SourceHanSans",
    "wqy-microhei",
    "wqy-zenhei",
    "DroidSansFallback",
    "PingFang",
    "STHeiti",
    "Hiragino Sans GB",
    "msyh",
    "simsun",
    "Arial Unicode",
    "uming",
    "ukai",
    "DejaVuSans.",
)
"""Beginnings of the names of fonts with Chinese characters, the better ones first; the last for other
scripts."""
_NO_GLYPH = "\U000ffffd"

Pixels = npt.NDArray[np.uint8]


def draw_texts(
    pixels: Pixels, texts: Iterable[tuple[float, float, str, tuple[int, int, int], int]]
) -> Pixels:
    """The picture [height, width, 3] with texts drawn on it: x, baseline y, text, colour, size in pixels."""
    from PIL import Image, ImageDraw

    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    for x, y, text, colour, size in texts:
        at = x
        for run, font in _runs(text, size):
            draw.text((at, y), run, fill=colour, font=font, anchor="ls")
            at += font.getlength(run)
    return np.asarray(image, np.uint8)


def missing(texts: Iterable[str]) -> str:
    """The characters of the texts that no font here can draw, each once."""
    return "".join(sorted({c for text in texts for c in text if not c.isspace() and _font_of(c) is None}))


def _runs(text: str, size: int) -> Iterator[tuple[str, "FreeTypeFont"]]:
    """The text in pieces of one font each, without what none can draw."""
    for number, characters in groupby(text, key=_font_of):
        if number is not None:
            yield "".join(characters), _sized(number, size)


@lru_cache(maxsize=8192)
def _font_of(character: str) -> int | None:
    """The number of the first font that has a character."""
    if character.isspace() or _has(_sized(0, 16), character):
        return 0
    return next((k + 1 for k in range(len(_font_files())) if _has(_sized(k + 1, 16), character)), None)


def _has(font: "FreeTypeFont", character: str) -> bool:
    drawn, none = font.getmask(character), font.getmask(_NO_GLYPH)
    return drawn.getbbox() is not None and (drawn.size != none.size or bytes(drawn) != bytes(none))


@lru_cache(maxsize=64)
def _sized(number: int, size: int) -> "FreeTypeFont":
    """Font 0 is Pillow's own; the others are the machine's."""
    from PIL import ImageFont

    if number:
        return ImageFont.truetype(str(_font_files()[number - 1]), size)
    own = ImageFont.load_default(size)
    assert isinstance(own, ImageFont.FreeTypeFont)
    return own


@lru_cache(maxsize=1)
def _font_files() -> tuple[Path, ...]:
    """Fonts of this machine that are likely to have Chinese, in the order of `_WANTED`."""
    from PIL import ImageFont

    found: dict[str, Path] = {}
    for place in _PLACES:
        folder = Path(place).expanduser()
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            wanted = next((name for name in _WANTED if path.name.startswith(name)), None)
            if wanted and wanted not in found and path.suffix.lower() in (".ttf", ".ttc", ".otf"):
                try:
                    ImageFont.truetype(str(path), 16)
                except OSError:
                    continue
                found[wanted] = path
    return tuple(found[name] for name in _WANTED if name in found)
