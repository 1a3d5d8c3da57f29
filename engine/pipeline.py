"""The one path from a plan to a score, for the command line and the app alike. It reads downwards, one room
after another:

    Plan ─▶ temp tracks followed (hear), films looked at (picture) ─▶ sentences read (text) ─▶ FeltCue
    ─▶ tempo, keys, intents, requests (asking) ─▶ AskedCue
    ─▶ takes made, arranged, heard; moved and heard again (match) ─▶ ChosenCue
    ─▶ arranged (arrange) ─▶ Score, reports

Models load when first needed and stay. Progress goes out by a callback; nothing here prints or writes.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dsl.diagnostics import Finding, Severity
from dsl.plan import Plan
from engine.arrange.arrange import arrange
from engine.asking import asked_of
from engine.composition import ComposedCue, Composition
from engine.cues import AskedCue, FeltCue
from engine.emotion.curve import FeltCurve
from engine.emotion.felt import felt_curve
from engine.emotion.text_arc import text_arc
from engine.match.choice import DEFAULT_RECIPE, ChosenCue, Recipe
from engine.match.choose import Parts, choose, liking_of
from engine.match.cue_report import cue_report
from engine.media.findings import midi_findings
from engine.models import Models
from engine.music.score import Score
from engine.progress import Progress, counted, shared
from engine.taste.model import Taste
from engine.text.overrule import readings_of
from engine.text.reading import Sentence
from engine.text.script import script_sentences
from engine.theme_findings import theme_findings
from engine.timings import timed

if TYPE_CHECKING:
    from engine.picture.follow import Look

DEFAULT_TAKES = 8


def compose(
    plan: Plan,
    models: Models,
    takes: int = DEFAULT_TAKES,
    progress: Progress | None = None,
    recipe: Recipe | None = DEFAULT_RECIPE,
    taste: Taste | None = None,
) -> Composition:
    """Plan → finished score and what is to be said of it.

    `takes` candidates a cue are made and the best match is chosen, or the one that `@take` names; the best
    few are then moved by `recipe` (None: left as they were made). With a `taste`, takes that match nearly as
    well as the best are chosen by liking, and each cue's `offer` tells what its takes are like.

    Raises WeightsError when a model cannot be read, and MediaError when a file that the plan names cannot: a
    temp track, a theme's MIDI file, a frozen take. Whatever `progress` raises stops the work and comes
    through.
    """
    timings: dict[str, float] = {}
    with timed("temp", timings):
        plan = with_temp_tracks(plan)
    with timed("picture", timings):
        plan = with_pictures(plan, progress)
    with timed("text", timings):
        felt = felt_cues(plan, analyse(plan, models, progress) if _needs_text(plan) else ())
    with timed("plan", timings):
        plan, asked = asked_of(plan, felt, models.transfer)
        found = (*midi_findings(plan), *theme_findings(plan, asked))
    parts = _parts(models, asked, recipe, taste)
    chosen = choose(plan, asked, takes, parts, recipe, timings, shared(progress, "composing"))
    with timed("arrange", timings):
        score = arrange(plan, [cue.music for cue in chosen])
    with timed("judge", timings):
        composed = tuple(
            _composed(score, index, cue, takes, parts, plan, recipe) for index, cue in enumerate(chosen)
        )
    plan = replace(plan, findings=(*plan.findings, *found, *_remarks(plan, score)))
    return Composition(plan, score, composed, timings)


def with_temp_tracks(plan: Plan) -> Plan:
    """The plan with the cues that name a temp track following it. Raises MediaError."""
    if not any(cue.temp for cue in plan.cues):
        return plan
    # Deferred: librosa takes seconds to load, and few scores have a temp track.
    from engine.hear.temp_track import followed

    return followed(plan)


def with_pictures(plan: Plan, progress: Progress | None = None, look: "Look | None" = None) -> Plan:
    """The plan with the cues that name a film (`@picture`) knowing its pace; `look` gives what is seen in
    one, where it should not be looked at here and now. Raises what `progress` raises."""
    if not any(cue.picture for cue in plan.cues):
        return plan
    # Deferred: few scores name a film.
    from engine.picture.follow import followed_films
    from engine.picture.spotted import spotted_film

    return followed_films(plan, progress, look or spotted_film)


def analyse(
    plan: Plan, models: Models, progress: Progress | None = None, explain: bool = False
) -> tuple[Sentence, ...]:
    """Read every sentence of the script, all in one pass. Raises WeightsError, and what `progress` raises."""
    heard = script_sentences(plan)
    if not heard:
        return ()
    readings = readings_of(
        models.text,
        heard,
        explain=explain,
        progress=counted(progress, "reading"),
        people=[character.name for character in plan.characters],
    )
    return tuple(
        Sentence(s.cue, s.start_s, s.end_s, reading) for s, reading in zip(heard, readings, strict=True)
    )


def felt_cues(plan: Plan, spoken: Sequence[Sentence]) -> tuple[FeltCue, ...]:
    """What each cue feels: the text's arc under the directives."""
    felt = []
    for index, cue in enumerate(plan.cues):
        own = tuple(s for s in spoken if s.cue == index)
        felt.append(FeltCue(cue, own, felt_curve(cue, text_arc(own))))
    return tuple(felt)


def curves_of(plan: Plan, spoken: Sequence[Sentence]) -> tuple[FeltCurve, ...]:
    """The emotion curve of each cue."""
    return tuple(felt.curve for felt in felt_cues(plan, spoken))


def _needs_text(plan: Plan) -> bool:
    return any(segment.source != "directive" for cue in plan.cues for segment in cue.emotion)


def _parts(models: Models, asked: Sequence[AskedCue], recipe: Recipe | None, taste: Taste | None) -> Parts:
    """What choosing needs, and no model that it does not: a score of frozen cues loads no generator."""
    makes = any(cue.requests for cue in asked)
    return Parts(
        models.generator if makes else None,
        models.recogniser,
        models.soft_recogniser if recipe is not None else None,
        models.transfer,
        models.memory,
        taste,
        models.tastes,
    )


def _composed(
    score: Score, index: int, cue: ChosenCue, takes: int, parts: Parts, plan: Plan, recipe: Recipe | None
) -> ComposedCue:
    report = cue_report(score, index, cue, takes, parts.recogniser)
    # The chosen take has the report's own figure: it is the one on the finished score.
    others = cue.choice.matches[1:]
    matches = ((cue.choice.matches[0][0], report.match), *others) if cue.choice.matches else ()
    unmoved = cue.choice.unmoved if recipe is not None else frozenset()
    liking = liking_of(cue, plan, parts)
    offer = liking.on_offer(cue.choice) if liking is not None else None
    return ComposedCue(cue.sentences, cue.curve, report, matches, unmoved, offer)


def _remarks(plan: Plan, score: Score) -> tuple[Finding, ...]:
    """What could not be arranged as asked."""
    return tuple(
        Finding("W520", Severity.WARNING, f"{said[:1].upper()}{said[1:]}.", plan.cues[0].span)
        for said in score.remarks
    )
