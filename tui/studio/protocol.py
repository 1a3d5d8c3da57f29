"""What the workstation asks of a studio, wherever the models are. No Textual, no models.

Whatever takes long asks `go_on` now and then and stops with `Superseded` when nobody wants the result.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dsl.diagnostics import Finding
from dsl.plan import Plan
from tui.settings import Settings
from tui.steering import Steer, steered

if TYPE_CHECKING:
    from engine.composition import Composition
    from engine.emotion.curve import FeltCurve
    from engine.live.passage import PassageWriter
    from engine.render.export import Target
    from engine.render.pieces import Sounding
    from engine.report import FileReport
    from tui.line_reading import LineReading

GoOn = Callable[[], bool]
"""Whether the result is still wanted."""
Announce = Callable[[str], None]
"""Called with what is being done, in words."""


class Superseded(Exception):
    """Something newer is wanted; the work at hand was dropped."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A script to be read or composed: its plan, and what that was planned from. `takes` are those tried
    instead of the chosen ones, by cue id; `steer` turns a cue towards what is being written."""

    planned: Plan
    text: str
    folder: Path
    takes: dict[str, int] = field(default_factory=dict)
    steer: Steer | None = None

    @property
    def plan(self) -> Plan:
        """The plan with the takes that are being tried, and steered."""
        plan = self.planned if self.steer is None else steered(self.planned, self.steer)
        if not self.takes:
            return plan
        cues = tuple(replace(cue, take=self.takes.get(cue.id, cue.take)) for cue in plan.cues)
        return replace(plan, cues=cues)


@dataclass(frozen=True, slots=True)
class Analysed:
    """What is felt before music is made: each cue's curve, of its text and of the film that it names.
    `findings`: what is odd in the film. `awaits_film`: it has still to be looked at, and has no part yet."""

    curves: "tuple[FeltCurve, ...]"
    findings: tuple[Finding, ...] = ()
    awaits_film: bool = False


class Studio(Protocol):
    """The trained models and what they have already made, shared by every open score. Any thread may call;
    models load on the first use. What is made raises MelodramaError for weights, files and sounds that cannot
    be had."""

    @property
    def settings(self) -> Settings: ...

    @property
    def problem(self) -> str | None:
        """Why no music can be made, in one line; None while nothing is known to be wrong."""
        ...

    @property
    def is_loaded(self) -> bool:
        """Whether the models are there."""
        ...

    def load(self) -> str | None:
        """Load the models now. Gives the problem, or None; never raises."""
        ...

    def analyse(self, asked: Asked, go_on: GoOn) -> Analysed:
        """What the text feels, and the films that are known by now, as curves. Raises Superseded,
        MelodramaError."""
        ...

    def look(self, asked: Asked, go_on: GoOn, announce: Announce | None = None) -> None:
        """Wait until the films that the script names have been looked at; that goes on whether or not
        anybody waits. Raises Superseded."""
        ...

    def explain(self, asked: Asked, line: int, go_on: GoOn) -> "tuple[LineReading, ...]":
        """How the sentences of a source line are read. Raises Superseded, MelodramaError."""
        ...

    def compose(
        self, asked: Asked, go_on: GoOn, announce: Announce | None = None, more_takes: int = 0
    ) -> "Composition":
        """Compose the script, with `more_takes` a cue beyond the settings'. Raises Superseded,
        MelodramaError."""
        ...

    def sound(self, composition: "Composition", go_on: GoOn, announce: Announce | None = None) -> "Sounding":
        """The score played by the sound font, brought to playing loudness; what has been played before is not
        synthesised again. Raises Superseded, MediaError."""
        ...

    def render(
        self, composition: "Composition", target: "Target", go_on: GoOn, announce: Announce | None = None
    ) -> "tuple[FileReport, ...]":
        """Write the files of `target`. Raises OutputError, MediaError, Superseded."""
        ...

    def live_writer(self, script: Asked) -> "PassageWriter":
        """Whoever reads and writes for music that follows while it plays, of the cues of `script`. Loads the
        models. Raises MelodramaError."""
        ...

    def close(self) -> None:
        """Nothing more will be asked for."""
        ...


def one_line(error: Exception) -> str:
    """The first line of what an error says, or its kind where it says nothing."""
    said = str(error).strip().splitlines()
    return said[0] if said else type(error).__name__
