"""Fits a score's instruments into MIDI's sixteen channels, one of them for drums: two programs never share
one.

Leading parts are kept longest; what is left out or played by another instrument is reported in the score's
remarks.
"""

from engine.arrange.cleaning import clean
from engine.arrange.orchestration import Part
from engine.arrange.registers import fold
from engine.music.instruments import instrument
from engine.music.score import Note

MOST_PITCHED_TRACKS = 15

Voiced = tuple[Part, tuple[Note, ...]]


def within_channels(parts: list[Voiced]) -> tuple[list[Voiced], tuple[str, ...]]:
    """At most `MOST_PITCHED_TRACKS` pitched tracks, and what that took in words.

    In this order, each only where the one before was not enough: tracks of one role and program are joined,
    then tracks of one program across roles (nothing is lost), the thinnest doublings are left out, the
    thinnest track goes to the instrument nearest to its own.
    """
    drums = [pair for pair in parts if pair[0].is_drum]
    pitched = [pair for pair in parts if not pair[0].is_drum]
    count = len(pitched)
    if count <= MOST_PITCHED_TRACKS:
        return parts, ()
    pitched = _joined(pitched, by_role=True)
    if len(pitched) > MOST_PITCHED_TRACKS:
        pitched = _joined(pitched, by_role=False)
    spared: list[str] = []
    while len(pitched) > MOST_PITCHED_TRACKS and any(part.doubling for part, _ in pitched):
        thinnest = min((pair for pair in pitched if pair[0].doubling), key=lambda pair: len(pair[1]))
        pitched.remove(thinnest)
        spared.append(thinnest[0].label)
    given: list[str] = []
    while len(pitched) > MOST_PITCHED_TRACKS:
        thinnest = min(pitched, key=lambda pair: len(pair[1]))
        pitched.remove(thinnest)
        nearest = min(pitched, key=lambda pair: _distance(thinnest[0], pair[0]))
        place = pitched.index(nearest)
        pitched[place] = (nearest[0], clean([*nearest[1], *_folded(thinnest, nearest[0])], nearest[0]))
        given.append(f"{thinnest[0].label} to {nearest[0].label}")
    return pitched + drums, _remarks(count, spared, given)


def _joined(parts: list[Voiced], by_role: bool) -> list[Voiced]:
    """Parts of one program as one, under the name and role of one that leads where there is one."""
    found: dict[tuple[str, int], tuple[Part, list[Note]]] = {}
    for part, notes in sorted(parts, key=lambda pair: pair[0].doubling):
        found.setdefault((part.role if by_role else "", part.program), (part, []))[1].extend(notes)
    return [(part, clean(notes, part)) for part, notes in found.values()]


def _distance(one: Part, other: Part) -> tuple[bool, bool, int]:
    """Same family of General MIDI first (eight programs each), then the same role, then the nearest
    number."""
    return (
        one.program // 8 != other.program // 8,
        one.role != other.role,
        abs(one.program - other.program),
    )


def _folded(voiced: Voiced, onto: Part) -> list[Note]:
    player = instrument(onto.program)
    return [
        Note(fold(n.pitch, player.low, player.high), n.velocity, n.start_beat, n.beats, n.start_s, n.end_s)
        for n in voiced[1]
    ]


def _remarks(count: int, spared: list[str], given: list[str]) -> tuple[str, ...]:
    if not spared and not given:
        return ()
    said = f"{count} instruments, and MIDI has channels for {MOST_PITCHED_TRACKS}"
    if spared:
        said += f"; left out as doublings: {', '.join(spared)}"
    if given:
        said += f"; given to another: {', '.join(given)}"
    return (said,)
