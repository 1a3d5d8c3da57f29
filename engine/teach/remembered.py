"""Explanations kept with the renders: what was explained once under the same score, seed, weights and program
is not composed again."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from dsl.named_files import named_files
from dsl.score_file import read_bytes
from engine.cache import Kept, render_key, user_cache
from engine.teach.explanation import Explanation
from engine.weights import SHIPPED

_NAME = "explanations"


@dataclass(frozen=True, slots=True)
class Asking:
    """All that decides what is explained, beside the score at `path` and the program."""

    path: Path
    seed: int | None
    takes: int
    device: str
    weights: str | None


def recall(asking: Asking) -> tuple[Explanation, ...] | None:
    """What was kept; None where there is nothing, or nothing that can be trusted."""
    cache, key = user_cache(), _key(asking)
    kept = None if cache is None or key is None else cache.load(key)
    if kept is None:
        return None
    try:
        return msgspec.convert(kept.report[_NAME], tuple[Explanation, ...])
    except (KeyError, msgspec.ValidationError):
        return None


def keep(asking: Asking, explanations: Sequence[Explanation]) -> None:
    """Keep them; never fails."""
    cache, key = user_cache(), _key(asking)
    if cache is not None and key is not None:
        cache.keep(key, Kept({_NAME: msgspec.to_builtins(tuple(explanations))}, ()))


def _key(asking: Asking) -> str | None:
    data, _ = read_bytes(asking.path)
    if data is None:
        return None
    options = {
        "what": _NAME,
        "seed": asking.seed,
        "takes": asking.takes,
        "device": asking.device,
        "weights": asking.weights,
    }
    stamped = [SHIPPED]
    if asking.weights and asking.weights != "debug":
        stamped = [Path(asking.weights)]
    try:
        return render_key(asking.path, data, named_files(data, asking.path.parent), options, stamped)
    except OSError:
        return None
