"""The report as JSON, with exactly the names that scripts rely on; more keys may be added, none may go."""

import math
from collections.abc import Sequence
from typing import Any

from dsl.plan_json import finding_json
from engine.report import CueReport, Feeling, Moved, Report
from engine.text.reading import Sentence


def report_json(report: Report, spoken: Sequence[Sentence] = ()) -> dict[str, Any]:
    """`render --json` for one score; `spoken` adds what each sentence was found to feel."""
    return {
        "format": 1,
        "score": report.score,
        "device": report.device,
        "seed": report.seed,
        "weights": report.weights,
        "files": [
            {"path": f.path, "kind": f.kind, "bytes": f.bytes, "sha256": f.sha256} for f in report.files
        ],
        "sound": None
        if report.sound is None
        else {"synthesiser": report.sound[0], "soundfont": report.sound[1]},
        "duration_s": _number(report.duration_s),
        "timings_s": {name: round(seconds, 4) for name, seconds in report.timings_s.items()},
        "cues": [cue_json(cue) for cue in report.cues],
        "sentences": [
            {
                "text": s.reading.text,
                "cue": s.cue,
                "start_s": round(s.start_s, 4),
                "end_s": round(s.end_s, 4),
                "polarity": s.reading.polarity,
                "intensity": round(s.reading.intensity, 4),
                "signed_intensity": round(s.reading.signed_intensity, 4),
                "valence": round(s.reading.valence, 4),
                "arousal": round(s.reading.arousal, 4),
            }
            for s in spoken
        ],
        "findings": [finding_json(finding) for finding in report.findings],
    }


def cue_json(cue: CueReport) -> dict[str, Any]:
    """What is said of one cue."""
    audio = cue.audio
    listened = (
        {} if audio is None else {"audio": {**_feeling(audio.heard), "confidence": _number(audio.confidence)}}
    )
    return {
        "id": cue.id,
        "take": cue.take,
        "takes": cue.takes,
        "target": _feeling(cue.target),
        "heard": _feeling(cue.heard),
        "match": _number(cue.match),
        "confidence": _number(cue.confidence),
        "critic": _number(cue.critic),
        "tempo_bpm": _number(cue.tempo_bpm),
        "key": cue.key,
        "hits": [
            {"name": hit.name, "asked_s": _number(hit.asked_s, 6), "got_s": _number(hit.got_s, 6)}
            for hit in cue.hits
        ],
        "bars": cue.bars,
        "notes": cue.notes,
        "stages": {name: _number(match) for name, match in cue.stages.items()},
        "moved": _moved(cue.moved),
        "form": [
            {"letter": phrase.letter, "bar": phrase.bar, "bars": phrase.bars, "how": phrase.how}
            for phrase in cue.form
        ],
        "motifs": [
            {"name": theme.name, "bar": theme.bar, "bars": theme.bars, "how": theme.how}
            for theme in cue.motifs
        ],
        **listened,
    }


def _feeling(point: Feeling) -> dict[str, float | None]:
    return {"valence": _number(point.valence), "arousal": _number(point.arousal)}


def _moved(moved: Moved | None) -> dict[str, float | None] | None:
    """What optimisation did to the chosen take; null where it is as it was made."""
    if moved is None:
        return None
    return {
        "match_before": _number(moved.match_before),
        "match_after": _number(moved.match_after),
        "distance": _number(moved.distance),
    }


def _number(value: float, digits: int = 4) -> float | None:
    """JSON has no NaN: what could not be measured is null."""
    return round(float(value), digits) if math.isfinite(value) else None
