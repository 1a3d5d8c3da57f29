"""The planner: document → plan. Cues one after another on one clock, each with its text, events and tempo
map.

Text and time alone decide; the same document gives the same plan. Once the engine knows what a cue feels,
`refit` gives its tempo map the tempo that suits. Layout by reading time is in `dsl.cue_layout`, pins in
`dsl.placement`, a cue's settings in `dsl.cue_plan`, bars and tempo in `dsl.tempo_fit`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from dsl.cue_ends import SHORTEST_CUE_S, CueEnds, fit_findings, fitted_length_s, free_ends
from dsl.cue_layout import Defaults, default_pace, sketch_cue
from dsl.cue_names import CueIds
from dsl.cue_plan import (
    Laid,
    Voices,
    anchors_of,
    assemble,
    bars_asked,
    lay,
    meters_of,
    tempo_wish,
    voices_of,
    wishes_of,
)
from dsl.cue_sketch import CueSketch
from dsl.cue_targets import with_targets
from dsl.cue_times import move_cue
from dsl.diagnostics import Finding, Span
from dsl.film_clock import FilmClock, counts_drop_frame
from dsl.limits import LONGEST_SCORE_S, MOST_CUES
from dsl.own_readings import feelings_of
from dsl.picture_plan import with_whole_picture
from dsl.placement import Pin, late_pin, place_cue
from dsl.plan import Character, Meter, Motif, MotifNote, Palette, Plan, PlannedCue
from dsl.refit import fit_cached, on_own_clock, refit
from dsl.spoken import VoiceAlignment
from dsl.syntax import (
    BarsDirective,
    CueBlock,
    Document,
    Item,
    LoopDirective,
    TransitionDirective,
)
from dsl.tempo_fit import TempoFit
from dsl.theme_clash import theme_clashes
from dsl.time_findings import clock, finding, length
from dsl.voice_plan import NO_TIME, CueSpeech, cue_speeches, held_by_voice, place_by_voice, voiced_start

__all__ = ["plan_document", "refit"]

SHORTEST_ASKED_S = 0.25
"""What a cue takes at the least before the bars it asks for are laid."""
CLOSING_TAIL_S = 2.0
"""After the last word of the score the music has this long to end, and on to the bar line."""
AFTER_HIT_S = 0.5
"""A hit at the end of a cue still belongs to it: so much music is after it, and the rest of its bar."""
FILM_FRAME_S = 0.02
"""Nearer than this to its moment (or than a film frame, where the rate is given) a hit counts as met."""


@dataclass(slots=True)
class _Kept:
    """What planning one cue's body at one place gave. `body` holds the items, so that their identities stay
    theirs.

    `plans` maps (heading's span, (id, title, seed), last, start, pinned end) to the cue and its findings;
    start None is the cue on its own clock, from which it is moved to wherever it starts.
    """

    body: tuple[Item, ...]
    sketch: CueSketch
    plans: dict[tuple[Any, ...], tuple[PlannedCue, TempoFit, tuple[Finding, ...]]] = field(
        default_factory=dict
    )


@dataclass(frozen=True, slots=True)
class _LastPlan:
    """The last plan's cues by their place and their items' identities, valid for one front matter,
    declarations and seed.

    Parsing keeps the items of lines that did not change, so that after an edit all cues but one are found
    here.
    """

    context: tuple[Any, ...]
    kept: dict[tuple[int, ...], _Kept]


_last_plan = _LastPlan((), {})


def plan_document(
    document: Document,
    folder: Path | str,
    seed: int | None = None,
    title: str | None = None,
    speeches: tuple[VoiceAlignment, ...] = (),
) -> Plan:
    """Plan a document whose score stands in `folder`. `seed` takes the place of its own; `title` where it
    has none. `speeches` are its recordings as somebody has heard them (`@voice`)."""
    return _Planner(document, seed, speeches).plan(str(folder), title)


@dataclass(frozen=True, slots=True)
class _Sketched:
    """A cue on its way: its id and seed, its lines, its sketch, and where it is remembered."""

    cue_id: str
    seed: int
    block: CueBlock
    sketch: CueSketch
    kept: _Kept
    speech: CueSpeech | None = None


class _Planner:
    """One document's planning: the clock, what all cues share, and the findings so far."""

    def __init__(
        self, document: Document, seed: int | None, speeches: tuple[VoiceAlignment, ...] = ()
    ) -> None:
        self.document = document
        self.speeches = speeches
        front = document.front_matter
        self.seed = seed if seed is not None else front.seed if front.seed is not None else 0
        self.film = FilmClock(front.fps, front.start)
        wish = tempo_wish(front.tempo)
        self.defaults = Defaults(
            default_pace(document),
            wish.preferred_bpm,
            front.meter or Meter(),
            front.language or "auto",
            front.tempo,
        )
        self.voices: Voices = voices_of(document)
        self.motifs = _motifs(document)
        self.findings: list[Finding] = []
        self.cue_ends = CueEnds(self.film, self.findings)
        self.context = (front, document.declarations, self.seed, self.defaults)
        self.known = _last_plan.kept if _last_plan.context == self.context else {}
        self.kept: dict[tuple[int, ...], _Kept] = {}

    def plan(self, folder: str, title: str | None) -> Plan:
        blocks = self.document.cues()
        if len(blocks) > MOST_CUES:
            message = f"{len(blocks)} cues are more than the {MOST_CUES} of a score; the rest is left out"
            self.findings.append(finding("E408", message, self.span(blocks[MOST_CUES])))
            blocks = blocks[:MOST_CUES]
        ids = CueIds(blocks)
        sketched: list[_Sketched] = []
        for number, block in enumerate(blocks, 1):
            sketch, kept = self.sketch(block)
            self.findings += sketch.findings
            if sketch.silent:
                message = "this cue has no text, no @bars and no event: nothing to score"
                hint = "write a line of script below it, or say how long it is: @bars 8"
                self.findings.append(finding("W407", message, self.span(block), hint))
            else:
                cue_id = ids.next(block)
                numbered = block.heading is not None and block.heading.number is not None
                # Without a number a cue's music comes of its place, so that its title can be mended.
                seed = _derived_seed(self.seed, cue_id if numbered else f"cue{number}")
                sketched.append(_Sketched(cue_id, seed, block, sketch, kept))
        self.findings += [finding for speech in self.speeches for finding in speech.findings]
        said = {one.cue_id for one in sketched if TransitionDirective in one.sketch.of_cue}
        cues = with_targets(tuple(self.cues(sketched)), said)
        global _last_plan  # one assignment, so that threads see the old plan or the new one
        _last_plan = _LastPlan(self.context, self.kept)
        front = self.document.front_matter
        first_title = next((cue.title for cue in cues if cue.title), "")
        return Plan(
            title=front.title or title or first_title,
            author=front.author,
            language=front.language or "auto",
            seed=self.seed,
            duration_s=cues[-1].end_s if cues else 0.0,
            fps=front.fps,
            film_start_s=self.film.film_start_s,
            output=front.output or (),
            folder=folder,
            cues=with_whole_picture(held_by_voice(free_ends(cues), self.speeches), self.document),
            motifs=self.motifs,
            characters=tuple(
                Character(
                    name, one.directive.motif.text if one.directive.motif else None, one.directive.register
                )
                for name, one in self.document.declarations.characters.items()
            ),
            palettes=tuple(
                Palette(
                    name,
                    one.directive.base.name if one.directive.base else None,
                    tuple((part.role, part.instrument) for part in one.directive.instruments),
                )
                for name, one in self.document.declarations.palettes.items()
            ),
            findings=tuple(self.findings),
            feelings=feelings_of(self.document),
            drop_frame=counts_drop_frame(self.document),
        )

    def sketch(self, block: CueBlock) -> tuple[CueSketch, _Kept]:
        body = self.document.items[block.body.start - 1 : block.body.stop - 1]
        # By its place, too: cues that say the same would take each other's memory away.
        identity = (block.body.start, *map(id, body))
        kept = self.known.get(identity) or _Kept(body, sketch_cue(body, block.body.start, self.defaults))
        self.kept[identity] = kept
        return kept.sketch, kept

    def span(self, block: CueBlock) -> Span:
        return self.document.items[block.line - 1].columns.on(block.line)

    def cues(self, sketched: list[_Sketched]) -> Iterator[PlannedCue]:
        """The cues in order, each starting where the one before it ends, or where it is pinned."""
        start_s = 0.0
        if sketched and (pin := self.cue_ends.pin_of(sketched[0].sketch)) is not None:
            if pin.t_s >= 0.0:
                start_s = pin.t_s
            else:
                self.findings.append(late_pin(pin.span, pin.time, 0.0, "the film starts at", self.film))
        speeches = cue_speeches(self.speeches, [one.block for one in sketched], start_s)
        sketched = [replace(one, speech=speeches.get(one.block.line)) for one in sketched]
        for index, this in enumerate(sketched):
            last = index == len(sketched) - 1
            following = None if last else self.following(this, sketched[index + 1], start_s)
            end, following = self.cue_ends.ends(this.sketch, start_s, following)
            cue = self.cue(this, start_s, end, last)
            if cue.end_s > LONGEST_SCORE_S:
                message = f"the score reaches {clock(cue.end_s)} here; from 24 hours on it is left out"
                hint = "divide it, or ask for an earlier time where one is meant"
                self.findings.append(finding("E408", message, self.span(this.block), hint))
                return
            yield cue
            if end is not None and not end.is_out and end.t_s - cue.end_s > 1e-6:
                message = (
                    f"{length(end.t_s - cue.end_s)} of silence before this cue: the asked bars end earlier"
                )
                self.findings.append(finding("I414", message, end.span))
            start_s = following.t_s if following is not None else cue.end_s

    def following(self, this: _Sketched, later: _Sketched, start_s: float) -> Pin | None:
        """Where the cue after this one is pinned: by the recording where it is spoken in it, else by its
        own `@at`."""
        pin = self.cue_ends.pin_of(later.sketch)
        if later.speech is None or later.speech.zero_s is None:
            return pin
        held, findings = voiced_start(start_s, this.speech, later.speech, later.sketch, pin, self.film)
        self.findings += findings
        return Pin(held, self.span(later.block), pin.time if pin else NO_TIME)

    def cue(self, this: _Sketched, start_s: float, end: Pin | None, last: bool) -> PlannedCue:
        """One cue, from memory where nothing that decides it has changed.

        A cue without pins is planned on its own clock and then moved, remembered or not: the same floats
        come out.
        """
        heading = this.block.heading
        names = (this.cue_id, heading.title if heading else "", this.seed)
        floating = end is None and len(this.sketch.segments) == 1
        if this.speech is not None and this.speech.zero_s is not None:
            floating = False
        key = (self.span(this.block), names, last, None if floating else start_s, end, this.speech)
        known = this.kept.plans.get(key)
        if known is None:
            known = self.planned(this, names, 0.0 if floating else start_s, end, last)
            this.kept.plans[key] = known
        own, fit, findings = known
        cue = own
        if floating:
            at = (*key, start_s)
            moved = this.kept.plans.get(at)
            cue = moved[0] if moved is not None else move_cue(own, start_s)
            this.kept.plans = {key: known, at: (cue, fit, ())}
        self.findings += findings
        self.judge(cue, fit, self.span(this.block))
        return cue

    def planned(
        self,
        this: _Sketched,
        identity: tuple[str, str, int],
        start_s: float,
        end: Pin | None,
        last: bool,
    ) -> tuple[PlannedCue, TempoFit, tuple[Finding, ...]]:
        sketch = this.sketch
        placed = (
            place_cue(sketch, start_s, self.film, end)
            if this.speech is None
            else place_by_voice(sketch, start_s, self.film, end, this.speech)
        )
        is_out = end is not None and end.is_out
        findings = list(placed.findings)
        laid = lay(sketch, placed, self.voices)
        bars = bars_asked(sketch)
        free_s = max(placed.text_end_s - start_s, SHORTEST_ASKED_S)
        if bars is None:
            closing = CLOSING_TAIL_S if last and LoopDirective not in sketch.of_cue else 0.0
            accents = [event.t_s - start_s + AFTER_HIT_S for event in laid.events if event.kind == "hit"]
            free_s = max([free_s + closing, SHORTEST_CUE_S, *accents])
        by_reading = this.speech is None
        fitted_s = fitted_length_s(sketch, placed, laid) if end is None and by_reading else None
        pinned_s = fitted_s if end is None else end.t_s - start_s
        fit = self.fit(laid, free_s, pinned_s, bars, is_out)
        if bars is not None and fit.short_s > 0.005:
            late = f"{bars} bars end {length(fit.short_s)} before the text does, at the slowest tempo allowed"
            findings.append(finding("W406", f"{late}; more bars are laid", sketch.of_cue[BarsDirective].span))
            bars = None
            fit = self.fit(laid, free_s, pinned_s, bars, is_out)
        cue = assemble(self.document, sketch, laid, fit, identity, self.span(this.block), bars)
        if fitted_s is not None or is_out:
            cue = replace(cue, end_free=False, end_pinned=is_out)
        if end is None and by_reading:
            findings += fit_findings(sketch, placed, laid, cue.end_s)
        if this.speech is not None:
            cue = replace(cue, voices=this.speech.voice(start_s))
        findings += theme_clashes(cue, self.motifs)
        return cue, fit, tuple(findings)

    def fit(
        self, laid: Laid, free_s: float, pinned_s: float | None, bars: int | None, is_out: bool = False
    ) -> TempoFit:
        """The bars and tempo of one cue, on its own clock: of the length that is pinned, or of `free_s` at
        least. `is_out`: no bars that were asked for may end it earlier."""
        anchors = anchors_of(laid)

        def fitted(duration_s: float, free_end: bool) -> TempoFit:
            end_s = laid.start_s + duration_s
            wishes = on_own_clock(wishes_of(self.document, laid, end_s), laid.start_s)
            meters = on_own_clock(meters_of(self.document, laid, end_s), laid.start_s)
            whole = (wishes[0].value.low_bpm, wishes[0].value.high_bpm)
            return fit_cached(
                duration_s, free_end, meters, whole, wishes[0].value.preferred_bpm, anchors, bars, wishes
            )

        if pinned_s is None:
            return fitted(free_s, True)
        exact = fitted(pinned_s, False)
        if bars is None or is_out or (exact.out_of_range_bpm is None and exact.bars_missed == 0):
            return exact
        # The bars asked for do not fill the time at any tempo allowed: end early where they can.
        free = fitted(free_s, True)
        return free if free.duration_s < pinned_s and free.short_s == 0.0 else exact

    def judge(self, cue: PlannedCue, fit: TempoFit, span: Span) -> None:
        """Say what the fit could not meet."""
        if any(abs(miss) > 1e-3 for miss in fit.hit_misses_s):
            tolerance = max(FILM_FRAME_S, 1.0 / self.film.fps if self.film.fps else 0.0)
            hits = [event for event in cue.events if event.kind == "hit"]
            for event, miss in zip(hits, fit.hit_misses_s, strict=True):
                if abs(miss) <= 1e-3:
                    continue
                way = "later" if miss > 0 else "earlier"
                moment = f"this hit at {self.film.written(event.t_s)}"
                message = f"the nearest place on the grid is {length(abs(miss))} {way} than {moment}"
                hint = "widen the cue's tempo range, or move the hit"
                code = "W404" if abs(miss) > tolerance else "I404"
                self.findings.append(finding(code, message, event.span, hint))
        bars = cue.bars_asked
        if fit.out_of_range_bpm is not None:
            low, high = cue.tempo_range
            asked = f"{low:g}" if low == high else f"{low:g}..{high:g}"
            reached = f"the tempo goes to {fit.out_of_range_bpm:.1f}"
            message = f"to end at {self.film.written(cue.end_s)} {reached} where {asked} is the range"
            self.findings.append(finding("W405", message, span, "widen the range, or change the @at or @fit"))
        if bars is not None and fit.bars_missed:
            between = f"between {self.film.written(cue.start_s)} and {self.film.written(cue.end_s)}"
            message = f"{bars} bars do not fit {between}; there are {fit.bars}"
            self.findings.append(finding("W406", message, span))


def _derived_seed(seed: int, cue_id: str) -> int:
    """A seed for a cue from the file's: the same on every machine, another for every cue, 31 bits."""
    digest = hashlib.sha256(f"{seed}\n{cue_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") & 0x7FFFFFFF


def _motifs(document: Document) -> tuple[Motif, ...]:
    found: list[Motif] = []
    for name, one in document.declarations.motifs.items():
        directive = one.directive
        notes = None
        if directive.notes is not None:
            notes = tuple(MotifNote(note.pitches, note.beats) for note in directive.notes.notes)
        file = None
        if directive.file is not None:
            beside = PurePosixPath(one.file).parent if one.file else PurePosixPath()
            file = str(beside / directive.file.value)
        found.append(Motif(name, notes, directive.seed, file, one.span, directive.exact))
    return tuple(found)
