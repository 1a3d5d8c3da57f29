"""The one path from a plan to a score, for the command line and the app alike.

text emotion → curve of each cue → tempo fitted to what it feels → intents → takes → arranged and judged, the
best few moved and judged again → the take that matches best → arrangement. Models load when first needed
and stay. Progress goes out by a callback; nothing here prints or writes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dsl.diagnostics import Finding, Severity
from dsl.plan import Key, Plan, PlannedCue
from dsl.planner import refit
from engine.arrange.arrange import arrange
from engine.arrange.draft import CueMusic
from engine.composition import Composition
from engine.generate.cue_requests import known_style, motif_placements, requests_for, theme_key, themes_of
from engine.generate.request import MotifPlacement, Request
from engine.match.choose import (
    DEFAULT_RECIPE,
    Choice,
    Offer,
    Recipe,
    Sections,
    choose,
    improve,
    ordered,
    task_of,
    timed,
    with_offers,
)
from engine.match.finished import Finishing
from engine.match.performed import performed_cue
from engine.match.ranking import judge
from engine.media.findings import midi_findings
from engine.models import Models
from engine.music.clock import clock_of
from engine.music.emotion_curve import ArcPoint, EmotionCurve, emotion_curve
from engine.music.intent import Intent
from engine.music.mapping import cue_emotion, intents_for, keys_for, preferred_tempo
from engine.music.score import Score
from engine.report import CueReport, Feeling, HitReport
from engine.text.arc import arc
from engine.text.overrule import readings_of
from engine.text.reading import Sentence
from engine.text.script import script_sentences
from engine.theme_findings import theme_findings

if TYPE_CHECKING:
    pass

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, all)."""
DEFAULT_TAKES = 8


def analyse(
    plan: Plan, models: Models, progress: Progress | None = None, explain: bool = False
) -> tuple[Sentence, ...]:
    """Read every sentence of the script, all in one pass. Raises WeightsError, and what `progress` raises."""
    heard = script_sentences(plan)
    if not heard:
        return ()
    reading_progress = (lambda done, count: progress("reading", done, count)) if progress else None
    readings = readings_of(models.text, heard, explain=explain, progress=reading_progress)
    return tuple(
        Sentence(s.cue, s.start_s, s.end_s, reading) for s, reading in zip(heard, readings, strict=True)
    )


def curves_of(plan: Plan, spoken: Sequence[Sentence]) -> tuple[EmotionCurve, ...]:
    """The emotion curve of each cue: the text's arc under the directives."""
    curves = []
    for index, cue in enumerate(plan.cues):
        own = [s for s in spoken if s.cue == index]
        curves.append(emotion_curve(cue, text_arc(own)))
    return tuple(curves)


def text_arc(spoken: Sequence[Sentence]) -> list[ArcPoint]:
    """The smoothed arc of some sentences: each holds its feeling over the middle of its time and turns at its
    ends."""
    points: list[ArcPoint] = []
    middles = arc([s.reading for s in spoken], [(s.start_s + s.end_s) / 2 for s in spoken])
    for sentence, (_, valence, arousal) in zip(spoken, middles, strict=True):
        margin = 0.2 * (sentence.end_s - sentence.start_s)
        points.append((sentence.start_s + margin, valence, arousal))
        points.append((sentence.end_s - margin, valence, arousal))
    return points


def compose(
    plan: Plan,
    models: Models,
    takes: int = DEFAULT_TAKES,
    progress: Progress | None = None,
    recipe: Recipe | None = DEFAULT_RECIPE,
) -> Composition:
    """Plan → finished score and what is to be said of it.

    `takes` candidates a cue are made and the best match is chosen, or the one that `@take` names; the best
    few are then moved by `recipe` (None: left as they were made).

    Raises WeightsError when a model cannot be read, and MediaError when a file that the plan names cannot: a
    temp track, a theme's MIDI file, a frozen take. Whatever `progress` raises stops the work and comes
    through.
    """
    timings: dict[str, float] = {}
    with timed("temp", timings):
        plan = with_temp_tracks(plan)
    with timed("text", timings):
        spoken = analyse(plan, models, progress) if _needs_text(plan) else ()
        curves = curves_of(plan, spoken)
    with timed("plan", timings):
        plan = fitted(plan, curves)
        plan = replace(plan, findings=(*plan.findings, *midi_findings(plan)))
        keys, intents, requests = _asked(plan, curves)
        tasks = [task_of(*each) for each in zip(plan.cues, curves, intents, requests, strict=True)]
    share_done = (lambda share: progress("composing", round(100 * share), 100)) if progress else None
    chosen = choose(tasks, takes, models, models.memory, timings, share_done)
    finishing = Finishing(plan, curves, keys, tasks, models.recogniser, models.memory)
    chosen = _chosen(chosen, finishing, models, recipe, timings)
    with timed("arrange", timings):
        music = [
            CueMusic(cue, task.intents, cue_keys, choice.sections)
            for cue, task, cue_keys, choice in zip(plan.cues, tasks, keys, chosen, strict=True)
        ]
        score = arrange(plan, music)
    plan = _with_remarks(replace(plan, findings=(*plan.findings, *theme_findings(plan, requests))), score)
    with timed("judge", timings):
        reports = tuple(
            _report(score, index, cue, curve, choice, takes, models)
            for index, (cue, curve, choice) in enumerate(zip(plan.cues, curves, chosen, strict=True))
        )
    matches = tuple(_matches(choice, report) for choice, report in zip(chosen, reports, strict=True))
    unmoved = tuple(choice.unmoved if recipe is not None else frozenset() for choice in chosen)
    return Composition(plan, spoken, curves, score, reports, timings, matches, unmoved)


def _matches(choice: Choice, report: CueReport) -> tuple[tuple[int, float], ...]:
    """(number, match) of every take, the chosen one first and with the report's own figure."""
    return tuple(
        (number, match if place else report.match) for place, (number, match) in enumerate(choice.matches)
    )


def _chosen(
    choices: Sequence[Choice],
    finishing: Finishing,
    models: Models,
    recipe: Recipe | None,
    timings: dict[str, float],
) -> list[Choice]:
    """The choices by what is heard of them once they are arranged, the best few moved by `recipe`."""
    tasks, named = finishing.tasks, [task.cue.take for task in finishing.tasks]
    following = [*[choice.candidates[0] if choice.candidates else () for choice in choices][1:], ()]

    def matches(index: int, made: list[tuple[object, Sections]]) -> tuple[float, ...]:
        return finishing.matches(index, made, following[index])

    with timed("judge", timings):
        heard = [
            ordered(choice, matches(n, list(zip(choice.numbers, choice.candidates, strict=True))), named[n])
            for n, choice in enumerate(choices)
        ]
    if recipe is None:
        return heard
    offers = improve(tasks, heard, models, models.memory, recipe, timings)
    with timed("judge", timings):
        return [
            with_offers(choice, own, matches(n, _made(choice, own, recipe)), named[n])
            for n, (choice, own) in enumerate(zip(heard, offers, strict=True))
        ]


def _made(choice: Choice, offers: Sequence[Offer], recipe: Recipe) -> list[tuple[object, Sections]]:
    """Offers with what they are made from: the take's number, the recipe, which of its strengths."""
    return [
        ((choice.numbers[offer.index], recipe, place), offer.sections) for place, offer in enumerate(offers)
    ]


def _with_remarks(plan: Plan, score: Score) -> Plan:
    """The plan with what could not be arranged as asked among its findings."""
    if not score.remarks:
        return plan
    span = plan.cues[0].span
    found = tuple(
        Finding("W520", Severity.WARNING, f"{said[:1].upper()}{said[1:]}.", span) for said in score.remarks
    )
    return replace(plan, findings=(*plan.findings, *found))


def with_temp_tracks(plan: Plan) -> Plan:
    """The plan with the cues that name a temp track following it. Raises MediaError."""
    if not any(cue.temp for cue in plan.cues):
        return plan
    # Deferred: librosa takes seconds to load, and few scores have a temp track.
    from engine.hear.temp_track import followed

    return followed(plan)


def requests_of(
    plan: Plan, curves: Sequence[EmotionCurve]
) -> list[tuple[tuple[Intent, ...], tuple[tuple[int, Request], ...]]]:
    """Intents, one a bar, and requests of every cue of a fitted plan. Raises MediaError as `keys_of` does."""
    _, intents, requests = _asked(plan, curves)
    return list(zip(intents, requests, strict=True))


def keys_of(plan: Plan, curves: Sequence[EmotionCurve]) -> list[tuple[Key, ...]]:
    """The key of every bar of every cue of a fitted plan, as `compose` will have it. Raises MediaError for
    a theme's MIDI file that cannot be read."""
    return _keys(plan, curves, themes_of(plan))


def _asked(
    plan: Plan, curves: Sequence[EmotionCurve]
) -> tuple[list[tuple[Key, ...]], list[tuple[Intent, ...]], list[tuple[tuple[int, Request], ...]]]:
    """Keys and intents, one a bar, and requests of every cue of a fitted plan."""
    themes = themes_of(plan)
    keys = _keys(plan, curves, themes)
    intents = [
        intents_for(cue, curve.at, cue_keys)
        for cue, curve, cue_keys in zip(plan.cues, curves, keys, strict=True)
    ]
    return keys, intents, _requests(plan, intents, keys, themes)


def fitted(plan: Plan, curves: Sequence[EmotionCurve]) -> Plan:
    """The plan with each cue's tempo map fitted to what it feels, as far as its range allows."""
    return refit(plan, _tempos(plan, curves))


def _needs_text(plan: Plan) -> bool:
    return any(segment.source != "directive" for cue in plan.cues for segment in cue.emotion)


def _tempos(plan: Plan, curves: Sequence[EmotionCurve]) -> dict[int, float]:
    """The tempo that suits each cue's feeling, in quarter notes a minute."""
    tempos = {}
    for index, (cue, curve) in enumerate(zip(plan.cues, curves, strict=True)):
        style = known_style(cue.styles[0].value if cue.styles else "piano", plan.palettes)
        tempos[index] = preferred_tempo(*cue_emotion(cue, curve.at), style) * cue.tempo_factor
    return tempos


def _keys(
    plan: Plan, curves: Sequence[EmotionCurve], themes: Mapping[str, MotifPlacement]
) -> list[tuple[Key, ...]]:
    """The key of every bar of every cue: asked ones, else what suits the cue's themes and feeling."""
    keys: list[tuple[Key, ...]] = []
    for cue, curve in zip(plan.cues, curves, strict=True):
        placed = [] if cue.freeze else motif_placements(cue, clock_of(cue), themes)
        previous = keys[-1][-1] if keys else None
        keys.append(keys_for(cue, curve.at, cue.seed, previous, partial(theme_key, placed)))
    return keys


def _requests(
    plan: Plan,
    intents: Sequence[tuple[Intent, ...]],
    keys: Sequence[tuple[Key, ...]],
    themes: Mapping[str, MotifPlacement],
) -> list[tuple[tuple[int, Request], ...]]:
    """Requests of each cue; a frozen cue asks for nothing."""
    return [
        ()
        if cue.freeze
        else requests_for(plan, cue, cue_intents, cue_keys, themes, last=index == len(plan.cues) - 1)
        for index, (cue, cue_intents, cue_keys) in enumerate(zip(plan.cues, intents, keys, strict=True))
    ]


def _report(
    score: Score,
    index: int,
    cue: PlannedCue,
    curve: EmotionCurve,
    choice: Choice,
    takes: int,
    models: Models,
) -> CueReport:
    """What came of a cue, judged on the finished score."""
    judgement = judge(cue, curve, performed_cue(score, index), models.recogniser)
    own = score.cues[index]
    opinions, moved = choice.opinions, choice.chosen_moved
    stages = {}
    if opinions:
        stages["first_take"] = choice.first_match
        stages["chosen_take"] = moved.match_before if moved else opinions[0].match
    if moved:
        stages["optimised"] = moved.match_after
    stages["arranged"] = judgement.match
    return CueReport(
        id=own.id,
        take=own.take,
        takes=takes if opinions else 0,
        target=Feeling(*judgement.target),
        heard=Feeling(*judgement.heard),
        match=judgement.match,
        confidence=judgement.confidence,
        critic=opinions[0].critic if opinions else 0.0,
        tempo_bpm=round(60.0 * (own.end_beat - own.start_beat) / max(own.end_s - own.start_s, 1e-6), 3),
        key=str(own.key),
        hits=_hits(score, cue),
        bars=cue.bars,
        notes=sum(own.start_s <= n.start_s < own.end_s for t in score.tracks for n in t.notes),
        stages=stages,
        moved=moved,
    )


def _hits(score: Score, cue: PlannedCue) -> tuple[HitReport, ...]:
    """Each hit and the note onset nearest to it that was in fact written."""
    onsets = sorted({note.start_s for track in score.tracks for note in track.notes})
    hits = []
    for event in cue.events:
        if event.kind == "hit":
            got = min(onsets, key=lambda t: abs(t - event.t_s), default=float("nan"))
            hits.append(HitReport(event.name, event.t_s, got))
    return tuple(hits)
