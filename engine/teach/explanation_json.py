"""An explanation as JSON, with exactly the names that scripts rely on; more keys may be added, none go."""

import math
from typing import Any

from engine.report import Feeling
from engine.teach.explanation import Explanation
from engine.teach.parameters import ParameterName
from engine.teach.shares import ParameterShare
from engine.teach.smallest import SmallestChange


def explanation_json(one: Explanation) -> dict[str, Any]:
    """One cue of `why --json`. `parameters` are the strongest first; `value` and `neutral` are numbers in the
    units that `unit` names, for the mode words. `effect` and `share` are null where the finished notes could
    not be changed that way."""
    shares = one.shares
    return {
        "id": one.id,
        "title": one.title,
        "start_s": _number(one.start_s),
        "end_s": _number(one.end_s),
        "style": one.style,
        "key": one.key,
        "felt": {
            **_feeling(one.felt),
            "words": [
                {"word": word.word, "weight": _number(word.weight), "polarity": word.polarity}
                for word in one.words
            ],
            "by_directive": _number(one.written_share),
        },
        "heard": None
        if shares is None
        else {**_feeling(shares.heard), "confidence": _number(shares.confidence)},
        "match": _number(one.match),
        "parameters": [] if shares is None else [_parameter(share) for share in shares.parameters],
        "together": None if shares is None else _feeling(shares.together),
        "harmony": [
            {
                "bar": read.bar,
                "beat": _number(read.beat),
                "numeral": read.numeral.figure,
                "function": read.numeral.function,
                "key": str(read.key),
            }
            for read in one.harmony
        ],
        "cadences": [
            {"bar": cadence.bar, "beat": _number(cadence.beat), "kind": cadence.kind}
            for cadence in one.cadences
        ],
        "form": [{"letter": p.letter, "bar": p.bar, "bars": p.bars, "how": p.how} for p in one.form],
        "motifs": [{"name": m.name, "bar": m.bar, "bars": m.bars, "how": m.how} for m in one.motifs],
        "changes": [_change(change) for change in one.changes],
        "unsaid": list(one.unsaid),
    }


UNITS: dict[ParameterName, str] = {
    "mode": "major|minor",
    "tempo": "bpm",
    "register": "midi",
    "density": "onsets/quarter",
    "dynamics": "velocity",
    "articulation": "played/written",
    "dissonance": "share",
    "percussion": "strokes/quarter",
}
"""What each parameter is counted in."""


def _parameter(share: ParameterShare) -> dict[str, Any]:
    return {
        "name": share.name,
        "value": _value(share.name, share.value),
        "neutral": _value(share.name, share.neutral),
        "unit": UNITS[share.name],
        "effect": None if share.effect is None else _feeling(share.effect),
        "share": None if share.share is None else _feeling(share.share),
    }


def _change(change: SmallestChange) -> dict[str, Any]:
    return {
        "towards": change.towards,
        "change": change.name,
        "from": _value(change.name, change.value),
        "to": _value(change.name, change.changed),
        "predicted": _feeling(change.predicted),
        "measured": _feeling(change.measured),
        "reaches": change.reaches,
    }


def _value(name: ParameterName, value: float) -> float | str | None:
    if name == "mode":
        return "major" if value > 0 else "minor"
    return _number(value)


def _feeling(point: Feeling) -> dict[str, float | None]:
    return {"valence": _number(point.valence), "arousal": _number(point.arousal)}


def _number(value: float) -> float | None:
    """JSON has no NaN: what could not be measured is null."""
    return round(float(value), 4) + 0.0 if math.isfinite(value) else None
