"""A studio in this process: one thing of a kind is made at a time, whichever thread asks. No Textual.

The pipeline runs whole after every edit; the engine remembers takes, what was heard and what was played, so
that only the cues that the edit touched are made again.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from dsl.plan import Plan
from engine.errors import MediaError, MelodramaError
from tui.settings import Settings
from tui.studio.protocol import Analysed, Announce, Asked, GoOn, Studio, Superseded, one_line

if TYPE_CHECKING:
    from engine.composition import Composition
    from engine.live.passage import PassageWriter
    from engine.models import Models
    from engine.picture.background import BackgroundFilms
    from engine.render.export import Target
    from engine.render.pieces import Pieces, Sounding
    from engine.report import FileReport
    from engine.taste.model import Taste
    from tui.line_reading import LineReading

_ASK_S = 0.02
"""How often who waits asks whether the result is still wanted."""
_WORDS = {
    "looking": "looking at the film",
    "reading": "reading the text",
    "composing": "composing",
    "playing": "synthesising",
    "layers": "synthesising",
    "writing": "writing",
}


@dataclass(slots=True)
class NearStudio(Studio):
    """Models load on the first use, in whichever thread asks. `weights` "debug": the tiny random models."""

    settings: Settings
    weights: str | None = None
    problem: str | None = None
    _models: "Models | None" = None
    _making: threading.Lock = field(default_factory=threading.Lock)
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _sounding: threading.Lock = field(default_factory=threading.Lock)
    _beginning: threading.Lock = field(default_factory=threading.Lock)
    _pieces: "Pieces | None" = None
    _films: "BackgroundFilms | None" = None
    _learnt: "tuple[object, Taste] | None" = None
    """The taste, and the file that it was learnt from as it was then."""

    @property
    @override
    def is_loaded(self) -> bool:
        return self._models is not None

    @override
    def load(self) -> str | None:
        try:
            self._ready()
        except Exception as error:  # whatever a broken installation raises; the text must stay editable
            self.problem = one_line(error)
        return self.problem

    @override
    def analyse(self, asked: Asked, go_on: GoOn) -> Analysed:
        from engine.pipeline import analyse, curves_of

        models = self._ready()
        plan, awaits_film = self._with_known_films(asked.plan)
        found = plan.findings[len(asked.plan.findings) :]
        with _in_turn(self._reading, go_on):
            curves = curves_of(plan, analyse(plan, models, _progress(go_on, None)))
        return Analysed(curves, found, awaits_film)

    @override
    def look(self, asked: Asked, go_on: GoOn, announce: Announce | None = None) -> None:
        for path in _films_of(asked.plan):
            with suppress(MediaError):  # the curves' findings tell it
                self._background_films().look(path, _progress(go_on, announce))

    @override
    def explain(self, asked: Asked, line: int, go_on: GoOn) -> "tuple[LineReading, ...]":
        from tui.line_reading import read_line

        models = self._ready()
        plan, _ = self._with_known_films(asked.plan)
        with _in_turn(self._reading, go_on):
            return read_line(plan, line, models)

    @override
    def compose(
        self, asked: Asked, go_on: GoOn, announce: Announce | None = None, more_takes: int = 0
    ) -> "Composition":
        from engine.pipeline import compose

        models = self._ready()
        takes, progress = self.settings.takes + more_takes, _progress(go_on, announce)
        self.look(asked, go_on, announce)
        with _in_turn(self._reading, go_on):
            pass  # what is being read just now need not be read twice
        with _in_turn(self._making, go_on):
            return compose(asked.plan, models, takes, progress, taste=self._taste())

    @override
    def sound(self, composition: "Composition", go_on: GoOn, announce: Announce | None = None) -> "Sounding":
        from engine.render.pieces import Pieces
        from engine.render.spoken_over import with_voices
        from engine.render.synthesiser import choose_synthesiser

        progress = _progress(go_on, announce)
        with _in_turn(self._sounding, go_on):
            if self._pieces is None:
                self._pieces = Pieces()
            music = self._pieces.play(
                composition.score,
                choose_synthesiser(self.settings.soundfont),
                lambda done, count: progress("playing", done, count),
            )
            return with_voices(music, composition.plan)

    @override
    def render(
        self, composition: "Composition", target: "Target", go_on: GoOn, announce: Announce | None = None
    ) -> "tuple[FileReport, ...]":
        from engine.render.export import check_target, export
        from engine.render.foreign import spare_foreign
        from engine.render.spared import spare_sources
        from engine.render_options import written_files

        check_target(target, composition.plan.fps)
        files = written_files(target.folder, target.stem, target.formats)
        written = (target.single,) if target.single else files
        spare_sources(composition.plan, written)
        spare_foreign(written)
        return export(composition, target, _progress(go_on, announce))

    @override
    def live_writer(self, script: Asked) -> "PassageWriter":
        from engine.live.compose import LiveComposer

        return LiveComposer(script.plan, self._ready().forgetting())

    @override
    def close(self) -> None:
        return

    def _with_known_films(self, plan: Plan) -> tuple[Plan, bool]:
        """The plan with what is known of its films by now, and whether more will be."""
        paths = _films_of(plan)
        if not paths:
            return plan, False
        from engine.pipeline import with_pictures

        films = self._background_films()
        return with_pictures(plan, look=films.known), any(map(films.is_unknown, paths))

    def _background_films(self) -> "BackgroundFilms":
        with self._beginning:
            if self._films is None:
                from engine.picture.background import BackgroundFilms

                self._films = BackgroundFilms()
            return self._films

    def _taste(self) -> "Taste | None":
        """What has been learnt by now; None where nothing is to be learnt. A file that cannot be read teaches
        nothing: whoever writes to it tells why."""
        if not self.settings.learn:
            return None
        from engine.taste.model import NO_TASTE, learnt_from
        from tui.taste_file import read_taste_file, taste_path

        try:
            path = taste_path()
            status = path.stat()
            stamp = (path, status.st_mtime_ns, status.st_size)
            if self._learnt is None or self._learnt[0] != stamp:
                self._learnt = (stamp, learnt_from(read_taste_file(path).choices))
        except (OSError, MelodramaError):
            return NO_TASTE
        return self._learnt[1]

    def _ready(self) -> "Models":
        with self._making:
            if self._models is None:
                from engine.models import Models

                models = Models(self.settings.device, self.weights, remembers=True)
                for part in ("text", "generator", "recogniser"):
                    getattr(models, part)  # each loads on its first use
                self._models = models
                self.problem = None
            return self._models


def _films_of(plan: Plan) -> tuple[Path, ...]:
    """The films that a plan names and that are there."""
    if not any(cue.picture for cue in plan.cues):
        return ()
    # Deferred: few scores name a film.
    from engine.picture.follow import films_of

    return films_of(plan)


def _progress(go_on: GoOn, announce: Announce | None) -> Callable[[str, int, int], None]:
    def progress(stage: str, done: int, count: int) -> None:
        if not go_on():
            raise Superseded
        if announce is not None:
            share = f" · {100 * done // max(count, 1)} %" if stage == "looking" else ""
            announce(_WORDS.get(stage, stage) + share)

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
