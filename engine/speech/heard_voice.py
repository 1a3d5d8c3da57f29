"""All that is kept of a recording and the words that were laid along it: enough to say everything of it
without hearing it again.
"""

from dataclasses import dataclass

import msgspec

from engine.speech.laying import LaidVoice
from engine.speech.voice_file import VoiceFile


@dataclass(frozen=True, slots=True)
class HeardVoice:
    """The file, from when to when somebody speaks in it (seconds), and its lines, None where nobody
    speaks."""

    voice: VoiceFile
    speech_s: tuple[float, float]
    laid: LaidVoice | None


def stored(heard: HeardVoice) -> bytes:
    """As JSON."""
    return msgspec.json.encode(heard)


def kept(data: bytes) -> HeardVoice | None:
    """What was stored; None where it is damaged."""
    try:
        return msgspec.json.decode(data, type=HeardVoice)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
