"""Makes room for speech (ducking): under dialogue and recorded voices (`@voice`) the texture gets thinner and
softer and avoids the voice's register.

A voice's fundamental lies at 85–180 Hz (low) to 165–300 Hz (high), its consonants up to 3 kHz: so chords
step out of that octave, the melody keeps to long notes, the counter-melody waits, drums only mark the bar,
and everything is softer. In the gaps between lines the music answers: its first melody note there is a
little stronger.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from dsl.plan import Character, Register
from engine.arrange.crossing import Line
from engine.arrange.draft import CueDraft, Draft, without
from engine.arrange.voicing import onset_groups

VOICE_BAND: dict[Register, tuple[int, int]] = {"low": (41, 54), "mid": (45, 60), "high": (52, 62)}
"""Pitches of the speaker's fundamental."""

SOFTER = {"melody": 0.76, "counter": 0.65, "chords": 0.8, "bass": 0.84, "drums": 0.62}
JOIN_S = 0.4
"""Lines nearer than this are one speech to the music."""
LEAD_IN_S = 0.08
MELODY_LEAST_BEATS = 0.75
"""Melody notes this long stay on strong beats; those of `LONG_BEATS` stay anywhere."""
LONG_BEATS = 1.5
ANSWER_GAP_S = 0.8
ANSWER_BOOST = 1.08


@dataclass(frozen=True, slots=True)
class SpokenSpan:
    """Somebody speaks from `start_s` to `end_s`, at pitches `low`…`high`."""

    start_s: float
    end_s: float
    low: int
    high: int


def speeches(draft: CueDraft, characters: Sequence[Character]) -> list[SpokenSpan]:
    """The cue's dialogue and all that a recording speaks, near lines joined. Narration that is not recorded
    is read over music as it is and asks for nothing."""
    registers = {character.name: character.register for character in characters}
    found: list[SpokenSpan] = []
    for line in sorted(draft.cue.lines, key=lambda line: line.start_s):
        if line.speaker is None and line.confidence is None:
            continue
        low, high = VOICE_BAND[registers.get(line.speaker or "") or "mid"]
        if found and line.start_s - found[-1].end_s < JOIN_S:
            last = found[-1]
            found[-1] = SpokenSpan(
                last.start_s, max(last.end_s, line.end_s), min(low, last.low), max(high, last.high)
            )
        else:
            found.append(SpokenSpan(line.start_s - LEAD_IN_S, line.end_s, low, high))
    return found


def make_room(draft: CueDraft, characters: Sequence[Character]) -> None:
    """Thins and softens what sounds under the cue's dialogue, in place."""
    spoken = speeches(draft, characters)
    if not spoken:
        return
    starts = [speech.start_s for speech in spoken]
    times = draft.clock.seconds([note.beat for note in draft.notes])
    dropped: list[Draft] = []
    under: dict[int, list[Draft]] = {}
    sung: dict[int, list[Draft]] = {}
    for note, t_s in zip(draft.notes, times, strict=True):
        at = bisect_right(starts, float(t_s)) - 1
        if at < 0 or t_s >= spoken[at].end_s:
            continue
        if not _keeps(draft, note):
            dropped.append(note)
            continue
        note.softness *= (1.0 + SOFTER[note.role]) / 2 if note.fixed else SOFTER[note.role]
        if note.role == "bass" and note.pitch >= spoken[at].low and note.pitch - 12 >= 28:
            note.pitch -= 12
        if note.role == "chords":
            under.setdefault(at, []).append(note)
        elif note.role == "melody":
            sung.setdefault(at, []).append(note)
    for at, line in sung.items():
        _hold_on([note for note in line if not note.fixed], draft, spoken[at].end_s)
    melody = Line(without(draft.of("melody"), dropped))
    for at, chords in under.items():
        dropped += _out_of_the_band(chords, spoken[at], melody)
        figure = [note for note in without(chords, dropped) if not note.pad]
        _hold_on(figure, draft, spoken[at].end_s)
    draft.notes = without(draft.notes, dropped)
    _answer(draft, spoken)


def _keeps(draft: CueDraft, note: Draft) -> bool:
    """Whether a note may stay under speech."""
    if note.fixed or note.pad or note.final:
        return True
    in_bar = note.beat - draft.clock.bar_at(note.beat).beat
    on_beat = abs(in_bar - round(in_bar)) < 0.01
    if note.role == "melody":
        in_half = in_bar % 2.0 if draft.bars[0].beats % 2.0 == 0 else in_bar
        return note.beats >= LONG_BEATS or (note.beats >= MELODY_LEAST_BEATS and in_half < 0.01)
    if note.role == "counter":
        return note.beats >= 2.0
    if note.role == "drums":
        return in_bar < 0.01
    return on_beat


def _out_of_the_band(chords: list[Draft], speech: SpokenSpan, melody: Line) -> list[Draft]:
    """Chord notes inside the voice's octave go where two of their onset lie outside, else up an octave
    where the melody leaves room."""
    dropped: list[Draft] = []
    for group in onset_groups(chords):
        inside = [note for note in group if speech.low <= note.pitch <= speech.high]
        taken = {note.pitch for note in group if note not in inside}
        for note in inside:
            raised = note.pitch + 12
            if len(taken) >= 2 or raised in taken or raised > min(79, melody.lowest(note)):
                dropped.append(note)
            else:
                note.pitch = raised
                taken.add(raised)
    return dropped


def _hold_on(chords: list[Draft], draft: CueDraft, until_s: float) -> None:
    """Notes that remain are held to the next onset (at most a bar), so that thinning leaves no holes."""
    groups = onset_groups(chords)
    last = float(draft.clock.beat_at(until_s))
    for index, group in enumerate(groups):
        end = groups[index + 1][0].beat if index + 1 < len(groups) else last
        chord = draft.harmony_at(group[0].beat)
        limit = min(end, group[0].beat + draft.bars[0].beats, chord.end_beat if chord else end)
        for note in group:
            note.beats = max(note.beats, limit - note.beat)


def _answer(draft: CueDraft, spoken: list[SpokenSpan]) -> None:
    melody = draft.of("melody")
    times = draft.clock.seconds([note.beat for note in melody])
    for index, speech in enumerate(spoken):
        gap_end = spoken[index + 1].start_s if index + 1 < len(spoken) else draft.clock.end_s
        if gap_end - speech.end_s < ANSWER_GAP_S:
            continue
        for note, t_s in zip(melody, times, strict=True):
            if speech.end_s <= t_s < gap_end:
                note.softness *= ANSWER_BOOST
                break
