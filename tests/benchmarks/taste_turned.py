"""What turning takes towards a liking brings: `python -m tests.benchmarks.taste_turned`, minutes.

The listeners of `tests.benchmarks.taste` have made their choices; in cues that they never heard takes are
made and turned as the workstation does, with the weights that ship. What a turned take is worth to its
listener, and how it matches, is held against the take that it is a turn of, and the first of all takes
against the first of the plain ones.
"""

import argparse
import sys
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.generate.turned import base_of
from engine.match.choice import ChosenCue
from engine.match.liking import Liking
from engine.models import Models
from engine.music.mapping import cue_emotion
from engine.taste.model import Taste
from engine.taste.traits import standard_traits
from tests.benchmarks.taste import PooledCue, Utility, listeners, pooled_cues, ranked, taught
from tests.benchmarks.taste_takes import TAKES, measured_cue, source_of, tried_cue

CUES: Final = 3
"""Cues a listener."""


@dataclass(frozen=True, slots=True)
class TurnedTake:
    """What a turned take has more than the take it is a turn of: liking, in shares of the way from chance to
    the best of sixteen, and match."""

    liking: float
    match: float


@dataclass(frozen=True, slots=True)
class TurnedCue:
    """The first take's liking in the same shares and its match: without turned takes, and with them; whether
    it is one of them."""

    turned: tuple[TurnedTake, ...]
    plain: tuple[float, float]
    both: tuple[float, float]
    is_turned: bool


def turned_cue(place: int, utility: Utility, taste: Taste, models: Models) -> TurnedCue:
    """The cue at `place` of the table, for one listener."""
    style, source = source_of(place)
    width = sum(models.generator.networks.config.codec.latents)

    def turns(cue: ChosenCue) -> tuple[int, ...]:
        liking = Liking(taste, taste, style, *cue_emotion(cue.cue, cue.curve.at), width)
        by_index = {opinion.index: opinion.match for opinion in cue.choice.opinions}
        return liking.turns(cue.choice, [by_index[n] for n in range(len(by_index))], cue.cue.seed)

    plan, cue = tried_cue(source, models, turns)
    own = measured_cue(plan, cue, style, models, None)
    pooled = PooledCue(
        style,
        (float(own.asked[0]), float(own.asked[1])),
        np.array([standard_traits(row) for row in own.traits]),
        own.image,
        own.match,
        own.match,
    )
    liked = utility(pooled)
    numbers = cue.choice.numbers
    plain = [n for n, number in enumerate(numbers) if number <= TAKES]
    chance = liked[plain].mean()
    best = max(float(liked[plain].max() - chance), 1e-9)
    shares = (liked - chance) / best
    order = ranked(pooled, taste)
    first, among = order[0], ranked_plain(pooled, plain, taste)[0]
    made = tuple(
        TurnedTake(
            float(shares[n] - shares[numbers.index(base_of(number))]),
            float(own.match[n] - own.match[numbers.index(base_of(number))]),
        )
        for n, number in enumerate(numbers)
        if number > TAKES
    )
    return TurnedCue(
        made,
        (float(shares[among]), float(own.match[among])),
        (float(shares[first]), float(own.match[first])),
        first not in plain,
    )


def ranked_plain(pooled: PooledCue, plain: list[int], taste: Taste) -> list[int]:
    """The plain takes by match and liking, as if there were no others."""
    tables = (pooled.traits, pooled.image, pooled.match, pooled.match)
    alone = PooledCue(pooled.style, pooled.asked, *(table[plain] for table in tables))
    return [plain[n] for n in ranked(alone, taste)]


def main(argv: list[str] | None = None) -> int:
    """Listen, turn, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=20)
    parser.add_argument("--cues", type=int, default=CUES, help="cues a listener")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(argv)
    cues, models = pooled_cues(), Models("cpu", remembers=True)
    found: list[TurnedCue] = []
    for number, utility in enumerate(listeners(cues, arguments.listeners, arguments.seed)):
        rng = np.random.default_rng([arguments.seed, number])
        order = rng.permutation(len(cues))
        cut = len(cues) * 3 // 5
        taste = taught(utility, [cues[n] for n in order[:cut]], rng)
        for place in order[cut : cut + arguments.cues]:
            found.append(turned_cue(int(place), utility, taste, models))
        print(f"listener {number + 1}", *table(found), sep="\n", file=sys.stderr, flush=True)
    print("\n".join(table(found)))
    return 0


def table(found: list[TurnedCue]) -> list[str]:
    """What to print."""
    turned = [take for one in found for take in one.turned]

    def told(values: list[float]) -> str:
        return f"{np.mean(values):+.3f} ± {np.std(values):.3f}"

    share = np.mean([c.is_turned for c in found])
    return [
        f"{len(found)} cues, {len(turned)} turned takes; liking: 0 chance, 1 best of the {TAKES} plain takes",
        f"a turned take beside the one it is a turn of: liking {told([t.liking for t in turned])}, "
        f"better in {np.mean([t.liking > 0 for t in turned]):.0%}; match {told([t.match for t in turned])}",
        f"first take without turned ones: liking {told([c.plain[0] for c in found])}, "
        f"match {told([c.plain[1] for c in found])}",
        f"first take with them: liking {told([c.both[0] for c in found])}, "
        f"match {told([c.both[1] for c in found])}; a turned one in {share:.0%}",
        f"gain of the first: liking {told([c.both[0] - c.plain[0] for c in found])}, "
        f"match {told([c.both[1] - c.plain[1] for c in found])}",
    ]


if __name__ == "__main__":
    sys.exit(main())
