"""When each note is played: written beats become seconds, moved by milliseconds as players do.

Rules from the KTH system (Friberg, Bresin & Sundberg 2006) and Goebl (2001): phrases hurry a little into
their middle and hold back at their ends, the melody is 10–20 ms ahead of its accompaniment, sections are
not perfectly together, a final chord comes late. The tempo map stays as it was fitted: shifts vanish at the
cue's start, at phrase joints and around hits, so that what must land does land. Articulation shortens
notes; swing delays the second eighth.
"""

from bisect import bisect_right
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dsl.plan import RoleName
from engine.arrange.active_voices import ActiveVoices
from engine.arrange.crossing import LOW_MELODY, Line
from engine.arrange.draft import CueDraft, Draft
from engine.music.instruments import instrument

Floats = npt.NDArray[np.float64]

ARCH_S = 0.022
LEAD_S = 0.014
"""Melody lead: the mean of what Goebl measured on pianists is 10–20 ms."""
JITTER_S = 0.0035
TAPER_S = 0.45
RITARD_BEAT_SHARE = 0.22
RITARD_LEAST_S = 0.15
SWING_BELOW_BPM = 170.0
LONGEST_CUT_BEATS = 0.35
PEDAL_BELOW = 0.5
LEGATO_BELOW = 0.42
BREATH_BEATS = 0.75
"""A rest longer than this is intended and stays."""
CUT_FROM, CUT_SLOPE, CUT_MOST = 0.3, 0.9, 0.55
"""Share of a note that articulation takes away: slope × what the crispness exceeds, at most `CUT_MOST`."""


def play(
    draft: CueDraft,
    active: ActiveVoices,
    hits: list[float],
    final_beat: float | None,
    rng: np.random.Generator,
) -> None:
    """Gives every note its time, in place. `final_beat` is the closing chord's beat, where there is one."""
    notes = draft.notes
    if not notes:
        return
    beats = np.array([note.beat for note in notes])
    held = _held(draft, active)
    ends = np.array([held.get(id(note), note.end_beat) for note in notes])
    palettes = [active.palette(float(t)) for t in draft.clock.seconds(beats)]
    looseness = np.array([palette.looseness for palette in palettes])
    swing = np.array([palette.swing for palette in palettes]) if _swings(draft) else np.full(len(notes), 0.5)
    swing = np.where([note.straight for note in notes], 0.5, swing)
    nominal = draft.clock.seconds(_swung(beats, swing, draft))
    nominal_ends = draft.clock.seconds(_swung(ends, swing, draft))
    shift = _arch(draft, beats) + _lead(notes) + _jitter(notes, rng)
    shift = shift * looseness * _calm_near(nominal, [draft.clock.start_s, *hits])
    if final_beat is not None:
        loose = np.minimum(looseness, 1.0)
        shift = shift + _ritard(draft, beats, final_beat) * loose * _calm_near(nominal, hits)
        late_ends = _ritard(draft, ends, final_beat) * loose * _calm_near(nominal_ends, hits)
        nominal_ends = np.minimum(nominal_ends + late_ends, draft.clock.end_s)
    starts = np.maximum(nominal + shift, draft.clock.start_s)
    cuts = _cuts(draft, active)
    for index, note in enumerate(notes):
        note.start_s = float(starts[index])
        # A note's end moves with the next note's start, so that legato lines get neither gaps nor overlaps.
        short = 0.0 if note.final or note.pad else min(cuts[index] * note.beats, LONGEST_CUT_BEATS)
        seconds_a_beat = (nominal_ends[index] - nominal[index]) / max(ends[index] - note.beat, 1e-6)
        note.end_s = max(float(nominal_ends[index] - short * seconds_a_beat), note.start_s + 0.03)


def _held(draft: CueDraft, active: ActiveVoices) -> dict[int, float]:
    """Beats to which notes are held beyond their written end, by note identity: what smooth playing does.

    Lines close gaps up to `BREATH_BEATS` where the articulation is legato; chords of plucked and struck
    instruments ring on to the harmony's end (pedal, harp, guitar), bowed and blown ones to the next onset.
    """
    held: dict[int, float] = {}
    for role in ("melody", "counter", "bass"):
        line = draft.of(role)
        for note, following in pairwise(line):
            gap = following.beat - note.end_beat
            if 0.0 < gap <= BREATH_BEATS and _crispness(draft, active, note) < LEGATO_BELOW:
                held[id(note)] = following.beat
    figure = [note for note in draft.of("chords") if not note.pad and not note.final]
    onsets = sorted({note.beat for note in figure})
    melody = Line(draft.of("melody"))
    for note in figure:
        bar = draft.clock.bar_at(note.beat)
        lead = active.lead("chords", draft.clock.second(note.beat), bar.index)
        harmony = draft.harmony_at(note.beat)
        if lead is None or harmony is None or _crispness(draft, active, note) > PEDAL_BELOW:
            continue
        until = min(harmony.end_beat, bar.beat + bar.beats)
        if not instrument(lead.program).decays:
            later = bisect_right(onsets, note.beat + 1e-6)
            until = min(until, onsets[later] if later < len(onsets) else until, note.end_beat + BREATH_BEATS)
        # What rings on must not stand above a melody that has gone below it meanwhile.
        until = min(
            [until, *(n.beat for n in melody.after(note, until) if LOW_MELODY <= n.pitch < note.pitch)]
        )
        held[id(note)] = max(note.end_beat, until)
    return held


def _crispness(draft: CueDraft, active: ActiveVoices, note: Draft) -> float:
    """Articulation asked at a note, with the style's habit: 0 legato … 1 staccato."""
    habit = active.palette(draft.clock.second(note.beat)).articulation
    return draft.intent_at(note.beat).articulation + habit


def _swings(draft: CueDraft) -> bool:
    """Whether the cue can swing: not in quick tempi nor in metres that are not counted in quarters."""
    quick = 60.0 * draft.clock.beats / max(draft.clock.end_s - draft.clock.start_s, 1e-6) > SWING_BELOW_BPM
    return draft.meter.denominator == 4 and not quick


def _swung(beats: Floats, swing: Floats, draft: CueDraft) -> Floats:
    """Beats with their second eighth at `swing` (one value a note), the sixteenths spread accordingly."""
    starts = np.array(draft.clock.bar_beats)
    origin = starts[np.clip(np.searchsorted(starts, beats + 1e-6, "right") - 1, 0, None)]
    whole = np.floor(beats - origin + 1e-6)
    part = np.clip(beats - origin - whole, 0, 1)
    bent = np.where(part < 0.5, part * 2 * swing, swing + (part - 0.5) * 2 * (1 - swing))
    return np.asarray(origin + whole + bent)


def _arch(draft: CueDraft, beats: Floats) -> Floats:
    """Late in a phrase's first half, early in its second: slower at both ends than in the middle."""
    starts = np.array(draft.phrases)
    phrase = np.clip(np.searchsorted(starts, beats + 1e-6, "right") - 1, 0, len(starts) - 2)
    place = (beats - starts[phrase]) / np.maximum(starts[phrase + 1] - starts[phrase], 1e-6)
    calm = np.array([1.0 - draft.intent_at(float(start)).density for start in starts[:-1]])
    return np.asarray(ARCH_S * (0.4 + calm[phrase]) * np.sin(2 * np.pi * np.clip(place, 0, 1)))


def _lead(notes: list[Draft]) -> Floats:
    ahead: dict[RoleName, float] = {"melody": -0.6, "counter": 0.2, "chords": 0.4, "bass": 0.1, "drums": -0.1}
    return np.array([LEAD_S * ahead[note.role] for note in notes])


def _jitter(notes: list[Draft], rng: np.random.Generator) -> Floats:
    """One small deviation for each onset of each role, so that chords stay together."""
    drawn: dict[tuple[str, int], float] = {}
    shifts = np.zeros(len(notes))
    for index, note in enumerate(notes):
        onset = (note.role, round(note.beat * 96))
        if onset not in drawn:
            drawn[onset] = float(np.clip(rng.normal(0.0, JITTER_S), -2.5 * JITTER_S, 2.5 * JITTER_S))
        shifts[index] = drawn[onset]
    return shifts


def _calm_near(times: Floats, fixed: list[float]) -> Floats:
    """0 at each fixed time, 1 from `TAPER_S` away on."""
    if not fixed:
        return np.ones(len(times))
    nearest = np.abs(times[:, None] - np.array(fixed)[None, :]).min(axis=1)
    return np.asarray(np.clip(nearest / TAPER_S, 0.0, 1.0))


def _ritard(draft: CueDraft, beats: Floats, final_beat: float) -> Floats:
    """The bar before the final chord is held back, growing with the square; the chord's own end stays where
    it is.
    """
    beat_s = draft.clock.second(final_beat) - draft.clock.second(final_beat - 1.0)
    latest = min(RITARD_BEAT_SHARE * beat_s, RITARD_LEAST_S)
    before = max(draft.clock.bar_at(final_beat - 0.01).beats, 2.0)
    progress = np.clip((beats - (final_beat - before)) / before, 0.0, 1.0)
    return np.asarray(latest * progress**2)


def _cuts(draft: CueDraft, active: ActiveVoices) -> list[float]:
    """Share of each note's length that articulation takes away."""
    crisp = np.array([_crispness(draft, active, note) for note in draft.notes])
    return [float(share) for share in cut_share(crisp)]


def cut_share(crispness: Floats) -> Floats:
    """Share of its length that articulation takes from each note, by crispness (0 legato … 1 staccato)."""
    return np.asarray(np.clip((crispness - CUT_FROM) * CUT_SLOPE, 0.0, CUT_MOST))
