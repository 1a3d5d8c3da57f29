"""From what is felt to what is asked of the music and what should be heard in it: the constants, which were
measured with certain weights and lie beside them (`transfer.json` in the folders of the text model and the
generator).

How mildly a story is read is the text model's; how music answers to what is asked of it is the generator's,
as the recogniser hears it. `python -m engine.train.transfer_curve` draws all of it
(engine/train/TRANSFER.svg).
"""

import json
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.emotion.asked import Asked, contrasted
from engine.emotion.curve import FeltCurve, WantedCurve
from engine.errors import WeightsError
from engine.weights import SHIPPED

FILE: Final = "transfer.json"


@dataclass(frozen=True, slots=True)
class Transfer:
    """`asked_contrast`, `wanted_contrast`: how far the middle of the scale is stretched for what is asked and
    for what should be heard (`contrasted`). `heard_arousal`: (asked, heard), both ascending: the recogniser's
    arousal of whole cues by what was asked. `allowed_for`: the share 0…1 of that difference that is taken
    back."""

    asked_contrast: float
    wanted_contrast: float
    heard_arousal: tuple[tuple[float, float], ...]
    allowed_for: float

    def asked(self, valence: float, arousal: float) -> Asked:
        """What to ask for so that about this feeling is heard."""
        asked, heard = zip(*self.heard_arousal, strict=True)
        more = float(np.interp(arousal, heard, asked)) - arousal
        return Asked(valence, arousal + self.allowed_for * more, self.asked_contrast)

    def as_felt(self, valence: float, arousal: float) -> Asked:
        """The feeling asked for as it is, nothing allowed for: what keys go by."""
        return Asked(valence, arousal, self.asked_contrast)

    def wanted(self, felt: FeltCurve) -> WantedCurve:
        """What should be recognised in the music where this is felt: the same quadrant, further from neutral.

        Readings of story lines are mild, and music with values near the middle is heard as neutral; choosing
        by the reading itself would prefer, of takes asked for with more contrast, those that show least of
        it."""
        return WantedCurve(
            tuple(
                replace(
                    sample,
                    valence=contrasted(sample.valence, self.wanted_contrast),
                    arousal=contrasted(sample.arousal, self.wanted_contrast),
                )
                for sample in felt.samples
            )
        )


@cache
def shipped_transfer() -> Transfer:
    """The one measured with the shipped weights. Raises WeightsError where its files are missing or
    damaged."""
    return read_transfer(SHIPPED / "text", SHIPPED / "generator")


def read_transfer(text: Path, generator: Path) -> Transfer:
    """The constants beside the weights in these two folders. A folder without any was not measured: then the
    shipped ones count. Raises WeightsError for a file that is no transfer, and where the shipped ones are
    missing."""
    of_text = _table(text, "text", ("asked_contrast", "wanted_contrast"))
    of_generator = _table(generator, "generator", ("heard_arousal", "allowed_for"))
    try:
        pairs = tuple((float(asked), float(heard)) for asked, heard in of_generator["heard_arousal"])
        numbers = [float(of_text["asked_contrast"]), float(of_text["wanted_contrast"])]
        transfer = Transfer(numbers[0], numbers[1], pairs, float(of_generator["allowed_for"]))
    except (TypeError, ValueError) as error:
        raise WeightsError(f"damaged {FILE} in {text} or {generator}: {error}") from error
    if not (_ascends([asked for asked, _ in pairs]) and _ascends([heard for _, heard in pairs])):
        raise WeightsError(f"damaged {generator / FILE}: heard_arousal does not ascend")
    if min(numbers) <= 0.0:
        raise WeightsError(f"damaged {text / FILE}: a contrast is above 0")
    return transfer


def _ascends(values: list[float]) -> bool:
    return len(values) > 1 and all(low < high for low, high in pairwise(values))


def _table(folder: Path, model: str, wanted: tuple[str, ...]) -> dict[str, Any]:
    path = folder / FILE
    if not path.exists() and folder != SHIPPED / model:
        path = SHIPPED / model / FILE
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WeightsError(f"no {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise WeightsError(f"damaged weights: {path} is not JSON ({error})") from error
    if not isinstance(table, dict) or not set(wanted) <= set(table):
        raise WeightsError(f"damaged weights: {path} says nothing of {', '.join(wanted)}")
    return table
