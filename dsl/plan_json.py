"""Plans as JSON: the shape that `plan --json` prints, and a lossless form of every field and back.

`plan_json` is for scripts: stable names, spans as objects, the emotion only where it is known.
`plan_to_dict` and `plan_from_dict` keep everything; `plan_meaning` leaves out where things stand in the
source.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from dsl.diagnostics import Finding, Severity, Span
from dsl.plan import Plan, PlannedCue

FORMAT = 1
EmotionReading = tuple[float, float, float, str]
"""A point of a cue's emotion as heard by the text model: t_s, valence, arousal, source."""

Chosen = tuple[str, int | None]
"""A cue's key and take as the engine chose them; None for a take that is not known yet."""


def plan_json(
    plan: Plan,
    curves: Sequence[Sequence[EmotionReading]] | None = None,
    chosen: Sequence[Chosen] | None = None,
) -> dict[str, Any]:
    """What `plan --json` prints. `curves` fills in each cue's emotion (one sequence a cue) where a model
    has read, `chosen` its key and take where the engine has chosen."""
    return {
        "format": FORMAT,
        "title": plan.title,
        "duration_s": _rounded(plan.duration_s),
        "cues": [
            cue_json(
                cue, None if curves is None else curves[index], None if chosen is None else chosen[index]
            )
            for index, cue in enumerate(plan.cues)
        ],
        "findings": [finding_json(finding) for finding in plan.findings],
    }


def tempo_is_provisional(cue: PlannedCue) -> bool:
    """Whether bars and tempo may still change once the engine knows what the cue feels."""
    return cue.tempo_range[0] < cue.tempo_range[1]


def cue_json(
    cue: PlannedCue, curve: Sequence[EmotionReading] | None = None, chosen: Chosen | None = None
) -> dict[str, Any]:
    """A cue as `plan --json` and the report give it; `curve` is what is felt over time, `chosen` (key,
    take) what came of composing."""
    key = None if cue.keys[0].value is None else str(cue.keys[0].value)
    key, take = (key, cue.take) if chosen is None else chosen
    return {
        "id": cue.id,
        "title": cue.title,
        "start_s": _rounded(cue.start_s),
        "end_s": _rounded(cue.end_s),
        "style": cue.styles[0].value,
        "key": key,
        "meter": str(cue.meters[0].value),
        "bars": cue.bars,
        "tempo_provisional": curve is None and tempo_is_provisional(cue),
        "tempo_map": [[_rounded(point.t_s), _rounded(point.bpm)] for point in cue.tempo_map],
        "seed": cue.seed,
        "take": take,
        "loop": cue.loop,
        "transition": cue.transition.kind,
        "transitions": [{"to": one.to, "kind": one.kind} for one in cue.leads_to],
        "layers": cue.layers,
        "voices": [
            {"path": voice.path, "start_s": _rounded(voice.start_s), "end_s": _rounded(voice.end_s)}
            for voice in cue.voices
        ],
        "lines": [
            {
                "text": line.text,
                "speaker": line.speaker,
                "start_s": _rounded(line.start_s),
                "end_s": _rounded(line.end_s),
                "confidence": None if line.confidence is None else _rounded(line.confidence),
                "span": span_json(line.span),
            }
            for line in cue.lines
        ],
        "emotion": [
            {
                "t_s": _rounded(t_s),
                "valence": _rounded(valence),
                "arousal": _rounded(arousal),
                "source": str(source),
            }
            for t_s, valence, arousal, source in (_asked_emotion(cue) if curve is None else curve)
        ],
        "events": [
            {
                "type": event.kind,
                "t_s": _rounded(event.t_s),
                "name": event.name,
                "span": span_json(event.span),
            }
            for event in cue.events
        ],
    }


def _rounded(value: float) -> float:
    """To a millionth: what people and diffs read should not end in rounding dust."""
    return round(value, 6)


def _asked_emotion(cue: PlannedCue) -> list[EmotionReading]:
    """The points that directives set: a segment's start, and its end where it is another."""
    points: list[EmotionReading] = []
    for segment in cue.emotion:
        if segment.start is None or segment.end is None:
            continue
        points.append((segment.start_s, segment.start.valence, segment.start.arousal, segment.source))
        if segment.end != segment.start:
            points.append((segment.end_s, segment.end.valence, segment.end.arousal, segment.source))
    return points


def span_json(span: Span) -> dict[str, int]:
    """Where in the source: lines and columns from 1, the end exclusive."""
    return {
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as `check --format json` and `plan --json` print it."""
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "hint": finding.hint,
        "span": span_json(finding.span),
    }


def finding_of(value: Mapping[str, Any]) -> Finding:
    """The finding that `finding_json` has written, without its fix. Raises KeyError, TypeError or ValueError
    for another value."""
    span = Span(*(int(value["span"][name]) for name in ("line", "column", "end_line", "end_column")))
    return Finding(value["code"], Severity(value["severity"]), value["message"], span, value["hint"])


def plan_meaning(plan: Plan) -> dict[str, Any]:
    """What a plan says without where it says it: equal for two texts that mean the same. No spans, no
    findings."""
    meaning = _plain(plan, spans=False)
    assert isinstance(meaning, dict)
    del meaning["findings"]
    return meaning


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """Every field, in JSON's own types; `plan_from_dict` gives the same plan back."""
    whole = _plain(plan, spans=True)
    assert isinstance(whole, dict)
    return whole


def plan_from_dict(data: Mapping[str, Any]) -> Plan:
    """The plan that `plan_to_dict` wrote. Raises ValueError for anything else."""
    try:
        plan = _typed(data, Plan, {})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a plan: {error!r}") from error
    assert isinstance(plan, Plan)
    return plan


def _plain(value: Any, spans: bool) -> Any:
    if isinstance(value, Severity):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(one, spans) for one in value]
    if is_dataclass(value):
        return {
            one.name: _plain(getattr(value, one.name), spans)
            for one in fields(value)
            if spans or one.name != "span"
        }
    return value


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _typed(data: Any, kind: Any, bound: Mapping[Any, Any]) -> Any:
    """Build a value of an annotated type; `bound` says what type variables stand for (Setting[Meter])."""
    if isinstance(kind, TypeVar):
        kind = bound[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if data is None:
            return None
        (kind,) = (one for one in arguments if one is not types.NoneType)
        return _typed(data, kind, bound)
    if origin is Literal:
        if data not in arguments:
            raise ValueError(f"not a plan: {data!r} is none of {arguments}")
        return data
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_typed(one, arguments[0], bound) for one in data)
        return tuple(_typed(one, part, bound) for one, part in zip(data, arguments, strict=True))
    if origin is not None:
        parameters = getattr(origin, "__parameters__", ())
        return _typed(data, origin, dict(zip(parameters, arguments, strict=True)))
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{one.name: _typed(data[one.name], hints[one.name], bound) for one in fields(kind)})
    if kind is float and isinstance(data, int | float) and not isinstance(data, bool):
        return float(data)
    if isinstance(kind, type) and issubclass(kind, Severity):
        return Severity(data)
    if not isinstance(data, kind):
        raise ValueError(f"not a plan: {data!r} is no {kind.__name__}")
    return data
