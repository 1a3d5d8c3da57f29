"""Taste on simulated listeners: `python -m tests.benchmarks taste`.

Takes are real: sixteen each of sixty cues, six feelings in every style, moved towards what was asked as they
are when they are tried; what they are like was measured once (`tests.benchmarks.taste_takes`). Twenty
listeners have hidden preferences: ten a weighted sum of four traits, four one of which half turns round with
the valence asked, six with thresholds, with a middle that they like best, or with traits that count together:
no form that the model has. In each of twenty cues a listener hears the first takes of the list and keeps one,
with noise; then the first of the list is looked at in cues that were never heard.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.match.ranking import match_at
from engine.taste.choices import OfferedTake, TasteChoice
from engine.taste.model import NO_TASTE, Taste, learnt_from, terms_of
from engine.taste.order import MARGIN, exploring, places
from engine.taste.traits import TRAITS, standard_traits

Floats = npt.NDArray[np.float64]
Utility = Callable[["PooledCue"], Floats]

TABLE: Final = Path(__file__).parents[1] / "engine" / "taste" / "takes.npz"
CHOICES: Final = 20
HEARD: Final = 8
LEARNT_EVERY: Final = 5
"""Choices in one sitting, after which the lists have another order."""
NOISE: Final = 0.5
"""Of a choice: a Gumbel variable of this width beside liking of standard deviation 1. Of two takes that
differ by one such deviation the better one is kept in .88 of the choices."""


@dataclass(frozen=True, slots=True)
class PooledCue:
    """Sixteen takes of a cue: traits [16, T], images [16, 8], match [16], and the same as an outside judge
    hears it, who has no part in choosing [16]; what was asked, and its style."""

    style: str
    asked: tuple[float, float]
    traits: Floats
    image: Floats
    match: Floats
    outside: Floats

    def offered(self) -> list[OfferedTake]:
        """The takes as the workstation offers them."""
        return [
            OfferedTake(tuple(traits), tuple(image), float(match), False)
            for traits, image, match in zip(
                self.traits.tolist(), self.image.tolist(), self.match.tolist(), strict=True
            )
        ]

    def terms(self) -> Floats:
        """As `engine.taste.model` wants them: [16, SIZE]."""
        return np.array([terms_of(take, self.style, *self.asked) for take in self.offered()])


def pooled_cues() -> list[PooledCue]:
    """All cues of the table."""
    with np.load(TABLE, allow_pickle=False) as table:
        own = {name: table[name] for name in table.files}
    return [
        PooledCue(
            str(own["style"][n]),
            (float(own["asked"][n, 0]), float(own["asked"][n, 1])),
            np.array([standard_traits(row) for row in own["traits"][n]]),
            own["image"][n].astype(np.float64),
            own["match"][n].astype(np.float64),
            np.array([match_at(float(d)) for d in ((own["outside"][n] - own["asked"][n]) ** 2).sum(axis=1)]),
        )
        for n in range(len(own["style"]))
    ]


def listeners(cues: list[PooledCue], count: int = 20, seed: int = 0) -> list[Utility]:
    """Hidden preferences of `count` listeners (at most 20, of every kind in the same shares), each of a
    standard deviation of 1 among the takes of a cue."""
    rng = np.random.default_rng(seed)
    return [_scaled(_listener(number * 20 // count, rng), cues) for number in range(count)]


def _listener(kind: int, rng: np.random.Generator) -> Utility:
    few = rng.choice(len(TRAITS), 4, replace=False)
    sign = rng.choice([-1.0, 1.0], 4) * rng.uniform(0.5, 1.5, 4)
    place = rng.normal(0.0, 0.7, 4)

    def linear(cue: PooledCue) -> Floats:
        return np.asarray(cue.traits[:, few] @ sign)

    def by_feeling(cue: PooledCue) -> Floats:
        turned = np.where(np.arange(4) < 2, np.sign(cue.asked[0] + 1e-9), 1.0)
        return np.asarray(cue.traits[:, few] @ (sign * turned))

    def threshold(cue: PooledCue) -> Floats:
        return np.asarray((cue.traits[:, few] * np.sign(sign) > place) @ np.abs(sign))

    def middle(cue: PooledCue) -> Floats:
        apart = np.abs(cue.traits[:, few[:2]] - place[:2]) @ np.abs(sign[:2])
        return np.asarray(cue.traits[:, few[2:]] @ sign[2:] - apart)

    def together(cue: PooledCue) -> Floats:
        own = cue.traits[:, few]
        return np.asarray(own @ sign + own[:, 0] * own[:, 1] - own[:, 2] * own[:, 3])

    kinds = [linear] * 10 + [by_feeling] * 4 + [threshold] * 2 + [middle] * 2 + [together] * 2
    return kinds[kind]


def _scaled(utility: Utility, cues: list[PooledCue]) -> Utility:
    spread = float(np.sqrt(np.mean([utility(cue).var() for cue in cues]))) or 1.0
    return lambda cue: utility(cue) / spread


def nobody(cue: PooledCue) -> Floats:
    """A listener without preferences."""
    return np.zeros(len(cue.match))


def taught(
    utility: Utility, cues: list[PooledCue], rng: np.random.Generator, choices: int = CHOICES
) -> Taste:
    """What is learnt from a listener's choices, one in each of the first cues."""
    made: list[TasteChoice] = []
    taste = NO_TASTE
    for n in range(choices):
        cue = cues[n % len(cues)]
        heard = listed(cue, taste)[:HEARD]
        felt = utility(cue)[heard] + NOISE * rng.gumbel(size=len(heard))
        offered = cue.offered()
        takes = tuple(OfferedTake(offered[k].traits, offered[k].image, offered[k].match, True) for k in heard)
        made.append(TasteChoice("kept", cue.style, *cue.asked, takes, int(felt.argmax())))
        if len(made) % LEARNT_EVERY == 0 or len(made) == choices:
            taste = learnt_from(made)
    return taste


def listed(cue: PooledCue, taste: Taste) -> list[int]:
    """The takes in the order in which the list shows them."""
    terms = cue.terms()
    order = ranked(cue, taste, terms)
    return order if taste.knows_nothing else exploring(order, taste.surprise(terms))


def ranked(cue: PooledCue, taste: Taste, terms: Floats | None = None) -> list[int]:
    """The takes by match and liking."""
    own = places(cue.match.tolist(), taste.liking(cue.terms() if terms is None else terms))
    return sorted(range(len(own)), key=lambda k: (own[k], -cue.match[k]))


@dataclass(frozen=True, slots=True)
class Reached:
    """How far from chance (0) to the best of sixteen (1) the first take is liked, in cues never heard: by
    taste alone, by match and taste, by match alone, by chance, and as far as the margin allows at best;
    and the match that is given up for it, on average, at worst, and as an outside judge hears it."""

    taste: float
    both: float
    match: float
    chance: float
    ceiling: float
    given_up: float
    worst: float
    outside: float


def reached(utility: Utility, taste: Taste, cues: list[PooledCue], rng: np.random.Generator) -> Reached:
    """Of one listener, over `cues`."""
    sums, lost, outside = np.zeros(6), [], []
    for cue in cues:
        liked = utility(cue) - utility(cue).mean()
        both, plain = ranked(cue, taste)[0], ranked(cue, NO_TASTE)[0]
        alone = int(np.argmax(taste.liking(cue.terms())))
        allowed = cue.match >= cue.match.max() - MARGIN
        any_one = int(rng.integers(len(liked)))
        sums += [liked[alone], liked[both], liked[plain], liked[any_one], liked[allowed].max(), liked.max()]
        lost.append(float(cue.match.max() - cue.match[both]))
        outside.append(float(cue.outside[plain] - cue.outside[both]))
    shares = sums[:5] / max(float(sums[5]), 1e-9)
    return Reached(
        *(float(share) for share in shares), float(np.mean(lost)), max(lost), float(np.mean(outside))
    )


def simulated(count: int = 20, choices: int = CHOICES, seed: int = 0) -> tuple[list[Reached], list[Reached]]:
    """What is reached with `count` listeners, and with half as many who have no preferences: three fifths of
    the cues are listened to, the others are for measuring."""
    cues = pooled_cues()
    found: list[Reached] = []
    for number, utility in enumerate([*listeners(cues, count, seed), *[nobody] * (count // 2)]):
        rng = np.random.default_rng([seed, number])
        order = rng.permutation(len(cues))
        cut = len(cues) * 3 // 5
        taste = taught(utility, [cues[n] for n in order[:cut]], rng, choices)
        found.append(reached(utility, taste, [cues[n] for n in order[cut:]], rng))
    return found[:count], found[count:]


def taste() -> None:
    """Print what is reached, with the spread over listeners."""
    listening, without = simulated()
    print(f"{len(listening)} listeners, {CHOICES} choices, one of {HEARD} takes each; 0 chance, 1 best of 16")
    for name, what in (
        ("taste", "first by taste alone (target .60)"),
        ("both", f"first by match and taste (match at most {MARGIN:g} lower)"),
        ("ceiling", "the most that this margin allows"),
        ("match", "first by match alone"),
        ("chance", "any take"),
    ):
        values = np.array([getattr(one, name) for one in listening])
        print(f"{what:<50} {values.mean():6.2f} ± {values.std():.2f}")
    for name, group in (("with", listening), ("without", without)):
        lost = np.array([one.given_up for one in group])
        worst = max(one.worst for one in group)
        print(
            f"match given up {name} preferences: {lost.mean():.3f} ± {lost.std():.3f}, at worst {worst:.3f};"
            f" as an outside judge hears it {np.mean([one.outside for one in group]):+.3f}"
        )
