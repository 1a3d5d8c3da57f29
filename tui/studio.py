"""The studio: the trained models and what they have already made, shared by every open score. No Textual. The
app has its studio in a process of its own (`tui.distant_studio`).

Takes are remembered by what was asked of the generator (content, seed, number), and what the recogniser heard
by the notes, so that after an edit only the cues it touched are made again: the pipeline runs whole, and
finds the rest already done. Whatever takes long asks `go_on` now and then and stops with `Superseded` when
nobody wants the result.
"""

import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache

from dsl.plan import Plan
from tui.settings import Settings

if TYPE_CHECKING:
    from engine.composition import Composition
    from engine.models import Models
    from engine.music.emotion_curve import EmotionCurve
    from engine.render.export import Target
    from engine.render.pieces import Pieces, Sounding
    from engine.report import FileReport
    from tui.line_reading import LineReading

GoOn = Callable[[], bool]
Announce = Callable[[str], None]
_ASK_S = 0.02
"""How often who waits asks whether the result is still wanted."""
_REMEMBERED_TAKES = 4_000
_REMEMBERED_OPINIONS = 8_000
_WORDS = {
    "reading": "reading the text",
    "composing": "composing",
    "playing": "synthesising",
    "writing": "writing",
}


class Superseded(Exception):
    """Something newer is wanted; the work at hand was dropped."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A script to be read or composed: its plan, and what that was planned from. `takes` are those tried
    instead of the chosen ones, by cue id."""

    planned: Plan
    text: str
    folder: Path
    takes: dict[str, int] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """The plan with the takes that are being tried."""
        if not self.takes:
            return self.planned
        cues = tuple(replace(cue, take=self.takes.get(cue.id, cue.take)) for cue in self.planned.cues)
        return replace(self.planned, cues=cues)


@dataclass(frozen=True, slots=True)
class Analysed:
    """The text's part of the music: each cue's curve."""

    curves: "tuple[EmotionCurve, ...]"


@dataclass(slots=True)
class Studio:
    """Models load on the first use, in whichever thread asks; one thing is made at a time."""

    settings: Settings
    weights: str | None = None
    """"debug" for the tiny random models."""
    problem: str | None = None
    """Why no music can be made, in one line; None while nothing is known to be wrong."""
    _models: "Models | None" = None
    _making: threading.Lock = field(default_factory=threading.Lock)
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _sounding: threading.Lock = field(default_factory=threading.Lock)
    _pieces: "Pieces | None" = None

    def load(self) -> str | None:
        """Load the models now. Gives the problem, or None."""
        try:
            self._ready()
        except Exception as error:  # whatever a broken installation raises; the text must stay editable
            self.problem = one_line(error)
        return self.problem

    @property
    def is_loaded(self) -> bool:
        return self._models is not None

    def analyse(self, asked: Asked, go_on: GoOn) -> Analysed:
        """What the text feels, as curves. Raises Superseded, MelodramaError."""
        from engine.pipeline import analyse, curves_of

        models = self._ready()
        plan = asked.plan
        with _in_turn(self._reading, go_on):
            return Analysed(curves_of(plan, analyse(plan, models, _progress(go_on, None))))

    def explain(self, asked: Asked, line: int, go_on: GoOn) -> "tuple[LineReading, ...]":
        """How the sentences of a source line are read. Raises Superseded, MelodramaError."""
        from tui.line_reading import read_line

        models = self._ready()
        with _in_turn(self._reading, go_on):
            return read_line(asked.plan, line, models)

    def compose(
        self, asked: Asked, go_on: GoOn, announce: Announce | None = None, more_takes: int = 0
    ) -> "Composition":
        """Compose the script, with `more_takes` a cue beyond the settings'. Raises Superseded,
        MelodramaError."""
        from engine.pipeline import compose

        models = self._ready()
        with _in_turn(self._reading, go_on):
            pass  # what is being read just now need not be read twice
        with _in_turn(self._making, go_on):
            return compose(asked.plan, models, self.settings.takes + more_takes, _progress(go_on, announce))

    def sound(self, composition: "Composition", go_on: GoOn, announce: Announce | None = None) -> "Sounding":
        """The score played by the sound font, brought to playing loudness; what has been played before is not
        synthesised again. Raises Superseded, MediaError."""
        from engine.render.pieces import Pieces
        from engine.render.synthesiser import choose_synthesiser

        progress = _progress(go_on, announce)
        with _in_turn(self._sounding, go_on):
            if self._pieces is None:
                self._pieces = Pieces()
            return self._pieces.play(
                composition.score,
                choose_synthesiser(self.settings.soundfont),
                lambda done, count: progress("playing", done, count),
            )

    def render(
        self, composition: "Composition", target: "Target", go_on: GoOn, announce: Announce | None = None
    ) -> "tuple[FileReport, ...]":
        """Write the files of `target`. Raises OutputError, MediaError, Superseded."""
        from engine.render.export import check_target, export

        check_target(target)
        return export(composition, target, _progress(go_on, announce))

    def close(self) -> None:
        """Nothing more will be asked for."""

    def _ready(self) -> "Models":
        with self._making:
            if self._models is None:
                from engine.models import Models

                models = Models(self.settings.device, self.weights)
                models.text  # noqa: B018 – properties load on first use
                models._generator = _RememberingGenerator(models.generator)  # type: ignore[assignment]
                models._recogniser = _RememberingRecogniser(models.recogniser)  # type: ignore[assignment]
                self._models = models
                self.problem = None
            return self._models


class _RememberingGenerator:
    """Answers like the generator it wraps; asks it only for takes not made before. Take k of a request
    depends on the request and k alone, so that what is remembered is what would be made."""

    def __init__(self, generator: Any) -> None:
        self._generator = generator
        self._takes: LRUCache[Hashable, Any] = LRUCache(_REMEMBERED_TAKES)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._generator, name)

    def compose(self, requests: Sequence[Any], takes: Sequence[int], progress: Any = None) -> list[list[Any]]:
        missing: dict[tuple[int, ...], list[Any]] = {}
        for request in dict.fromkeys(requests):
            wanted = tuple(k for k in takes if self._takes.get((request, k)) is None)
            if wanted:
                missing.setdefault(wanted, []).append(request)
        made: dict[Hashable, Any] = {}
        for numbers, some in missing.items():
            for request, answers in zip(some, self._generator.compose(some, numbers, progress), strict=True):
                for number, answer in zip(numbers, answers, strict=True):
                    made[request, number] = answer
        result = [[made.get((r, k)) or self._takes.get((r, k)) for k in takes] for r in requests]
        for key, answer in made.items():
            self._takes[key] = answer
        return result


class _RememberingRecogniser:
    """Answers like the recogniser it wraps; listens only to what it has not heard before."""

    def __init__(self, recogniser: Any) -> None:
        self._recogniser = recogniser
        self._heard: LRUCache[Hashable, Any] = LRUCache(_REMEMBERED_OPINIONS)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recogniser, name)

    def hear(self, clips: Sequence[Any]) -> list[Any]:
        keys = [_fingerprint(clip) for clip in clips]
        known = {key: self._heard.get(key) for key in keys}
        fresh = {key: clip for key, clip in zip(keys, clips, strict=True) if known[key] is None}
        for key, heard in zip(
            fresh, self._recogniser.hear(list(fresh.values())) if fresh else (), strict=True
        ):
            known[key] = heard
            self._heard[key] = heard
        return [known[key] for key in keys]


def _fingerprint(clip: Any) -> Hashable:
    arrays = (clip.start_s, clip.end_s, clip.pitch, clip.velocity, clip.role, clip.is_drum)
    return (clip.begin_s, clip.finish_s, *(array.tobytes() for array in arrays))


def _progress(go_on: GoOn, announce: Announce | None) -> Callable[[str, int, int], None]:
    def progress(stage: str, done: int, count: int) -> None:
        if not go_on():
            raise Superseded
        if announce is not None:
            announce(_WORDS.get(stage, stage))

    return progress


@contextmanager
def _in_turn(lock: threading.Lock, go_on: GoOn) -> Iterator[None]:
    """Hold the lock, unless nobody wants the result by the time it is free."""
    while not lock.acquire(timeout=_ASK_S):
        if not go_on():
            raise Superseded
    try:
        if not go_on():
            raise Superseded
        yield
    finally:
        lock.release()


def one_line(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return said[0] if said else type(error).__name__
