"""The takes that the taste benchmark's listeners hear: `python -m tests.benchmarks.taste_takes`, minutes.

Six feelings in each style, sixteen takes each, arranged, heard, and moved towards what was asked as they are
when they are tried; what each is like goes to `tests/engine/taste/takes.npz`. With the `eval` sets at hand
(`--data`) an outside judge that no take is chosen by says how well each suits, too.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from dsl.plan import Plan
from dsl.score_file import plan_source
from dsl.vocabulary import STYLES
from engine.arrange.arrange import arrange
from engine.asking import asked_of
from engine.match.candidates import with_candidates
from engine.match.choice import DEFAULT_RECIPE, ChosenCue, ordered, with_offers
from engine.match.finished import Finishing
from engine.match.improve import improve
from engine.match.performed import performed_cue
from engine.match.take_traits import measured_traits
from engine.models import Models
from engine.music.mapping import cue_emotion
from engine.pipeline import felt_cues
from engine.taste.image import image_of
from engine.taste.traits import TRAITS
from engine.train.outside_opinions import CORNERS, fitted_outside_recogniser, opinion_of
from engine.train.outside_recogniser import OutsideRecogniser

Floats = npt.NDArray[np.float64]

TABLE: Final = Path(__file__).parents[1] / "engine" / "taste" / "takes.npz"
TAKES: Final = 16
FEELINGS: Final = ((0.7, 0.6), (-0.7, 0.6), (-0.7, -0.5), (0.6, -0.5), (0.3, 0.1), (-0.2, 0.0))
"""Valence and arousal asked: the four quadrants, a mild and a dull one."""


@dataclass(frozen=True, slots=True)
class MeasuredCue:
    """The takes of a cue: raw traits [N, T], images [N, 8], match [N], the outside judge's valence and
    arousal [N, 2] (NaN without one); valence and arousal asked [2]; the style."""

    style: str
    asked: Floats
    traits: Floats
    image: Floats
    match: Floats
    outside: Floats


def cue_source(style: str, feeling: tuple[float, float], seed: int) -> str:
    """A score of one cue."""
    v, a = feeling
    return (
        f"melodrama: 1\ntitle: Taste\nstyle: {style}\nseed: {seed}\n---\n# A Cue\n@emotion v={v} a={a}\n"
        "@fit 24s\nHe walked along the road.\nThe road went on.\n"
    )


def tried_cue(
    source: str, models: Models, turns: Callable[[ChosenCue], tuple[int, ...]] | None = None
) -> tuple[Plan, ChosenCue]:
    """A score's only cue with its takes, each tried; `turns` names others to make beside them, by what the
    cue's takes are before any is moved."""
    plan = plan_source(source.encode(), Path("taste.score")).plan
    assert plan is not None
    plan, asked = asked_of(plan, felt_cues(plan, ()), models.transfer)
    generator, memory, timings = models.generator, models.memory, dict[str, float]()

    def judged(more: tuple[int, ...]) -> tuple[ChosenCue, Finishing]:
        made = with_candidates(
            asked, TAKES, generator, models.recogniser, models.transfer, memory, timings, more=[more]
        )
        finishing = Finishing(plan, made, models.recogniser, memory, True)
        return ordered(made[0], finishing.of_candidates(0)), finishing

    cue, finishing = judged(())
    more = turns(cue) if turns is not None else ()
    if more:
        cue, finishing = judged(more)
    everything = [tuple(range(len(cue.choice.numbers)))]
    offers = improve((cue,), generator, models.soft_recogniser, memory, DEFAULT_RECIPE, timings, everything)
    return plan, with_offers(cue, offers[0], finishing.of_offers(0, offers[0], DEFAULT_RECIPE))


def measured_cue(
    plan: Plan, cue: ChosenCue, style: str, models: Models, judge: OutsideRecogniser | None
) -> MeasuredCue:
    """What the takes of a tried cue are like."""
    choice = cue.choice
    by_index = {opinion.index: opinion.match for opinion in choice.opinions}
    width = sum(models.generator.networks.config.codec.latents)
    wanted = cue_emotion(cue.cue, cue.curve.at)
    scores = [arrange(plan, [cue.with_take(sections)]) for sections in choice.candidates]
    played = [performed_cue(score, 0) for score in scores]
    raw = [
        measured_traits(music, wanted, (each.valence, each.arousal))
        for music, each in zip(played, models.recogniser.hear(played), strict=True)
    ]
    said = np.full((len(scores), 2), np.nan)
    if judge is not None:
        said = np.array([opinion_of(judge, score, 0) @ np.array(CORNERS) for score in scores])
    return MeasuredCue(
        style,
        np.array(wanted),
        np.array([[own.get(trait.name, np.nan) for trait in TRAITS] for own in raw]),
        np.array([image_of([s.take.latent for s in own], width) for own in choice.candidates]),
        np.array([by_index[n] for n in range(len(scores))]),
        said,
    )


def source_of(place: int) -> tuple[str, str]:
    """The style and the score of the cue at a place of the table."""
    row, n = divmod(place, len(FEELINGS))
    style = tuple(STYLES)[row]
    return style, cue_source(style, FEELINGS[n], 100 * row + n + 1)


def measured_cues(models: Models, judge: OutsideRecogniser | None) -> Iterator[MeasuredCue]:
    """All cues of all styles."""
    for place in range(len(STYLES) * len(FEELINGS)):
        style, source = source_of(place)
        yield measured_cue(*tried_cue(source, models), style, models, judge)
        print(f"{place + 1} {style}", file=sys.stderr, flush=True)


def main(argv: list[str] | None = None) -> int:
    """Compose, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the outside judge's sets (…/data/music/eval)")
    parser.add_argument("--cache", type=Path, help="folder that keeps what was measured of them")
    parser.add_argument("-o", "--out", type=Path, default=TABLE)
    arguments = parser.parse_args(argv)
    judge = fitted_outside_recogniser(arguments.data, arguments.cache) if arguments.data else None
    found = list(measured_cues(Models("cpu"), judge))
    np.savez_compressed(
        arguments.out,
        style=np.array([one.style for one in found]),
        **{
            name: np.array([getattr(one, name) for one in found]).astype(np.float32)
            for name in ("asked", "traits", "image", "match", "outside")
        },
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
