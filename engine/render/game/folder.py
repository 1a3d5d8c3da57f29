"""A composition as a folder that a game engine takes as it is: every cue's layers, stingers and
transitions, the manifest, and the files of Godot and Ren'Py."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from dsl.cue_names import cue_label, file_stem
from dsl.plan import PlannedCue
from engine.composition import Composition
from engine.generate.cue_requests import themes_of
from engine.music.clock import CueClock, clock_of
from engine.music.layers import enters_at
from engine.music.score import Score, ScoreCue
from engine.render.audio import resample
from engine.render.game.cue_sound import CueSound, Samples, cue_sound, faded
from engine.render.game.encode import CueFiles, File
from engine.render.game.godot import MOST_CLIPS, interactive_tres, layers_tres
from engine.render.game.levels import KeptSounds, Levels
from engine.render.game.manifest import (
    GameCue,
    GameFile,
    GameLayer,
    GameMarker,
    GameTransition,
    Stinger,
    manifest_bytes,
)
from engine.render.game.phrases import (
    Phrase,
    bars_led,
    crossfade_s,
    drawn_theme,
    hit_stinger,
    in_a_row,
    motif_stinger,
    tracks_of,
    transition_phrase,
)
from engine.render.game.renpy import renpy_script
from engine.render.synthesis import TAIL_S, synthesise
from engine.render.synthesiser import Synthesiser
from engine.render.wav import whole_numbers

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class GameSound:
    """How the sound is made: `reverb` a General MIDI send (0–127), `rate` in Hz, `bits` 16 or 24 for WAV."""

    synthesiser: Synthesiser
    reverb: int
    rate: int
    bits: int


@dataclass(frozen=True, slots=True)
class GameFolder:
    """The files of a game's folder, `manifest.json` the last, and what there is to say of them."""

    files: tuple[File, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A cue's short pieces: stingers by kind, transitions by the id of the cue that they lead to."""

    stingers: tuple[tuple[str, Phrase], ...]
    bridges: tuple[tuple[str, Phrase], ...]

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """All of them, in the order in which their sounds are kept."""
        return tuple(phrase for _, phrase in (*self.stingers, *self.bridges))


def game_folder(
    composition: Composition, stem: str, settings: GameSound, progress: Progress | None = None
) -> GameFolder:
    """The folder `STEM.game` of a composition. Nothing is written.

    Raises MediaError where the font or a theme's file cannot be used, and what `progress` (cues done, cues)
    raises.
    """
    score = composition.score
    planned = {cue.id: cue for cue in composition.plan.cues}
    pairs = [(cue, planned[cue.id]) for cue in score.cues if cue.id in planned]
    pieces, remarks = _all_pieces(composition, pairs)
    if len(pairs) > MOST_CLIPS:
        remarks.append(f"Godot plays {MOST_CLIPS} cues as one at the most; {stem}.tres has the first of them")
    files: list[File] = []
    made: list[GameCue] = []
    levels = Levels(settings.rate)
    with tempfile.TemporaryDirectory(prefix="melodrama-") as name:
        kept = KeptSounds(Path(name))
        for done, ((cue, asked), own) in enumerate(zip(pairs, pieces, strict=True)):
            if progress:
                progress(done, len(pairs))
            layers = asked.layers or 1
            sound = cue_sound(score, cue, layers, settings.synthesiser, settings.reverb, settings.rate)
            levels.hear(sound.mix)
            kept.keep(sound, _short_sounds(score, own.phrases, settings))
            remarks += _silences(cue, asked, sound)
        gain = np.float32(levels.gain())
        for number, ((cue, asked), own) in enumerate(zip(pairs, pieces, strict=True)):
            sound, shorts = kept.cue(number)
            sound = replace(sound, layers=tuple(layer * gain for layer in sound.layers))
            home = CueFiles(file_stem(cue.id), settings.rate, settings.bits)
            made.append(_game_cue(score, cue, asked, sound, own, [short * gain for short in shorts], home))
            files += [*home.files, (f"{home.folder}/layers.tres", layers_tres(made[-1]))]
    if progress:
        progress(len(pairs), len(pairs))
    folders = {cue.id: file_stem(cue.id) for cue in made}
    if made:
        files.append((f"{stem}.tres", interactive_tres(made, folders)))
    files.append((f"{stem}.rpy", renpy_script(f"{stem}.game", made)))
    files.append(("manifest.json", manifest_bytes(score.title, made)))
    return GameFolder(tuple(files), tuple(remarks))


def _silences(cue: ScoreCue, asked: PlannedCue, sound: CueSound) -> list[str]:
    if not sound.silent:
        return []
    asked_for = asked.layers or 1
    sounding = asked_for - len(sound.silent)
    name = cue_label(cue.id, cue.title)
    if not sounding:
        return [f"{name}: nobody plays in it, so that its files are silent"]
    return [f"{name}: its instruments fill {sounding} of {asked_for} layers; the others are silent"]


# ------------------------------------------------------------------------------------------ short pieces


def _all_pieces(
    composition: Composition, pairs: Sequence[tuple[ScoreCue, PlannedCue]]
) -> tuple[list[_Pieces], list[str]]:
    """The short pieces of each cue, and what there is to say of themes."""
    score, themes, said = composition.score, themes_of(composition.plan), []
    for name, theme in themes.items():
        if theme.notes:
            continue
        themes[name] = replace(theme, seed=None, notes=drawn_theme(name, score))
        if not themes[name].notes:
            said.append(f"the theme {name} is drawn by seed and sounds in no cue: there is no stinger of it")
    targets = {cue.id: cue for cue, _ in pairs}
    found = []
    for cue, asked in pairs:
        tracks = tracks_of(score, cue)
        names = dict.fromkeys(event.name for event in asked.events if event.kind == "hit" and event.name)
        stingers = [("hit", hit_stinger(name, cue.key, tracks)) for name in names if name]
        tempo = mean_tempo(cue)
        stingers += [("motif", motif_stinger(theme, cue.key, tracks, tempo)) for theme in themes.values()]
        last = clock_of(asked).bars[-1]
        bridges = [
            (to, transition_phrase(lead, to, cue.key, targets[to].key, tracks, (last.start_s, last.end_s)))
            for lead in asked.leads_to
            if (to := lead.to or "") in targets
        ]
        found.append(
            _Pieces(
                tuple((kind, phrase) for kind, phrase in stingers if phrase is not None),
                tuple((to, phrase) for to, phrase in bridges if phrase is not None),
            )
        )
    return found, said


def _short_sounds(score: Score, phrases: Sequence[Phrase], settings: GameSound) -> list[Samples]:
    """Each phrase and its ringing, float32 [samples, 2] before any gain."""
    if not phrases:
        return []
    row, starts = in_a_row(score, phrases, TAIL_S)
    rendering = synthesise(row, settings.synthesiser, separate=False, reverb=settings.reverb)
    whole = resample(rendering.mix, rendering.rate, settings.rate)
    places = [round(start * settings.rate) for start in (*starts, row.duration_s)]
    return [faded(whole[start:end], settings.rate) for start, end in pairwise(places)]


def mean_tempo(cue: ScoreCue) -> float:
    """Quarter notes a minute, on the average over a cue."""
    return 60.0 * (cue.end_beat - cue.start_beat) / max(cue.end_s - cue.start_s, 1e-6)


# ----------------------------------------------------------------------------------------------- the cue


def _game_cue(
    score: Score,
    cue: ScoreCue,
    asked: PlannedCue,
    sound: CueSound,
    pieces: _Pieces,
    shorts: Sequence[Samples],
    home: CueFiles,
) -> GameCue:
    """A cue with its files in `home`. Layers are made whole numbers one by one, and the mix is their
    sum, so that they add up to the last bit."""
    rate, clock = home.rate, clock_of(asked)
    loop = (0, sound.bars_end) if cue.loop else None
    downbeats = tuple(_sample(bar.start_s, cue, rate) for bar in clock.bars)
    grid = _even_bars(downbeats, sound.bars_end)
    wholes = [whole_numbers(layer, home.bits, number) for number, layer in enumerate(sound.layers)]
    layers = tuple(
        GameLayer(home.sound(f"layer{number + 1}", whole, loop, grid), enters_at(number, len(wholes)))
        for number, whole in enumerate(wholes)
    )
    mix = layers[0].sound
    if len(wholes) > 1:
        mix = home.sound("mix", np.sum(wholes, axis=0, dtype=np.int32), loop, grid)
    stingers, bridges = _encoded(pieces, shorts, home)
    return GameCue(
        id=cue.id,
        title=cue.title,
        tempo_bpm=mean_tempo(cue),
        meter=str(clock.bars[0].meter),
        bars=len(clock.bars),
        key=str(cue.key),
        sample_rate=rate,
        samples=len(wholes[0]),
        end=sound.bars_end,
        loop=loop,
        has_even_bars=grid is not None,
        beats=_beats(clock, cue, rate),
        downbeats=downbeats,
        markers=_markers(score, cue, rate),
        mix=mix,
        layers=layers,
        stingers=tuple(
            Stinger(phrase.name, kind, file, str(cue.key))
            for (kind, phrase), file in zip(pieces.stingers, stingers, strict=True)
        ),
        transitions=_transitions(asked, clock, pieces, bridges, downbeats, rate),
    )


def _encoded(
    pieces: _Pieces, shorts: Sequence[Samples], home: CueFiles
) -> tuple[list[GameFile], list[GameFile]]:
    """The files of stingers and of transitions."""
    wholes = [whole_numbers(short, home.bits, number) for number, short in enumerate(shorts)]
    count = len(pieces.stingers)
    stingers = [
        home.sound(f"{kind}-{file_stem(phrase.name)}", whole)
        for (kind, phrase), whole in zip(pieces.stingers, wholes[:count], strict=True)
    ]
    bridges = [
        home.sound(f"to-{file_stem(to)}", whole, bars=(phrase.bars, round(phrase.length_s * home.rate)))
        for (to, phrase), whole in zip(pieces.bridges, wholes[count:], strict=True)
    ]
    return stingers, bridges


def _transitions(
    asked: PlannedCue,
    clock: CueClock,
    pieces: _Pieces,
    files: Sequence[GameFile],
    downbeats: tuple[int, ...],
    rate: int,
) -> tuple[GameTransition, ...]:
    bridges = {to: (phrase, file) for (to, phrase), file in zip(pieces.bridges, files, strict=True)}
    bar_s = clock.bars[-1].end_s - clock.bars[-1].start_s
    found = []
    for lead in asked.leads_to:
        to = lead.to or ""
        phrase, file = bridges.get(to, (None, None))
        bars = phrase.bars if phrase else bars_led(lead, bar_s)
        length = phrase.length_s if phrase else bars * bar_s
        found.append(
            GameTransition(
                to, lead.kind, crossfade_s(lead, bar_s), file, bars, round(length * rate), downbeats
            )
        )
    return tuple(found)


def _sample(t_s: float, cue: ScoreCue, rate: int) -> int:
    return max(0, round((t_s - cue.start_s) * rate))


def _even_bars(downbeats: Sequence[int], end: int) -> tuple[int, int] | None:
    """How many bars there are and where they end, in samples, where all are equally long; else None."""
    lengths = [after - before for before, after in pairwise((*downbeats, end))]
    return (len(downbeats), end) if max(lengths) - min(lengths) <= 2 else None


def _beats(clock: CueClock, cue: ScoreCue, rate: int) -> tuple[int, ...]:
    """Every beat of the metre: in 6/8 an eighth, as the language counts them."""
    beats = [
        bar.beat + beat * 4.0 / bar.meter.denominator
        for bar in clock.bars
        for beat in range(bar.meter.numerator)
        if beat * 4.0 / bar.meter.denominator < bar.beats - 1e-6
    ]
    return tuple(_sample(float(t_s), cue, rate) for t_s in clock.seconds(beats))


def _markers(score: Score, cue: ScoreCue, rate: int) -> tuple[GameMarker, ...]:
    """The score's markers from the cue's beginning to its end."""
    last = cue.id == score.cues[-1].id
    return tuple(
        GameMarker(marker.text, marker.kind, _sample(marker.t_s, cue, rate))
        for marker in score.markers
        if cue.start_s - 1e-6 <= marker.t_s < cue.end_s - 1e-6
        or (last and abs(marker.t_s - cue.end_s) < 1e-6)
    )
