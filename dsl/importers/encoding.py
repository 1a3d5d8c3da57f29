"""Bytes of unknown origin → text, saying which encoding they were taken for. Scores themselves are UTF-8
alone; this is for what comes from elsewhere.
"""

from dataclasses import dataclass

from dsl.source import MAX_BYTES

_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# The commonest characters of running Chinese, simplified and traditional: a wrong decoding rarely has them.
_COMMON = frozenset(
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后"
    "這來個國說們為時會著過學對裡後見開關聽讓還沒頭間長從點現實當動種無樣與應樂總體麼，。！？“”「」：、"
)
_CONTROLS = frozenset((*range(9), *range(14, 27), *range(28, 32)))


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and its encoding. `guessed` where nothing but plausibility spoke for it; `problem` where there
    is no text."""

    text: str
    encoding: str
    guessed: bool = False
    problem: str | None = None


def decode_foreign(data: bytes) -> Decoded:
    """Text of bytes: byte order marks first, then UTF-8, then what is most plausible."""
    if len(data) > MAX_BYTES:
        return Decoded("", "", problem=f"{len(data) / 1e6:.0f} MB is more than a script has; divide it")
    for mark, codec in _MARKS:
        if data.startswith(mark):
            name = codec.removesuffix("-le").removesuffix("-be").upper()
            try:
                return Decoded(data[len(mark) :].decode(codec), name)
            except UnicodeDecodeError as mistake:
                return Decoded("", "", problem=f"it begins like {name} but is none at byte {mistake.start}")
    wide = _without_mark(data)
    if wide is not None:
        return wide
    if data.count(0) > max(8, len(data) // 64) or _controls(data) > 0.05:
        return Decoded("", "", problem="it is not a text file")
    try:
        return Decoded(data.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError:
        return _guessed(data)


def _without_mark(data: bytes) -> Decoded | None:
    """UTF-16 that lacks its mark: every other byte of its ASCII is NUL."""
    sample = data[:4096]
    even, odd, half = sample[0::2].count(0), sample[1::2].count(0), max(len(sample) // 2, 1)
    for codec, zeros, others in (("utf-16-be", even, odd), ("utf-16-le", odd, even)):
        if len(data) >= 4 and zeros > half * 0.4 and others < half * 0.1:
            try:
                return Decoded(data.decode(codec), "UTF-16", guessed=True)
            except UnicodeDecodeError:
                return None
    return None


def _guessed(data: bytes) -> Decoded:
    """GBK or Big5, whichever gives more of the commonest Chinese characters; else a Western code page."""
    found: list[tuple[float, str, str]] = []
    for codec, name in (("gb18030", "GBK"), ("big5hkscs", "Big5")):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        found.append((_chinese(text), name, text))
    best = max(found, default=(0.0, "", ""))
    if best[0] > 0.1:
        return Decoded(best[2], best[1], guessed=True)
    try:
        return Decoded(data.decode("cp1252"), "Windows-1252", guessed=True)
    except UnicodeDecodeError:
        return Decoded(data.decode("latin-1"), "Latin-1", guessed=True)


def _chinese(text: str) -> float:
    """The share of the commonest characters among those that are not ASCII."""
    other = [character for character in text[:50_000] if ord(character) > 127]
    return sum(character in _COMMON for character in other) / len(other) if other else 0.0


def _controls(data: bytes) -> float:
    sample = data[:65_536]
    return sum(byte in _CONTROLS for byte in sample) / len(sample) if sample else 0.0
