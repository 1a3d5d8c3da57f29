"""From what cues feel to what is asked of their music: tempo, keys, an intent for every bar, requests.

The tempo comes first, since bars and all that is counted in them follow from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dsl.cue_times import move_cue
from dsl.plan import Key, Plan, PlannedCue
from dsl.refit import refit
from engine.cues import AskedCue, FeltCue
from engine.emotion.felt import felt_curve
from engine.emotion.text_arc import text_arc
from engine.emotion.transfer import Transfer, shipped_transfer
from engine.generate.cue_requests import motif_placements, requests_for, themes_of
from engine.generate.request import MotifPlacement
from engine.music.clock import clock_of
from engine.music.mapping import cue_emotion, intents_for, keys_for, preferred_tempo
from engine.music.palettes import known_style


def asked_of(
    plan: Plan, felt: Sequence[FeltCue], transfer: Transfer | None = None
) -> tuple[Plan, tuple[AskedCue, ...]]:
    """The plan with its tempo fitted to what its cues feel, and what is asked of each of them, as `compose`
    will ask with weights of this `transfer` (None: the shipped). Raises MediaError for a theme's MIDI file
    that cannot be read. Raises WeightsError where the shipped transfer cannot be read."""
    transfer = transfer or shipped_transfer()
    plan, fitted = _fitted(plan, felt, transfer)
    themes = themes_of(plan)
    asked: list[AskedCue] = []
    for one in fitted:
        previous = asked[-1].keys[-1] if asked else None
        last = len(asked) == len(fitted) - 1
        asked.append(_asked_cue(plan, one, themes, previous, last, transfer))
    return plan, tuple(asked)


def _fitted(plan: Plan, felt: Sequence[FeltCue], transfer: Transfer) -> tuple[Plan, list[FeltCue]]:
    """Each cue's tempo map fitted to what it feels, as far as its range allows. Where that moves a cue, what
    it feels moves along, and where it changes the cue's length, its curve ends with the cue."""
    plan = refit(plan, {index: _tempo(plan, one, transfer) for index, one in enumerate(felt)})
    return plan, [_on_the_clock_of(cue, one) for cue, one in zip(plan.cues, felt, strict=True)]


def _on_the_clock_of(cue: PlannedCue, felt: FeltCue) -> FeltCue:
    moved = move_cue(felt, cue.start_s - felt.cue.start_s)
    same = cue.emotion == moved.cue.emotion
    curve = moved.curve if same else felt_curve(cue, text_arc(moved.sentences))
    return replace(moved, cue=cue, curve=curve)


def _tempo(plan: Plan, felt: FeltCue, transfer: Transfer) -> float:
    """The tempo that suits a cue's feeling, in quarter notes a minute."""
    cue = felt.cue
    style = known_style(cue.styles[0].value if cue.styles else "piano", plan.palettes)
    return preferred_tempo(*cue_emotion(cue, felt.curve.at), style, transfer) * cue.tempo_factor


def _asked_cue(
    plan: Plan,
    felt: FeltCue,
    themes: Mapping[str, MotifPlacement],
    previous: Key | None,
    last: bool,
    transfer: Transfer,
) -> AskedCue:
    """Keys that were asked for, else what suits the cue's themes and feeling; intents in these keys;
    requests."""
    cue, curve = felt.cue, felt.curve
    placed = [] if cue.freeze else motif_placements(cue, clock_of(cue), themes)
    keys = keys_for(cue, curve.at, cue.seed, previous, placed, transfer)
    intents = tuple(one.rounded() for one in intents_for(cue, curve.at, keys, transfer=transfer))
    requests = () if cue.freeze else requests_for(plan, cue, intents, keys, themes, last)
    return AskedCue(cue, felt.sentences, curve, keys, intents, requests)
