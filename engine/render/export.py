"""From a composition to the files that were asked for, each written whole or not at all. One row of a table a
format."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsl.cue_names import file_stem
from dsl.plan_json import plan_json
from engine.composition import Composition
from engine.errors import OutputError
from engine.music.palettes import style_palette
from engine.render.audio import AudioFormat, audio_bytes, resample
from engine.render.click import click_midi, click_samples, clicks_of
from engine.render.cue_sheet import cue_sheet_csv
from engine.render.edl import MOST_FPS, edl_bytes
from engine.render.files import is_read_only, report_file, write_atomic
from engine.render.game.folder import GameFolder, GameSound, game_folder
from engine.render.loops import loop_samples
from engine.render.marker_lists import marker_files
from engine.render.mastering import master
from engine.render.midi import midi_bytes
from engine.render.musicxml import musicxml_bytes
from engine.render.programme import VoiceMix, lay_voice_over, read_voices
from engine.render.roll import missing_letters, png_bytes, svg_bytes
from engine.render.spotting_list import film_frames, spots_of
from engine.render.synthesis import Rendering, Samples, synthesise
from engine.render.synthesiser import Synthesiser, choose_synthesiser
from engine.render.video import Film, FilmSound, film_target, lay_under, open_film, spare_original
from engine.report import FileReport

DEFAULT_FORMATS = ("mid", "wav")
_AUDIO: tuple[AudioFormat, ...] = ("wav", "flac", "ogg", "mp3")
_FOLDERS = ("stems", "markers", "game")
"""Formats that are a folder of files."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Target:
    """Where files go and how sound is encoded. `folder` and `stem` name them: `folder/stem.mid` and so on.

    `single` is the whole path of the only file, where a person named one. `rate` in Hz, `bits` 16 or 24.
    `video` is a film to lay the score under, `film_sound` what becomes of its sound. `voice` is how the
    score's recordings (`@voice`) lie over the music, "none" for music alone.
    """

    folder: Path
    stem: str
    formats: tuple[str, ...] = DEFAULT_FORMATS
    single: Path | None = None
    soundfont: Path | None = None
    rate: int = 48_000
    bits: int = 16
    video: Path | None = None
    film_sound: FilmSound = "duck"
    voice: VoiceMix = "duck"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, by what it was played (None: nothing was to be heard), and what there is to say."""

    files: tuple[FileReport, ...]
    synthesiser: Synthesiser | None
    remarks: tuple[str, ...] = ()


def export(
    composition: Composition, target: Target, progress: Progress | None = None
) -> tuple[FileReport, ...]:
    """Write every format of `target`. Raises OutputError or MediaError; files written before it stay,
    whole."""
    return export_and_listen(composition, target, progress).files


def export_and_listen(
    composition: Composition,
    target: Target,
    progress: Progress | None = None,
    listen: Callable[[Samples, int], None] | None = None,
) -> Exported:
    """`export`, and what else came of it. `listen` is given the finished mix [samples, 2] and its rate.

    Raises OutputError, MediaError, and whatever `progress` and `listen` raise."""
    synthesiser = rendering = film = None
    if target.video is not None:
        film = open_film(target.video)
    needs_mix = _needs_sound(target.formats) or film is not None or listen is not None
    if needs_mix or "game" in target.formats:
        synthesiser = choose_synthesiser(target.soundfont)
    if synthesiser is not None and needs_mix:
        rendering = _sound(composition, target, synthesiser, progress)
    game = _game(composition, target, synthesiser, progress)
    if listen is not None and rendering is not None:
        if progress:
            progress("listening", 0, 1)
        listen(rendering.music, rendering.rate)
    written: list[FileReport] = []
    for number, kind in enumerate(target.formats):
        if progress:
            progress("writing", number, len(target.formats))
        for path, data in _files(kind, composition, target, rendering):
            write_atomic(path, data)
            written.append(report_file(path, kind, data))
    for path, data in _loops(composition, target, synthesiser):
        write_atomic(path, data)
        written.append(report_file(path, "loop", data))
    if game is not None:
        for name, data in game.files:
            path = target.folder / f"{target.stem}.game" / name
            write_atomic(path, data)
            written.append(report_file(path, "game", data))
    remarks = [*_roll_remarks(composition, written), *_picture_remarks(composition, target)]
    remarks += list(game.remarks) if game else []
    if film is not None and rendering is not None:
        if progress:
            progress("film", 0, 1)
        path = _film_path(target, film)
        report, remark = lay_under(film, rendering.mix, rendering.rate, path, target.film_sound)
        written.append(report)
        remarks += [remark] if remark else []
    if progress:
        progress("writing", len(target.formats), len(target.formats))
    return Exported(tuple(written), synthesiser, tuple(remarks))


def _roll_remarks(composition: Composition, written: Sequence[FileReport]) -> list[str]:
    """What a picture of the roll lacks, in words."""
    pictures = [file.path for file in written if file.path.endswith(".png")]
    letters = missing_letters(composition.score) if pictures else ""
    if not letters:
        return []
    shown = letters[:12] + ("…" if len(letters) > 12 else "")
    return [
        f"{pictures[0]}: no font on this machine has {shown} ({len(letters)} characters); they are left out "
        "there, the SVG has them (a font such as Noto Sans CJK brings Chinese)"
    ]


def _picture_remarks(composition: Composition, target: Target) -> list[str]:
    """What whoever lays the files beside the picture has to know."""
    remarks = []
    if "markers" in target.formats and not _counts_frames(composition.plan.fps):
        remarks.append(
            f"{target.stem}.markers: of the marker lists only Reaper's was written, the others count frames; "
            "say the film's rate in the front matter: fps: 24"
        )
    lead_s = clicks_of(composition.score).lead_s if "click" in target.formats else 0.0
    if lead_s:
        remarks.append(
            f"{target.stem}.click: begins {lead_s:.3f} s before the score, with the count-in; lay it that "
            "much earlier"
        )
    return remarks


def _counts_frames(fps: float | None) -> bool:
    return fps is not None and 0 < fps < MOST_FPS


def mastered_mix(
    composition: Composition, soundfont: Path | None, rate: int, progress: Progress | None = None
) -> Samples:
    """The sound of a composition as `export` would encode it: float32 [samples, 2] at `rate` Hz. Raises
    MediaError for a font that cannot be used."""
    target = Target(Path(), "", ("wav",), soundfont=soundfont, rate=rate)
    return _sound(composition, target, choose_synthesiser(soundfont), progress).mix


def check_target(target: Target, fps: float | None = None) -> None:
    """Fail before the work, not after it: raises OutputError when the folder cannot take files, or an EDL is
    asked for that no frame rate `fps` lets count; MediaError for a bad font or a film that cannot be read."""
    if "edl" in target.formats and not _counts_frames(fps):
        reason = "no rate is said" if fps is None else f"its timecodes have no room for {fps:g} a second"
        raise OutputError(f"an EDL counts the film's frames, and {reason}: put fps: 24 in the front matter")
    choose_synthesiser(target.soundfont)
    if target.video is not None:
        film = open_film(target.video)
        spare_original(film, _film_path(target, film))
    folder = target.single.parent if target.single else target.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {folder}: {error.strerror or error}") from error
    for path in [target.single] if target.single else [_path(target, f".{kind}") for kind in target.formats]:
        if is_read_only(path):
            raise OutputError(f"cannot write {path}: it is read-only")
        if path.suffix[1:] in _FOLDERS and path.exists() and not path.is_dir():
            raise OutputError(f"cannot make the folder {path}: a file of that name is in the way")


def _files(
    kind: str, composition: Composition, target: Target, rendering: "_Mastered | None"
) -> list[tuple[Path, bytes]]:
    """(path, content) of everything that a format consists of."""
    score, plan = composition.score, composition.plan
    if kind in _AUDIO and rendering is not None:
        return [(_path(target, f".{kind}"), _encode(rendering.mix, rendering.rate, kind, target))]  # type: ignore[arg-type]
    if kind == "stems" and rendering is not None:
        audio: AudioFormat = "flac" if "flac" in target.formats else "wav"
        return [
            (
                target.folder / f"{target.stem}.stems" / f"{name}.{audio}",
                _encode(stem, rendering.rate, audio, target),
            )
            for name, stem in rendering.stems.items()
        ]
    if kind == "mid":
        return [(_path(target, ".mid"), midi_bytes(score))]
    if kind == "musicxml":
        return [(_path(target, ".musicxml"), musicxml_bytes(score))]
    if kind == "cues":
        return [(_path(target, ".csv"), cue_sheet_csv(score, plan.fps, plan.film_start_s, plan.drop_frame))]
    if kind == "edl":
        film = film_frames(plan)
        return (
            [] if film is None else [(_path(target, ".edl"), edl_bytes(score.title, spots_of(score), film))]
        )
    if kind == "markers":
        film = film_frames(plan) if _counts_frames(plan.fps) else None
        folder = target.folder / f"{target.stem}.markers"
        return [(folder / name, data) for name, data in marker_files(score.title, spots_of(score), film)]
    if kind == "click":
        track = clicks_of(score)
        samples = click_samples(track, score.duration_s, target.rate)
        return [
            (_path(target, ".click.wav"), _encode(samples, target.rate, "wav", target)),
            (_path(target, ".click.mid"), click_midi(score, track)),
        ]
    if kind == "roll":
        if target.single and target.single.suffix == ".svg":
            return [(target.single, svg_bytes(score))]
        if target.single:
            return [(target.single, png_bytes(score))]
        return [(_path(target, ".png"), png_bytes(score)), (_path(target, ".svg"), svg_bytes(score))]
    if kind == "game":
        return []  # its many files come of one piece of work (`_game`)
    if kind == "json":
        curves = [[(s.t_s, s.valence, s.arousal, s.source) for s in c.samples] for c in composition.curves]
        chosen = [(str(cue.key), cue.take or None) for cue in composition.score.cues]
        text = json.dumps(plan_json(plan, curves, chosen), ensure_ascii=False, indent=2) + "\n"
        return [(_path(target, ".json"), text.encode())]
    raise ValueError(f"unknown format {kind!r}")


def _loops(
    composition: Composition, target: Target, synthesiser: Synthesiser | None
) -> Iterator[tuple[Path, bytes]]:
    """Each looping cue in a file of its own beside the mix: `STEM.loops/CUE.wav`.

    Never as MP3, which few players join without a gap: where only that is asked for, loops are WAV.
    """
    kinds: list[AudioFormat] = [kind for kind in _AUDIO if kind in target.formats and kind != "mp3"]
    if not kinds and "mp3" in target.formats:
        kinds = ["wav"]
    if target.single or synthesiser is None:
        return
    for cue in composition.score.cues if kinds else ():
        if cue.loop:
            loop = loop_samples(composition.score, cue, synthesiser, _reverb(composition), target.rate)
            name = file_stem(cue.id)
            for kind in kinds:
                path = target.folder / f"{target.stem}.loops" / f"{name}.{kind}"
                yield path, _encode(loop, target.rate, kind, target)


def _game(
    composition: Composition, target: Target, synthesiser: Synthesiser | None, progress: Progress | None
) -> GameFolder | None:
    """The folder for a game, `STEM.game`, where one is asked for; all of it before any of it is written."""
    if "game" not in target.formats or synthesiser is None:
        return None
    settings = GameSound(synthesiser, _reverb(composition), target.rate, target.bits)
    told = (lambda done, count: progress("layers", done, count)) if progress else None
    return game_folder(composition, target.stem, settings, told)


def _film_path(target: Target, film: Film) -> Path:
    return target.single or film_target(target.folder, target.stem, film.path)


def _path(target: Target, suffix: str) -> Path:
    return target.single or target.folder / f"{target.stem}{suffix}"


@dataclass(frozen=True, slots=True)
class _Mastered:
    """Sound ready to encode: float32 [samples, 2] each, at the rate asked."""

    mix: Samples
    music: Samples
    """The mix without the voice; the same array where there is none."""
    stems: dict[str, Samples]
    rate: int


def _needs_sound(formats: Sequence[str]) -> bool:
    return any(kind in _AUDIO or kind == "stems" for kind in formats)


def _sound(
    composition: Composition, target: Target, synthesiser: Synthesiser, progress: Progress | None
) -> _Mastered:
    """Synthesise, bring to loudness, resample."""
    synthesis_progress = (lambda done, count: progress("playing", done, count)) if progress else None
    rendering: Rendering = synthesise(
        composition.score,
        synthesiser,
        separate="stems" in target.formats,
        reverb=_reverb(composition),
        progress=synthesis_progress,
    )
    rate, mix = rendering.rate, rendering.mix
    parts = dict(rendering.stems) if "stems" in target.formats else {}
    del rendering  # from here on each sound is let go where the next is made of it
    music = mix
    voices = tuple((voice.path, voice.start_s) for cue in composition.plan.cues for voice in cue.voices)
    if voices and target.voice != "none":
        voice = read_voices(Path(composition.plan.folder), voices, rate)
        programme = lay_voice_over(music, voice, rate, target.voice)
        music = programme.under(music)
        mix = music + programme.voice
        parts = {**{name: programme.under(stem) for name, stem in parts.items()}, "voice": programme.voice}
    gain = master(mix, rate).gain[:, None]
    names = list(parts) if "stems" in target.formats else []
    # Of stems a copy, as one alone is the mix itself.
    stems = {name: resample(parts.pop(name) * gain, rate, target.rate) for name in names}
    is_music = music is mix
    mix *= gain
    whole = resample(mix, rate, target.rate)
    if is_music:
        return _Mastered(whole, whole, stems, target.rate)
    music *= gain
    return _Mastered(whole, resample(music, rate, target.rate), stems, target.rate)


def _reverb(composition: Composition) -> int:
    """The General MIDI reverb send (0–127): that of the cues' styles, by the time each has."""
    plan = composition.plan
    weighted = [
        (style_palette(s.value, plan.palettes).reverb, s.end_s - s.start_s)
        for cue in plan.cues
        for s in cue.styles
    ]
    total = sum(span for _, span in weighted)
    return round(127 * sum(amount * span for amount, span in weighted) / total) if total > 0 else 40


def _encode(samples: Samples, rate: int, kind: AudioFormat, target: Target) -> bytes:
    return audio_bytes(samples, rate, kind, target.bits)
