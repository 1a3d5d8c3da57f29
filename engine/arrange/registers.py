"""Puts lines where their instrument can play them: whole phrases move by octaves, so that a line stays a
line.

Only a phrase that is wider than the instrument has single notes folded. Chords are placed by `voicing`.
"""

from dsl.plan import RoleName
from engine.arrange.active_voices import ActiveVoices
from engine.arrange.draft import CueDraft, Draft

REST_BEATS = 1.0
"""A rest this long ends a phrase: after it a line may begin in another octave."""
BASS_HIGH = 55
"""A bass keeps below this (G3) where its instrument can: above it there is no room for what lies between it
and the melody."""

BASS_INSTRUMENT, BASS_MEAN = 64, 48
"""Instruments that go no higher than the first (double bass, bass guitar, tuba) play phrases of a bass below
the second (C3) in the mean where they can: double basses in scores of the 19th century sound at E2 (40) in
the median, a quarter of their notes above A2. Higher, no one is left below the cellos."""


def fit_lines(draft: CueDraft, active: ActiveVoices) -> None:
    """Moves melody, counter-melody and bass into the range of the instruments that lead them."""
    roles: tuple[RoleName, ...] = ("melody", "counter", "bass")
    for role in roles:
        shift = 0
        for phrase in phrases_of(draft.of(role), draft.phrases):
            low, high = active.range_at(draft.clock, role, phrase[0].beat)
            deep = role == "bass" and high <= BASS_INSTRUMENT
            if role == "bass":
                high = min(high, max(BASS_HIGH, low + 12))
            shift = _best_shift(phrase, low, high, shift)
            if deep:
                shift = _deeper(phrase, low, shift)
            for note in phrase:
                note.pitch = fold(note.pitch + 12 * shift, low, high)


def phrases_of(line: list[Draft], starts: list[float]) -> list[list[Draft]]:
    """A line cut at phrase starts that are also breaths, at longer rests, and where a theme begins and
    ends."""
    found: list[list[Draft]] = []
    for note in line:
        last = found[-1][-1] if found else None
        rest = note.beat - last.end_beat if last else 0.0
        theme = last is not None and note.fixed != last.fixed
        breath = last is not None and rest > 0.2 and any(last.beat < start <= note.beat for start in starts)
        if last is None or rest >= REST_BEATS or breath or theme:
            found.append([])
        found[-1].append(note)
    return found


def _best_shift(phrase: list[Draft], low: int, high: int, before: int) -> int:
    def cost(shift: int) -> float:
        moved = (note.pitch + 12 * shift for note in phrase)
        outside = sum(max(low - pitch, pitch - high, 0) for pitch in moved) / len(phrase)
        return 40.0 * outside + 2.0 * abs(shift) + 1.5 * abs(shift - before)

    return min(range(-5, 6), key=cost)


def _deeper(phrase: list[Draft], low: int, shift: int) -> int:
    """`shift` in octaves, less where the phrase would lie high for a bass and can lie lower."""
    lowest, mean = min(note.pitch for note in phrase), sum(note.pitch for note in phrase) / len(phrase)
    while mean + 12 * shift > BASS_MEAN and lowest + 12 * (shift - 1) >= low:
        shift -= 1
    return shift


def fold(pitch: int, low: int, high: int) -> int:
    """The pitch, by octaves into low…high (an octave at least); without one the nearest end."""
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch if pitch >= low else min(max(pitch, low), high)
