"""When each note is played: written beats become seconds, moved by milliseconds as players do.

Rules from the KTH system (Friberg, Bresin & Sundberg 2006) and Goebl (2001): phrases hurry a little into
their middle and hold back at their ends, the melody is 10–20 ms ahead of its accompaniment, sections are
not perfectly together, a final chord comes late. The tempo map stays as it was fitted: shifts vanish at the
cue's start, at phrase joints and around hits, so that what must land does land. Articulation shortens
notes; swing delays the second eighth.
"""

import numpy as np
import numpy.typing as npt

from dsl.plan import RoleName
from engine.arrange.cast import Cast
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


def play(
    draft: CueDraft, cast: Cast, hits: list[float], final_beat: float | None, rng: np.random.Generator
) -> None:
    """Gives every note its time, in place. `final_beat` is the closing chord's beat, where there is one."""
    notes = draft.notes
    if not notes:
        return
    beats = np.array([note.beat for note in notes])
    pedals = _pedalled(draft, cast)
    ends = np.array([pedals.get(id(note), note.end_beat) for note in notes])
    palettes = [cast.palette(float(t)) for t in draft.clock.seconds(beats)]
    looseness = np.array([palette.looseness for palette in palettes])
    swing = np.array([palette.swing for palette in palettes]) if _swings(draft) else np.full(len(notes), 0.5)
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
    cuts = _cuts(draft, cast, beats)
    for index, note in enumerate(notes):
        note.start_s = float(starts[index])
        # The end goes with the note that follows it, not with its own shift: lines neither tear nor smear.
        short = 0.0 if note.final or note.pad else min(cuts[index] * note.beats, LONGEST_CUT_BEATS)
        seconds_a_beat = (nominal_ends[index] - nominal[index]) / max(ends[index] - note.beat, 1e-6)
        note.end_s = max(float(nominal_ends[index] - short * seconds_a_beat), note.start_s + 0.03)


def _pedalled(draft: CueDraft, cast: Cast) -> dict[int, float]:
    """Where chord notes of plucked and struck instruments ring to, by note identity: the harmony's end, at
    most a bar.

    It is what the pedal, the harp and the guitar do by themselves; crisp playing is damped.
    """
    ringing: dict[int, float] = {}
    for note in draft.of("chords"):
        if note.pad or note.final:
            continue
        bar = draft.clock.bar_at(note.beat)
        t_s = float(draft.clock.seconds(note.beat))
        lead = cast.lead("chords", t_s, bar.index)
        crisp = draft.intent_at(note.beat).articulation + cast.palette(t_s).articulation
        harmony = draft.harmony_at(note.beat)
        if lead is None or harmony is None or crisp > PEDAL_BELOW or not instrument(lead.program).decays:
            continue
        ringing[id(note)] = max(note.end_beat, min(harmony.end_beat, bar.beat + bar.beats))
    return ringing


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
    beat_s = float(draft.clock.seconds(final_beat) - draft.clock.seconds(final_beat - 1.0))
    latest = min(RITARD_BEAT_SHARE * beat_s, RITARD_LEAST_S)
    before = max(draft.clock.bar_at(final_beat - 0.01).beats, 2.0)
    progress = np.clip((beats - (final_beat - before)) / before, 0.0, 1.0)
    return np.asarray(latest * progress**2)


def _cuts(draft: CueDraft, cast: Cast, beats: Floats) -> list[float]:
    """Share of each note's length that articulation takes away, by bar and palette."""
    times = draft.clock.seconds(beats)
    cuts = []
    for beat, t_s in zip(beats, times, strict=True):
        habit = cast.palette(float(t_s)).articulation
        crispness = draft.intent_at(float(beat)).articulation + habit
        cuts.append(min(max((crispness - 0.3) * 0.9, 0.0), 0.55))
    return cuts
