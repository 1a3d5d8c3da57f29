"""Lays the takes of a cue out along its bars: grid notes become drafts in beats, chords become one harmony.

Each role is made playable as a line here (no note twice at once, melody and bass one note at a time); which
octave and which instrument come later.
"""

import math

from dsl.plan import Key
from engine.arrange.draft import CueDraft, Draft, Harmony
from engine.cues import CueMusic
from engine.generate.request import MOTIF_BARS, STEPS_PER_BEAT, SectionTake, theme_ends
from engine.music.clock import CueClock, clock_of
from engine.music.theme_key import within_scale

PHRASE_BARS = 4
_OFF_GRID_STEPS = 0.05
"""Further than this (sixteenths) from the grid a written rhythm is a triplet or its like."""


def lay_out(music: CueMusic) -> CueDraft:
    """Every note and chord of the cue's takes, in beats from the cue's start."""
    clock = clock_of(music.cue)
    notes: list[Draft] = []
    harmony: list[Harmony] = []
    phrases: list[float] = []
    for section in music.sections:
        first, last = _extent(section, clock)
        notes += _section_notes(section, first, last)
        harmony += _section_harmony(section, first, last)
        phrases += _phrase_starts(section, clock)
    phrases = sorted({0.0, *phrases, clock.beats})
    draft = CueDraft(music, clock, notes, sorted(harmony, key=lambda chord: chord.beat), phrases)
    _one_note_at_a_time(draft)
    return draft


def _extent(section: SectionTake, clock: CueClock) -> tuple[float, float]:
    """First and last beat of a section."""
    last_bar = min(section.first_bar + section.request.bars, len(clock.bars)) - 1
    first = clock.bars[min(section.first_bar, len(clock.bars) - 1)]
    return first.beat, clock.bars[last_bar].beat + clock.bars[last_bar].beats


def _section_notes(section: SectionTake, first: float, last: float) -> list[Draft]:
    written = _written_themes(section, first, last)
    spans = [(begin, end) for begin, end, _ in written]
    drawn = _drawn_themes(section)
    # A grid bar has whole sixteenths; a metre that has not (3/32) is squeezed into its beats.
    squeeze = section.request.meter.beats_per_bar / grid_bar_beats(section)
    laid: list[Draft] = []
    for role, grid in section.take.roles.items():
        for note in grid:
            beat = first + note.start / STEPS_PER_BEAT * squeeze
            if not first - 1e-9 <= beat < last - 1e-6:
                continue
            beats = min(max(note.steps, 0.5) / STEPS_PER_BEAT * squeeze, last - beat)
            if role == "melody":
                if any(a - 1e-6 <= beat < b - 1e-6 for a, b in spans):
                    continue
                beats = min([beats, *(a - beat for a, _ in spans if a > beat)])
            fixed = role == "melody" and any(a - 1e-6 <= beat - first < b for a, b in drawn)
            laid.append(Draft(role, beat, beats, note.pitch, float(note.velocity), fixed=fixed))
    _within_scale([note for note in laid if note.fixed], section.request.key)
    if "melody" in section.take.roles:
        laid += [note for _, _, notes in written for note in notes]
    return laid


def _within_scale(drawn: list[Draft], key: Key) -> None:
    """Themes drawn by seed keep to the key as written ones do, without notes that pass outside it."""
    drawn.sort(key=lambda note: note.beat)
    pitches = within_scale([note.pitch for note in drawn], [float(STEPS_PER_BEAT)] * len(drawn), key)
    for note, pitch in zip(drawn, pitches, strict=True):
        note.pitch = pitch


def _written_themes(
    section: SectionTake, first: float, last: float
) -> list[tuple[float, float, list[Draft]]]:
    """Where each written theme begins and ends, in beats from the cue's start, and its notes in their own
    rhythm: they stand in place of the take's melody."""
    bar_beats = section.request.meter.beats_per_bar
    found = []
    for motif, lasts in theme_ends(section.request):
        begin = first + motif.bar * bar_beats
        end = min(begin + lasts, last)
        straight = any(abs(note.start - round(note.start)) > _OFF_GRID_STEPS for note in motif.notes)
        notes = []
        for note in motif.notes:
            beat = begin + note.start / STEPS_PER_BEAT
            if beat < end - 1e-6:
                beats = min(note.steps / STEPS_PER_BEAT, end - beat)
                weight = float(note.velocity)
                notes.append(Draft("melody", beat, beats, note.pitch, weight, fixed=True, straight=straight))
        if notes:
            found.append((begin, end, notes))
    return found


def _drawn_themes(section: SectionTake) -> list[tuple[float, float]]:
    """Where themes drawn by seed lie, in beats from the section's start: they are the take's own bars."""
    bar_beats = section.request.meter.beats_per_bar
    return [
        (motif.bar * bar_beats, (motif.bar + MOTIF_BARS) * bar_beats)
        for motif in section.request.motifs
        if not motif.notes
    ]


def grid_bar_beats(section: SectionTake) -> float:
    """Beats of a bar as the grid counts it, a whole number of sixteenths."""
    return max(1, math.ceil(section.request.meter.beats_per_bar * STEPS_PER_BEAT - 1e-9)) / STEPS_PER_BEAT


def _section_harmony(section: SectionTake, first: float, last: float) -> list[Harmony]:
    squeeze = section.request.meter.beats_per_bar / grid_bar_beats(section) / STEPS_PER_BEAT
    laid: list[Harmony] = []
    for chord in sorted(section.take.chords, key=lambda chord: chord.start):
        beat = first + chord.start * squeeze
        end = min(beat + chord.steps * squeeze, last)
        if chord.quality == "none" or end <= beat + 1e-9:
            continue
        previous = laid[-1] if laid else None
        same = previous is not None and (previous.root, previous.quality, previous.bass) == (
            chord.root % 12,
            chord.quality,
            chord.bass % 12,
        )
        if previous is not None and same and abs(previous.end_beat - beat) < 1e-6:
            laid[-1] = Harmony(previous.beat, end, previous.root, previous.quality, previous.bass)
        else:
            laid.append(Harmony(beat, end, chord.root % 12, chord.quality, chord.bass % 12))
    return laid


def _phrase_starts(section: SectionTake, clock: CueClock) -> list[float]:
    """Phrases of about four bars; what is left over joins the last one."""
    bars = section.request.bars
    count = max(1, bars // PHRASE_BARS)
    starts = [section.first_bar + k * PHRASE_BARS for k in range(count)]
    return [clock.bars[index].beat for index in starts if index < len(clock.bars)]


def _one_note_at_a_time(draft: CueDraft) -> None:
    """Melody, counter-melody and bass sing one note at a time: the top one above, the bottom one in the bass;
    but the chords of a written theme are chords.

    In every role a repeated pitch ends where it is struck again.
    """
    kept: list[Draft] = [note for note in draft.notes if note.role == "drums"]
    for role in ("melody", "counter", "bass"):
        line: list[Draft] = []
        for note in draft.of(role):
            if line and abs(line[-1].beat - note.beat) < 1e-6 and not (note.fixed and line[-1].fixed):
                higher = note.pitch > line[-1].pitch
                if higher == (role != "bass"):
                    line[-1] = note
                continue
            for before in reversed(line):
                if before.end_beat > note.beat > before.beat + 1e-6:
                    before.beats = note.beat - before.beat
                elif before.beat < line[-1].beat - 1e-6:
                    break
            line.append(note)
        kept += line
    sounding: dict[int, Draft] = {}
    for note in draft.of("chords"):
        previous = sounding.get(note.pitch)
        if previous is not None and abs(previous.beat - note.beat) < 1e-6:
            previous.beats = max(previous.beats, note.beats)
            continue
        if previous is not None and previous.end_beat > note.beat:
            previous.beats = note.beat - previous.beat
        sounding[note.pitch] = note
        kept.append(note)
    draft.notes = kept
