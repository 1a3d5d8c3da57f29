"""Joins the played parts of all cues into one Score: one beat axis, sorted tracks without overlapping
notes of one pitch (`engine.arrange.cleaning`), and no more of them than MIDI has channels
(`engine.arrange.channels`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from dsl.cue_names import cue_label
from dsl.plan import ROLES, Meter, Plan, PlannedCue
from engine.arrange.channels import within_channels
from engine.arrange.cleaning import clean
from engine.arrange.crossfade import Place, Ramp, place_of, ramps
from engine.arrange.draft import CueDraft
from engine.arrange.orchestration import Part, Played
from engine.music.clock import CueClock
from engine.music.score import (
    ChordSpan,
    KeyChange,
    Lyric,
    Marker,
    MarkerKind,
    MeterChange,
    Note,
    Score,
    ScoreCue,
    ScorePhrase,
    ScoreTheme,
    TempoChange,
    Track,
    phrase_letter,
)

GAP_BPM = 90.0
FASTEST_GAP_BPM = 140.0
"""A gap whose one bar would be faster than this is counted as a shorter one."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Where each cue begins in beats, and the tempo and metre changes of the whole score."""

    cue_beats: tuple[float, ...]
    tempo: tuple[TempoChange, ...]
    meters: tuple[MeterChange, ...]


def lay_axis(clocks: list[CueClock], duration_s: float) -> Axis:
    """One beat axis through all cues. A gap before a cue lasts whole bars of its metre at a tempo near
    `GAP_BPM`."""
    tempo: list[TempoChange] = []
    meters: list[MeterChange] = []
    starts: list[float] = []
    beat, t_s = 0.0, 0.0
    for clock in clocks:
        beat = _bridge(tempo, meters, beat, t_s, clock.start_s, clock.bars[0].meter)
        starts.append(beat)
        knots = list(zip(clock.knot_beats, clock.knot_times, strict=True))
        for (b0, t0), (b1, t1) in pairwise(knots):
            _change(tempo, beat + float(b0), float(t0), 60.0 * float(b1 - b0) / float(t1 - t0))
        for bar in clock.bars:
            if not meters or meters[-1].meter != bar.meter:
                meters.append(MeterChange(beat + bar.beat, bar.start_s, bar.meter))
        beat, t_s = beat + clock.beats, clock.end_s
    _bridge(tempo, meters, beat, t_s, duration_s, meters[-1].meter if meters else Meter())
    if not tempo:
        tempo.append(TempoChange(0.0, 0.0, GAP_BPM))
    return Axis(tuple(starts), tuple(tempo), tuple(meters))


def _bridge(
    tempo: list[TempoChange], meters: list[MeterChange], beat: float, t_s: float, until_s: float, meter: Meter
) -> float:
    """Beats up to `until_s`, adding a tempo for the gap where there is one, and a metre: whole bars of
    `meter`, or, where the time is too short for one, a bar of fewer quarters."""
    gap = until_s - t_s
    if gap < 1e-4:
        return beat
    wanted = gap * GAP_BPM / 60.0
    bars = max(1, round(wanted / meter.beats_per_bar))
    if bars == 1 and 60.0 * meter.beats_per_bar / gap > FASTEST_GAP_BPM:
        meter = Meter(max(1, round(wanted)), 4)
    beats = bars * meter.beats_per_bar
    if not meters or meters[-1].meter != meter:
        meters.append(MeterChange(beat, t_s, meter))
    _change(tempo, beat, t_s, 60.0 * beats / gap)
    return beat + beats


def _change(tempo: list[TempoChange], beat: float, t_s: float, bpm: float) -> None:
    if tempo and abs(tempo[-1].bpm - bpm) < 1e-9:
        return
    tempo.append(TempoChange(beat, t_s, bpm))


def assemble(
    plan: Plan,
    drafts: list[CueDraft],
    parts: list[dict[Part, list[Played]]],
    duration_s: float,
    frozen: Iterable[Mapping[Place, Ramp]] = (),
) -> Score:
    """The finished score of all cues' parts. `frozen` are the expression of frozen takes, in their order."""
    fades = ramps(drafts, parts)
    for take in frozen:
        for place, ramp in take.items():
            fades[place] = sorted([*fades.get(place, ()), *ramp], key=lambda change: change[0])
    axis = lay_axis([draft.clock for draft in drafts], duration_s)
    gathered: dict[tuple[str, str, int, bool], tuple[Part, list[Note]]] = {}
    for offset, cue_parts in zip(axis.cue_beats, parts, strict=True):
        for part, played in cue_parts.items():
            notes = gathered.setdefault(place_of(part), (part, []))[1]
            notes += [
                Note(n.pitch, n.velocity, offset + n.beat, max(n.beats, 1e-3), n.start_s, n.end_s)
                for n in played
            ]
    tracks, remarks = _tracks(gathered.values(), fades, duration_s)
    return Score(
        title=plan.title,
        author=plan.author,
        duration_s=duration_s,
        tracks=tracks,
        tempo=axis.tempo,
        meters=axis.meters,
        keys=_keys(drafts, axis),
        markers=_markers(drafts, axis),
        lyrics=tuple(
            Lyric(line.start_s, line.end_s, line.text, line.speaker)
            for cue in plan.cues
            for line in cue.lines
        ),
        cues=tuple(_score_cue(draft, beat) for draft, beat in zip(drafts, axis.cue_beats, strict=True)),
        remarks=remarks,
        harmony=tuple(
            ChordSpan(offset + chord.beat, offset + chord.end_beat, chord.root, chord.quality)
            for draft, offset in zip(drafts, axis.cue_beats, strict=True)
            for chord in draft.harmony
        ),
    )


def _tracks(
    gathered: Iterable[tuple[Part, list[Note]]], fades: Mapping[Place, Ramp], duration_s: float
) -> tuple[tuple[Track, ...], tuple[str, ...]]:
    cleaned = [(part, clean(notes, part, duration_s)) for part, notes in gathered]
    cleaned, remarks = within_channels([(part, notes) for part, notes in cleaned if notes])
    cleaned.sort(key=lambda pair: (ROLES.index(pair[0].role), pair[0].label, pair[0].program))
    taken: set[str] = set()
    tracks = []
    for part, notes in cleaned:
        name = unique_name(part.label, part.role, taken)
        fade = tuple((t_s, value) for t_s, value in fades.get(place_of(part), ()) if t_s <= duration_s)
        tracks.append(Track(name, part.role, part.program, part.is_drum, notes, part.gain_db, part.pan, fade))
    return tuple(sorted(tracks, key=lambda track: (ROLES.index(track.role), track.name))), remarks


def unique_name(label: str, role: str, taken: set[str]) -> str:
    """A track's name: its instrument's, with its role and a number where that is `taken`; it is taken
    then."""
    name = label if label not in taken else f"{label} ({role})"
    number = 2
    while name in taken:
        name = f"{label} ({role} {number})"
        number += 1
    taken.add(name)
    return name


def _keys(drafts: list[CueDraft], axis: Axis) -> tuple[KeyChange, ...]:
    changes: list[KeyChange] = []
    for draft, offset in zip(drafts, axis.cue_beats, strict=True):
        for bar, key in zip(draft.bars, draft.music.keys, strict=False):
            if not changes or changes[-1].key != key:
                changes.append(KeyChange(offset + bar.beat, bar.start_s, key))
    return tuple(changes)


def _markers(drafts: list[CueDraft], axis: Axis) -> tuple[Marker, ...]:
    markers: list[Marker] = []
    for draft, offset in zip(drafts, axis.cue_beats, strict=True):
        cue = draft.cue
        markers.append(Marker(draft.clock.start_s, offset, "cue", cue_label(cue.id, cue.title)))
        for event in cue.events:
            if event.kind in ("hit", "motif"):
                beat = offset + float(draft.clock.beat_at(event.t_s))
                kind: MarkerKind = "hit" if event.kind == "hit" else "motif"
                markers.append(Marker(event.t_s, beat, kind, event.name or kind))
    return tuple(sorted(markers, key=lambda marker: (marker.t_s, marker.kind, marker.text)))


def _score_cue(draft: CueDraft, beat: float) -> ScoreCue:
    cue: PlannedCue = draft.cue
    sections = draft.music.sections
    style = cue.styles[0].value if cue.styles else "piano"
    take = sections[0].take.number if sections else 0
    key = draft.music.keys[0]
    clock = draft.clock
    phrases, themes = _outline(draft)
    return ScoreCue(
        cue.id,
        cue.title,
        clock.start_s,
        clock.end_s,
        beat,
        beat + clock.beats,
        style,
        key,
        take,
        cue.loop,
        phrases,
        themes,
    )


def _outline(draft: CueDraft) -> tuple[tuple[ScorePhrase, ...], tuple[ScoreTheme, ...]]:
    """The phrases and themes of a cue, section by section; the letters of each section go on from those of
    the one before."""
    phrases: list[ScorePhrase] = []
    themes: list[ScoreTheme] = []
    used = 0
    for section in draft.music.sections:
        take, first = section.take, section.first_bar
        own = {letter: n for n, letter in enumerate(dict.fromkeys(phrase.letter for phrase in take.form))}
        for phrase in take.form:
            bar = first + phrase.bar
            start_s = draft.bars[min(bar, len(draft.bars) - 1)].start_s
            letter = phrase_letter(used + own[phrase.letter])
            phrases.append(ScorePhrase(letter, bar + 1, phrase.bars, phrase.how, start_s))
        themes += [
            ScoreTheme(entry.name, first + entry.bar + 1, entry.bars, entry.how) for entry in take.themes
        ]
        used += len(own)
    return tuple(phrases), tuple(themes)
