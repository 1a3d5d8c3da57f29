"""The door: a recording and its script → when each line is spoken. What was found once is kept by content.

Light to import; numpy comes when there is something to hear.
"""

import contextlib
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dsl.diagnostics import Finding, Span, warning
from dsl.include import locate
from dsl.spoken import ScriptLine, SpokenLine, VoiceAlignment, VoiceScript
from engine.errors import MediaError, MelodramaError
from engine.user_folders import cache_folder

if TYPE_CHECKING:
    from engine.speech.heard_voice import HeardVoice

FORMAT: Final = 3
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
    try:
        heard = _heard(_Words.of(script), place, _digest(place, status.st_size, status.st_mtime_ns))
    except OSError as error:
        return _unread(script, f"{script.path} cannot be read: {error.strerror or error}")
    except MediaError as error:
        return _unread(script, str(error).replace(str(place), script.path))
    return _alignment(script, heard)


@lru_cache(maxsize=64)
def _digest(place: Path, _size: int, _changed: int) -> str:
    with place.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class _Words:
    """What of a script a recording is laid along. Where its lines stand in the score does not matter: an edit
    elsewhere leaves what was found."""

    lines: tuple[tuple[str, bool], ...]

    @staticmethod
    def of(script: VoiceScript) -> "_Words":
        return _Words(tuple((line.text, line.begins_paragraph) for line in script.lines))

    def script_lines(self) -> tuple[ScriptLine, ...]:
        return tuple(
            ScriptLine(n + 1, text, None, begins, Span(n + 1, 1, n + 1, 1))
            for n, (text, begins) in enumerate(self.lines)
        )


@lru_cache(maxsize=64)
def _heard(words: _Words, place: Path, digest: str) -> "HeardVoice":
    """What is heard in a recording, kept by its content. Raises MediaError."""
    from engine.speech.heard_voice import kept, stored

    keeps = _place(words, digest)
    known = kept(keeps.read_bytes()) if keeps is not None and keeps.is_file() else None
    if known is None:
        known = _laid(words, place)
        if keeps is not None:
            from engine.render.files import write_atomic

            with contextlib.suppress(OSError, MelodramaError):
                write_atomic(keeps, stored(known))
    return known


def _laid(words: _Words, place: Path) -> "HeardVoice":
    # Deferred: scores without a voice need none of numpy.
    from engine.speech.activity import FRAME_S, activity_of
    from engine.speech.heard_voice import HeardVoice
    from engine.speech.laying import lay_script
    from engine.speech.voice_file import read_voice

    voice, samples = read_voice(place)
    heard = activity_of(samples)
    begin, end = (round(frame * FRAME_S, 3) for frame in heard.speech)
    return HeardVoice(voice, (begin, end), lay_script(words.script_lines(), samples, heard))


def _unread(script: VoiceScript, why: str) -> VoiceAlignment:
    message = f"{why}; its lines are laid by reading time."
    found = warning("W541", message, script.span, "Export the recording again.")
    return VoiceAlignment(script.path, script.span, script.whole, 0.0, (0.0, 0.0), (), (found,))


def _alignment(script: VoiceScript, heard: "HeardVoice") -> VoiceAlignment:
    """What was heard, as said of the score: line by line of it, and with findings."""
    from engine.speech.expected import clauses_of
    from engine.speech.voice_findings import file_findings, laid_findings, no_speech

    findings: list[Finding] = file_findings(script, heard.voice)
    lines: tuple[SpokenLine, ...] = ()
    if heard.laid is None:
        findings.append(no_speech(script))
    else:
        findings += laid_findings(script, heard.laid)
        at: dict[int, list[int]] = {}
        for clause in clauses_of(script.lines):
            at.setdefault(clause.line, []).append(clause.at)
        lines = tuple(
            SpokenLine(
                script.lines[one.line].line,
                round(one.start_s, 3),
                round(one.end_s, 3),
                round(one.confidence, 3),
                tuple((c, round(t_s, 3)) for c, t_s in zip(at[one.line], one.clauses_s, strict=True))[1:],
            )
            for one in heard.laid.aligned.lines
        )
    length_s = round(heard.voice.length_s, 6)
    return VoiceAlignment(
        script.path, script.span, script.whole, length_s, heard.speech_s, lines, tuple(findings)
    )


def _place(words: _Words, digest: str) -> Path | None:
    """Where what is heard of these words in this recording is kept."""
    import os

    from engine.speech.synthetic_reading import synthesiser

    if os.environ.get("MELODRAMA_CACHE", "").lower() == "off":
        return None
    # With a synthetic reading to compare with, lines are laid otherwise.
    said = repr((FORMAT, synthesiser() is not None, digest, words.lines))
    name = hashlib.sha256(said.encode()).hexdigest()
    try:
        return cache_folder() / "voices" / f"{name}.json"
    except RuntimeError:  # a user without a home
        return None
