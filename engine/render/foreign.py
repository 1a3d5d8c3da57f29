"""Whether a file that stands where an output is to go was written here, or is somebody else's: an editor's
cut list, a notation program's score, a MIDI file of a sequencer. By what is in it, since names say nothing:
the score that `import cut.edl` makes is called `cut`, and so are its outputs. Light: asked before any work.
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from pathlib import Path

from dsl.importers.picture.own_lists import is_cue_edit
from engine.errors import OutputError

_EVENT = re.compile(r"\d{3,}  (\S+) +AA    C        [\d:; ]{47}")
_CLIP = "* FROM CLIP NAME: "
_BESIDES = ("TITLE: ", "FCM: ", "* LOC: ")
_PLAN = re.compile(r'\{\s*"format": \d+,\s*"title": ')
_CUE_MARKER = re.compile(rb"\xff\x06[\x00-\xff]{1,2}cue: ")
_NOTE = re.compile(rb"[\x90-\x9f][\x00-\x7f][\x01-\x7f]")
_FIRST_COLUMNS = ["cue", "title", "in", "out", "duration", "start_s", "end_s"]


def spare_foreign(written: Iterable[Path]) -> None:
    """Raises OutputError where a file that is to be `written` is there, and is a list, a sheet or a MIDI file
    that was not written by a render. Sound and pictures are known by their names alone."""
    for path in written:
        known = _OWN.get(path.suffix.lower())
        if known is None or not path.is_file():
            continue
        try:
            data = path.read_bytes()
        except OSError:
            continue  # writing it will say why
        if data.strip() and not known(data):
            raise OutputError(
                f"cannot write {path}: no render wrote what is there; choose another place, or move it away"
            )


def _is_own_edl(data: bytes) -> bool:
    """Nothing but edits of a score's cues, in the form that `engine.render.edl` writes."""
    lines = [line for line in _text(data).splitlines() if line.strip()]
    for line, below in pairwise([*lines, ""]):
        event = _EVENT.fullmatch(line)
        if event is not None and not (
            below.startswith(_CLIP) and is_cue_edit(event.group(1), below.removeprefix(_CLIP))
        ):
            return False
        if event is None and not line.startswith((_CLIP, *_BESIDES)):
            return False
    return True


def _is_own_sheet(data: bytes) -> bool:
    first = next(csv.reader(_text(data).splitlines()[:1]), [])
    return first[: len(_FIRST_COLUMNS)] == _FIRST_COLUMNS and first[-1] == "hits"


def _is_own_notation(data: bytes) -> bool:
    return b"<software>Melodrama</software>" in data


def _is_own_midi(data: bytes) -> bool:
    """Every cue has its marker in it. What is no MIDI file, or has no note, is nobody's music."""
    is_music = data.startswith((b"MThd", b"RIFF")) and _NOTE.search(data) is not None
    return not is_music or _CUE_MARKER.search(data) is not None


def _is_own_plan(data: bytes) -> bool:
    return _PLAN.match(_text(data)) is not None


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig", "replace")


_OWN: Mapping[str, Callable[[bytes], bool]] = {
    ".edl": _is_own_edl,
    ".csv": _is_own_sheet,
    ".musicxml": _is_own_notation,
    ".xml": _is_own_notation,
    ".mid": _is_own_midi,
    ".midi": _is_own_midi,
    ".json": _is_own_plan,
}
