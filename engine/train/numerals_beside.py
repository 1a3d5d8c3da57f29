"""Our Roman numerals, keys and cadences beside music21's and beside people's, on real pieces.

`melodrama evaluate numerals` takes the analyses by hand that music21's corpus carries (20 chorales of Bach,
48 madrigals of Monteverdi: each chord with its key, by Dmitri Tymoczko and others). Every chord of them,
without its name, is named by `engine.teach.numerals` and by music21 (`romanNumeralFromChord`) and compared
with what people call it: degree, applied degree, inversion. The key of a piece is found in its notes by
`engine.music.analysis` and by music21. At the fermatas of the chorales our cadence is compared with the one
that the people's numerals spell. Nothing of the corpus is kept.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from dsl.plan import Key
from engine.music.analysis import find_keys
from engine.music.keys import key_named
from engine.music.theory import CHORD_INTERVALS, Quality
from engine.teach.cadences import Ending, cadence_of
from engine.teach.numerals import Numeral, SoundedChord, numerals_of

_QUALITIES: dict[tuple[int, ...], Quality] = {
    tuple(sorted(intervals)): quality for quality, intervals in CHORD_INTERVALS.items() if quality != "none"
}
Name = tuple[str, str, int]
"""Degree (♭ and ♯ as b and #, capitals), applied degree, inversion."""


@dataclass(slots=True)
class Tally:
    """What agreed, of how many; `unlike`: the commonest disagreements (theirs, ours)."""

    same: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    unlike: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, what: str, theirs: object, ours: object) -> None:
        """Count one comparison."""
        self.of[what] += 1
        self.same[what] += theirs == ours
        if theirs != ours:
            self.unlike[what, str(theirs), str(ours)] += 1


@dataclass(frozen=True, slots=True)
class NamedChord:
    """A chord as a person named it, and as it sounds; `at` in quarter notes."""

    at: float
    name: Name
    numeral: Any
    chord: SoundedChord
    key: Key


def named_chords(analysis: Any) -> Iterator[NamedChord]:
    """The chords of an analysis by hand whose quality is one of ours. Augmented sixths and the like are left
    out."""
    for numeral in analysis.recurse().getElementsByClass("RomanNumeral"):
        root = numeral.root().pitchClass
        intervals = tuple(sorted({(pitch.pitchClass - root) % 12 for pitch in numeral.pitches}))
        quality = _QUALITIES.get(intervals)
        if quality is None or quality in ("sus2", "sus4"):
            continue
        chord = SoundedChord(root, quality, numeral.bass().pitchClass)
        at = float(numeral.getOffsetInHierarchy(analysis))
        yield NamedChord(at, music21_name(numeral), numeral, chord, _key(numeral.key))


def music21_name(numeral: Any) -> Name:
    """The parts of a name of music21's."""
    applied = numeral.secondaryRomanNumeral.romanNumeral if numeral.secondaryRomanNumeral else ""
    degree = numeral.romanNumeral.replace("-", "b")
    return degree.upper().replace("B", "b"), applied, int(numeral.inversion())


def our_name(numeral: Numeral) -> Name:
    """The parts of a name of ours."""
    degree, _, applied = numeral.degree.partition("/")
    plain = degree.rstrip("0123456789").replace("maj", "").rstrip("°ø+")
    return plain.replace("♭", "b").replace("♯", "#").upper().replace("B", "b"), applied, numeral.inversion


def compare_piece(analysis: Any, tally: Tally) -> None:
    """Our names and music21's of all chords of a piece, beside people's and each other's."""
    from music21 import roman

    chords = list(named_chords(analysis))
    ours = numerals_of([one.chord for one in chords], [one.key for one in chords])
    for one, numeral in zip(chords, ours, strict=True):
        mine = our_name(numeral)
        theirs = music21_name(
            roman.romanNumeralFromChord(_spelt(one.numeral), one.numeral.key, preferSecondaryDominants=False)
        )
        tally.add("ours, people's", one.name, mine)
        tally.add("music21's, people's", one.name, theirs)
        if not one.name[1] and not mine[1]:
            tally.add("ours, music21's (no applied chord)", theirs, mine)


def _spelt(numeral: Any) -> Any:
    from music21 import chord

    return chord.Chord(numeral.pitches)


def _key(key: Any) -> Key:
    return key_named(key.tonic.pitchClass, key.mode)


def compare_keys(piece: Any, analysis: Any, tally: Tally) -> None:
    """The key of a piece by its notes, ours and music21's, beside the one that people hold longest."""
    held: Counter[str] = Counter()
    chords = list(named_chords(analysis))
    for one, after in pairwise(chords):
        held[str(one.key)] += int(100 * (after.at - one.at))
    if not held:
        return
    people = held.most_common(1)[0][0]
    notes = [
        (float(note.getOffsetInHierarchy(piece)), float(note.quarterLength), pitch.pitchClass, pitch.midi)
        for note in piece.recurse().notes
        for pitch in note.pitches
    ]
    bars = int(max(at + length for at, length, _, _ in notes) // 4) + 1
    profiles, bass = np.zeros((bars, 12)), np.zeros((bars, 12))
    lowest = np.full(bars, 999)
    for at, length, pitch_class, midi in notes:
        bar = int(at // 4)
        profiles[bar, pitch_class] += length
        if at - 4 * bar < 1.0 and midi < lowest[bar]:
            lowest[bar], bass[bar] = midi, np.eye(12)[pitch_class]
    found = Counter(find_keys(profiles, bass).tolist()).most_common(1)[0][0]
    tally.add("key: ours, people's", people, str(key_named(found % 12, "major" if found < 12 else "minor")))
    tally.add("key: music21's, people's", people, str(_key(piece.analyze("key"))))


def compare_cadences(piece: Any, analysis: Any, tally: Tally) -> None:
    """At each fermata of a chorale's soprano: our cadence, and the one that people's numerals spell."""
    chords = list(named_chords(analysis))
    numerals = numerals_of([one.chord for one in chords], [one.key for one in chords])
    soprano = piece.parts[0]
    for note in soprano.recurse().notes:
        if not any(type(mark).__name__ == "Fermata" for mark in note.expressions):
            continue
        at = float(note.getOffsetInHierarchy(piece))
        last = max((n for n, one in enumerate(chords) if one.at <= at + 1e-6), default=0)
        if last == 0 or chords[last].key != chords[last - 1].key:
            continue
        end = Ending(
            chords[last - 1].chord, numerals[last - 1], chords[last].chord, numerals[last],
            note.pitches[-1].pitchClass, chords[last].key,
        )  # fmt: skip
        kind = cadence_of(end)
        tally.add("cadence", _spelt_cadence(chords[last - 1].name, chords[last].name), _family(kind))


def _family(kind: str | None) -> str:
    if kind is None:
        return "none"
    return {
        "perfect authentic": "authentic",
        "imperfect authentic": "authentic",
        "Phrygian half": "half",
    }.get(kind, kind)


def _spelt_cadence(before: Name, last: Name) -> str:
    """The family of a cadence by two names alone."""
    dominant = before[0] in ("V", "VII", "#VII") and not before[1]
    if last[1]:
        return "none"
    if last[0] == "I":
        plagal = before[:2] == ("IV", "")
        return (
            "authentic"
            if dominant and last[2] < 2
            else "plagal"
            if plagal and not (last[2] or before[2])
            else "none"
        )
    if last[0] == "V" and last[2] == 0:
        return "half"
    return "deceptive" if last[0] in ("VI", "bVI") and dominant and last[2] == 0 else "none"


def chorale_names(numbers: range) -> Iterator[tuple[str, str]]:
    """(analysis, piece) in music21's corpus."""
    from music21 import corpus

    listed = corpus.chorales.ChoraleListRKBWV().byRiemenschneider
    for number in numbers:
        yield f"bach/choraleAnalyses/riemenschneider{number:03d}.rntxt", f"bach/bwv{listed[number]['bwv']}"


def main(argv: list[str] | None = None) -> int:
    """Compare, print what agrees and the commonest of what does not."""
    from music21 import corpus

    parser = argparse.ArgumentParser(prog="melodrama evaluate numerals", description=__doc__)
    parser.add_argument("--chorales", type=int, default=20)
    parser.add_argument("--madrigals", type=int, default=40)
    arguments = parser.parse_args(argv)
    tally, pieces = Tally(), 0
    pairs = list(chorale_names(range(1, arguments.chorales + 1)))
    madrigals = sorted(p.stem for p in corpus.getComposer("monteverdi") if p.suffix == ".rntxt")
    pairs += [
        (f"monteverdi/{stem}.rntxt", f"monteverdi/{stem}.mxl") for stem in madrigals[: arguments.madrigals]
    ]
    for analysed, played in pairs:
        try:
            analysis, piece = corpus.parse(analysed), corpus.parse(played)
        except Exception as error:  # a file that this version of music21 does not carry or cannot read
            print(f"{analysed}: {error}", file=sys.stderr, flush=True)
            continue
        pieces += 1
        compare_piece(analysis, tally)
        compare_keys(piece, analysis, tally)
        if analysed.startswith("bach"):
            compare_cadences(piece, analysis, tally)
        print(analysed, file=sys.stderr, flush=True)
    print(f"{pieces} pieces")
    for what, count in tally.of.items():
        print(f"{what}: {tally.same[what] / count:.3f} of {count}")
    for (what, theirs, ours), count in tally.unlike.most_common(40):
        print(f"  {count:4d}  {what}: theirs {theirs}, ours {ours}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
