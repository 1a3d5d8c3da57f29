"""What somebody wants of a render, as one value: for the command, its worker processes, a cluster. Light: no
numpy, no torch."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.output_words import OUTPUTS

if TYPE_CHECKING:
    from engine.models import Device
    from engine.render.export import Target
    from engine.render.programme import VoiceMix
    from engine.render.video import FilmSound

SUFFIXES = {
    ".mid": "mid",
    ".midi": "mid",
    ".wav": "wav",
    ".flac": "flac",
    ".ogg": "ogg",
    ".mp3": "mp3",
    ".musicxml": "musicxml",
    ".xml": "musicxml",
    ".csv": "cues",
    ".edl": "edl",
    ".png": "roll",
    ".svg": "roll",
    ".json": "json",
}
"""By a file's ending, the format that it asks for."""
FILMS = (".mp4", ".m4v", ".mov", ".mkv", ".webm")


_UNMADE = {
    ".pdf": ".musicxml",
    ".mxl": ".musicxml",
    ".aif": ".wav",
    ".aiff": ".wav",
    ".jpg": ".png",
    **dict.fromkeys((".m4a", ".aac", ".wma"), ".mp3"),
    **dict.fromkeys((".oga", ".opus"), ".ogg"),
}
"""Endings of files that nobody makes here, and of those that are made in their place."""


_DEFAULT = ("mid", "wav")


_ENDINGS = {"cues": (".csv",), "roll": (".png", ".svg"), "click": (".click.wav", ".click.mid")}
"""The endings of formats' files that are not called like the format."""


def written_files(folder: Path, stem: str, formats: Iterable[str]) -> tuple[Path, ...]:
    """The files in `folder` (and folders of files, by their own names) that formats come to."""
    return tuple(folder / f"{stem}{end}" for kind in formats for end in _ENDINGS.get(kind, (f".{kind}",)))


def unmade(out: Path) -> str | None:
    """The ending that is made in place of the one that `out` has; None where it is made, names a folder that
    is there, or may name a new one."""
    return None if out.is_dir() else _UNMADE.get(out.suffix.lower())


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """`out` is a folder, or a file where there is one score and one format. `formats` None: those of `out`'s
    ending, else the score's, else MIDI and WAV. `takes`: 1 to 512 candidates a cue; `rate`: 44,100 or 48,000
    Hz; `bits`: 16 or 24. `weights` and `text_model` are folders in place of what is shipped ("debug": the
    tiny random models). `caches`: whether earlier renders are used, and this one kept. `taste`: a file of
    choices, to choose takes by match and liking."""

    out: Path
    formats: tuple[str, ...] | None = None
    seed: int | None = None
    takes: int = 8
    device: "Device" = "auto"
    soundfont: Path | None = None
    video: Path | None = None
    film_sound: "FilmSound" = "duck"
    voice: "VoiceMix" = "duck"
    judge_audio: bool = False
    rate: int = 48_000
    bits: int = 16
    text_model: Path | None = None
    weights: str | None = None
    caches: bool = True
    taste: Path | None = None

    @property
    def single(self) -> Path | None:
        """The one file that `out` names: it ends like one, and no folder of that name is there. Else None."""
        suffix = self.out.suffix.lower()
        is_file = suffix in SUFFIXES or (suffix in FILMS and self.video is not None)
        return self.out if is_file and not self.out.is_dir() else None

    def written(self, stem: str, asked: tuple[str, ...]) -> tuple[Path, ...]:
        """The files (and folders, by the names of their formats) that a score called `stem` comes to."""
        if self.single is not None:
            return (self.single,)
        formats = self.formats or tuple(f for f in asked if f in OUTPUTS) or _DEFAULT
        films = () if self.video is None else (self.out / f"{stem}{self.video.suffix}",)
        return (*written_files(self.out, stem, formats), *films)

    def target(self, stem: str, asked: tuple[str, ...]) -> "Target":
        """Where the files of a score called `stem` go, which asks for the formats `asked`."""
        from engine.render.export import DEFAULT_FORMATS, Target

        formats = self.formats
        if formats is None and self.single is not None:
            kind = SUFFIXES.get(self.single.suffix.lower())
            formats = (kind,) if kind else ()
        if formats is None:
            formats = tuple(f for f in asked if f in OUTPUTS) or DEFAULT_FORMATS
        return Target(
            folder=self.out,
            stem=stem,
            formats=formats,
            single=self.single,
            soundfont=self.soundfont,
            rate=self.rate,
            bits=self.bits,
            video=self.video,
            film_sound=self.film_sound,
            voice=self.voice,
        )
