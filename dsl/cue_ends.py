"""Where cues end: what pins a cue's end (its own `@out`, the next cue's `@at`, an `@fit` on its last
paragraph), and what of it cannot be met.
"""

from dataclasses import dataclass, replace

from dsl.cue_plan import Laid
from dsl.cue_sketch import CueSketch, Place
from dsl.diagnostics import Finding
from dsl.film_clock import FilmClock
from dsl.placement import Pin, Placed, late_pin
from dsl.plan import PlannedCue
from dsl.syntax import AtDirective, OutDirective
from dsl.time_findings import finding, length

SHORTEST_CUE_S = 4.0
"""A cue that is free to be longer is not shorter than this: a bar or two, enough to be heard as music."""
SHORTEST_PINNED_S = 1.0
"""A cue that the next one cuts off gets this much, or the cut is refused."""
_NEVER_HEARD_S = 2e-6
"""A moment counts as met within this; what is asked for in its place is written to a millionth."""
LEAST_AFTER_HIT_S = 0.1
"""Where an @fit says when the cue ends, an accent this long before it is still heard."""


@dataclass(frozen=True, slots=True)
class CueEnds:
    """Reads pins on the film's clock; what cannot be met goes to `findings`."""

    film: FilmClock
    findings: list[Finding]

    def pin_of(self, sketch: CueSketch) -> Pin | None:
        """Where a cue's own `@at` wants it to start."""
        pin = sketch.segments[0].pin
        if pin is None or not isinstance(pin.directive, AtDirective):
            return None
        time = pin.directive.time
        return Pin(self.film.seconds(time), pin.span, time)

    def out_of(self, sketch: CueSketch) -> Pin | None:
        """Where a cue's `@out` wants it to end."""
        out = sketch.of_cue.get(OutDirective)
        if out is None or not isinstance(out.directive, OutDirective):
            return None
        time = out.directive.time
        return Pin(self.film.seconds(time), out.span, time, is_out=True)

    def ends(self, sketch: CueSketch, start_s: float, following: Pin | None) -> tuple[Pin | None, Pin | None]:
        """What ends a cue that starts at `start_s`, and where the next one is pinned: its `@out` or, without
        one, the next cue's `@at`; what leaves no time is not met."""
        out = self.out_of(sketch)
        if out is not None:
            out = self.possible_end(sketch, start_s, out)
        if following is not None:
            following = self.possible_end(sketch, start_s, following, quiet=out is not None)
        if out is not None and following is not None and following.t_s < out.t_s - 1e-6:
            begins = self.film.earliest(following.t_s, out.time)
            message = f"the next cue begins at {begins}, before this cue's end"
            hint = f"ask for {begins} or earlier, or move the next @at"
            self.findings.append(finding("E418", message, out.span, hint))
            out = None
        return out or following, following

    def possible_end(self, sketch: CueSketch, start_s: float, end: Pin, quiet: bool = False) -> Pin | None:
        """A moment at which the cue shall end, unless it leaves the cue no time."""
        pins = [
            self.film.seconds(s.pin.directive.time)
            for s in sketch.segments[1:]
            if s.pin and isinstance(s.pin.directive, AtDirective)
        ]
        earliest = max([start_s, *pins]) + SHORTEST_PINNED_S
        if end.t_s >= earliest - _NEVER_HEARD_S:
            if end.t_s < start_s + SHORTEST_CUE_S and not quiet:
                message = f"only {length(end.t_s - start_s)} of music before this moment"
                self.findings.append(finding("I415", message, end.span))
            return end
        why = (
            "this cue can end no earlier than" if end.is_out else "the cue before it can end no earlier than"
        )
        self.findings.append(late_pin(end.span, end.time, earliest, why, self.film))
        return None


def fitted_length_s(sketch: CueSketch, placed: Placed, laid: Laid) -> float | None:
    """Length of a cue whose last paragraph has an `@fit`: it ends with that paragraph, to the moment. None
    where nothing says so, and where `runs_on` has a reason why it cannot."""
    if not _ends_fitted(sketch) or runs_on(sketch, placed, laid) is not None:
        return None
    return placed.text_end_s - laid.start_s


def runs_on(sketch: CueSketch, placed: Placed, laid: Laid) -> str | None:
    """Why a cue goes on after the `@fit` of its last paragraph: an accent at the very end that needs to be
    heard, or less time than a cue takes. None where it need not."""
    if not _ends_fitted(sketch):
        return None
    length_s = placed.text_end_s - laid.start_s
    if length_s < SHORTEST_PINNED_S:
        return f"the shortest cue lasts {length(SHORTEST_PINNED_S)}"
    struck = max((event.t_s - laid.start_s for event in laid.events if event.kind == "hit"), default=0.0)
    return "a hit at its very end is heard out" if struck > length_s - LEAST_AFTER_HIT_S else None


def fit_findings(sketch: CueSketch, placed: Placed, laid: Laid, end_s: float) -> list[Finding]:
    """What is to be said of a cue that ends at `end_s` (seconds of the score) and whose last paragraph has
    an `@fit`."""
    if not _ends_fitted(sketch):
        return []
    span, over = sketch.fits[-1].moment.span, end_s - placed.text_end_s
    why = runs_on(sketch, placed, laid)
    if why is not None and over > 1e-3:
        hint = "end the cue by @out, or give the paragraph more time"
        return [finding("I420", f"the cue goes on {length(over)} after its @fit: {why}", span, hint)]
    if end_s - laid.start_s < SHORTEST_CUE_S - 1e-6:
        return [finding("I415", f"only {length(end_s - laid.start_s)} of music in this cue", span)]
    return []


def _ends_fitted(sketch: CueSketch) -> bool:
    """Whether the cue's text ends with a paragraph that has an `@fit`."""
    last = Place(len(sketch.segments) - 1, sketch.segments[-1].natural_s)
    return bool(sketch.fits) and sketch.fits[-1].end == last


def free_ends(cues: tuple[PlannedCue, ...]) -> tuple[PlannedCue, ...]:
    """Leave `end_free` to the cues whose ends nothing pins: those after which no `@at` or `@out` stands
    anywhere."""
    free: list[PlannedCue] = []
    pinned_later = False
    for cue in reversed(cues):
        free.append(replace(cue, end_free=False) if pinned_later else cue)
        pinned_later = pinned_later or cue.end_pinned or any(event.kind == "at" for event in cue.events)
    return tuple(reversed(free))
