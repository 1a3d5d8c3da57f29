"""The door: a recording and its script → when each line is spoken. What was found once is kept by content.

Light to import; numpy comes when there is something to hear.
"""

import contextlib
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from dsl.diagnostics import Finding, warning
from dsl.include import locate
from dsl.plan_json import finding_json, finding_of
from dsl.spoken import SpokenLine, VoiceAlignment, VoiceScript
from engine.errors import MediaError, MelodramaError
from engine.user_folders import cache_folder

FORMAT: Final = 2
"""Goes up when lines would be laid otherwise: what was kept before is then made anew."""


def listen(script: VoiceScript, folder: Path) -> VoiceAlignment | None:
    """When the lines of `script` are spoken in its recording, which lies in `folder`; None where there is no
    such file, or nobody speaks in it that could be understood. What is wrong is in its findings."""
    place = locate(folder, script.path)
    if isinstance(place, str) or not script.lines:
        return None
    try:
        status = place.stat()
        if not place.is_file():
            return None
    except OSError:
        return None
    return _of_file(script, place, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _of_file(script: VoiceScript, place: Path, _size: int, _changed: int) -> VoiceAlignment:
    try:
        with place.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return _unread(script, f"{script.path} cannot be read: {error.strerror or error}")
    kept = _place(script, digest)
    known = _kept(kept, script)
    if known is None:
        try:
            known = _heard(script, place)
        except MediaError as error:
            return _unread(script, str(error).replace(str(place), script.path))
        _keep(kept, known)
    return known


def _unread(script: VoiceScript, why: str) -> VoiceAlignment:
    message = f"{why}; its lines are laid by reading time."
    found = warning("W541", message, script.span, "Export the recording again.")
    return VoiceAlignment(script.path, script.span, script.whole, 0.0, (0.0, 0.0), (), (found,))


def _heard(script: VoiceScript, place: Path) -> VoiceAlignment:
    # Deferred: scores without a voice need none of numpy.
    from engine.speech.activity import FRAME_S, activity_of
    from engine.speech.expected import clauses_of
    from engine.speech.laying import lay_script
    from engine.speech.voice_file import read_voice
    from engine.speech.voice_findings import file_findings, laid_findings, no_speech

    voice = read_voice(place)
    heard = activity_of(voice.samples)
    clauses = clauses_of(script.lines)
    laid = lay_script(script.lines, voice.samples, heard)
    findings: list[Finding] = file_findings(script, voice)
    if laid is None:
        findings.append(no_speech(script))
        lines: tuple[SpokenLine, ...] = ()
    else:
        findings += laid_findings(script, laid)
        at = {line: [c.at for c in clauses if c.line == line] for line in {c.line for c in clauses}}
        lines = tuple(
            SpokenLine(
                script.lines[one.line].line,
                round(one.start_s, 3),
                round(one.end_s, 3),
                round(one.confidence, 3),
                tuple(
                    (place_, round(t_s, 3)) for place_, t_s in zip(at[one.line], one.clauses_s, strict=True)
                )[1:],
            )
            for one in laid.aligned.lines
        )
    speech = tuple(round(frame * FRAME_S, 3) for frame in heard.speech)
    return VoiceAlignment(
        script.path,
        script.span,
        script.whole,
        round(voice.length_s, 6),
        (speech[0], speech[1]),
        lines,
        tuple(findings),
    )


# --------------------------------------------------------------------------------------- what has been kept


def _place(script: VoiceScript, digest: str) -> Path | None:
    """Where the alignment of this recording with this script is kept. Findings name lines of the score, so
    that where lines stand counts, too."""
    import os

    if os.environ.get("MELODRAMA_CACHE", "").lower() == "off":
        return None
    words = json.dumps(
        [FORMAT, _compared(), digest, script.path, repr(script.span), [repr(line) for line in script.lines]]
    )
    name = hashlib.sha256(words.encode()).hexdigest()
    try:
        return cache_folder() / "voices" / f"{name}.json"
    except RuntimeError:  # a user without a home
        return None


def _compared() -> bool:
    """Whether recordings can be compared with a synthetic reading: they are laid otherwise then."""
    from engine.speech.synthetic_reading import synthesiser

    return synthesiser() is not None


def _kept(place: Path | None, script: VoiceScript) -> VoiceAlignment | None:
    """What was kept; whatever is wrong with it, it is made anew."""
    if place is None:
        return None
    try:
        stored: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        lines = tuple(
            SpokenLine(
                int(line), float(a), float(b), float(sure), tuple((int(c), float(t)) for c, t in words)
            )
            for line, a, b, sure, words in stored["lines"]
        )
        return VoiceAlignment(
            script.path,
            script.span,
            script.whole,
            float(stored["length_s"]),
            (float(stored["speech_s"][0]), float(stored["speech_s"][1])),
            lines,
            tuple(finding_of(one) for one in stored["findings"]),
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def _keep(place: Path | None, found: VoiceAlignment) -> None:
    if place is None:
        return
    from engine.render.files import write_atomic

    said = {
        "length_s": found.length_s,
        "speech_s": found.speech_s,
        "lines": [[one.line, one.start_s, one.end_s, one.confidence, one.words] for one in found.lines],
        "findings": [finding_json(one) for one in found.findings],
    }
    with contextlib.suppress(OSError, MelodramaError):
        write_atomic(place, json.dumps(said).encode())
