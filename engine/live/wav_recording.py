"""A performance as a WAV file, written while it goes on: what is over is synthesised some seconds at a time
and laid onto the file, so that a long take needs no more memory than a short one and the end comes at once.

The file is written under a name of its own and put in its place when it is whole. It is as loud as what is
heard: one gain for whatever comes, a calm or a storm; what would clip is limited.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from dsl.plan import ROLES, RoleName
from engine.errors import OutputError
from engine.live.deck_levels import WrittenLevels
from engine.live.outputs import DeckLevel, LiveMessage, MusicStopped, NoteDue, NoteReleased
from engine.music.score import Note, Score, TempoChange, Track
from engine.render.files import is_read_only, mode_for, not_written
from engine.render.synthesis import SAMPLE_RATE, synthesise
from engine.render.synthesiser import Synthesiser

if TYPE_CHECKING:
    import soundfile

CHUNK_S: Final = 20.0
"""Music is synthesised in stretches of so many seconds: notes that begin in one."""
_LONGEST_NOTE_S: Final = 12.0
"""No note lasts longer; after so much more music a stretch is over."""
GAIN: Final = np.float32(2.0)
"""Stems are synthesised softly, for mastering: a full orchestra at −20 LUFS, a calm piece at −33."""
_KNEE: Final = 0.7
"""Above this level peaks are bent towards full scale instead of clipped."""

_LEAST_FREE: Final = 1 << 20
"""Bytes: a stretch that failed with less than this left failed for want of room."""

_PartKey = tuple[RoleName, str, int, bool, int]
_Samples = npt.NDArray[np.float32]


@dataclass(slots=True)
class WavRecording:
    """An output that writes `path` (a .wav) with what `synthesiser` makes of the notes."""

    path: Path
    synthesiser: Synthesiser
    name: str = "recording"
    failed: bool = False
    """Whether the file is not there, or not whole."""
    _notes: list[NoteDue] = field(default_factory=list)
    _ends: dict[int, float] = field(default_factory=dict)
    _levels: WrittenLevels = field(default_factory=WrittenLevels)
    _at: int = 0
    """Stretches that are written."""
    _now_s: float = 0.0
    _tail: _Samples = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    _stream: "soundfile.SoundFile | None" = None
    _temporary: str = ""

    def take(self, message: LiveMessage) -> None:
        """Keeps notes, and writes a stretch when it is over. Raises OutputError, MediaError."""
        match message:
            case NoteDue():
                self._now_s = max(self._now_s, message.t_s)
                self._notes.append(message)
            case NoteReleased():
                self._release(message)
            case DeckLevel():
                self._levels.take(message)
            case MusicStopped():
                self._now_s = max(self._now_s, message.t_s)
            case _:
                self._now_s = max(self._now_s, getattr(message, "t_s", 0.0))
        while self._now_s >= (self._at + 1) * CHUNK_S + _LONGEST_NOTE_S:
            self._write_stretch(self._at * CHUNK_S + CHUNK_S)

    def close(self) -> None:
        """Writes the rest, and puts the file in its place. Raises OutputError, MediaError."""
        failed, self.failed = self.failed, True
        try:
            while self._notes:
                self._write_stretch(self._at * CHUNK_S + CHUNK_S)
            if self._stream is None:
                self.failed = failed
                return
            if is_read_only(self.path):
                raise OutputError(f"cannot write {self.path}: it is read-only")
            self._put(self._tail)
            self._stream.close()
            self._stream = None
            with open(self._temporary, "rb") as written:
                os.fsync(written.fileno())
            os.chmod(self._temporary, mode_for(self.path))
            os.replace(self._temporary, os.path.realpath(self.path))
            self._temporary = ""
            self.failed = failed
        except OSError as error:
            raise not_written(self.path, error) from error
        finally:
            if self._stream is not None:
                self._stream.close()
            if self._temporary:
                Path(self._temporary).unlink(missing_ok=True)

    def _release(self, message: NoteReleased) -> None:
        for place in range(len(self._notes) - 1, -1, -1):
            note = self._notes[place]
            same = (note.track, note.role, note.pitch) == (message.track, message.role, message.pitch)
            if same and note.deck == message.deck and note.t_s < message.t_s < note.t_s + note.length_s:
                self._ends[id(note)] = message.t_s
                return

    def _write_stretch(self, end_s: float) -> None:
        """Synthesises the notes that begin before `end_s`, and writes what is complete by then."""
        start_s = end_s - CHUNK_S
        own = [note for note in self._notes if note.t_s < end_s]
        self._notes = [note for note in self._notes if note.t_s >= end_s]
        score = _score_of(own, self._ends, start_s, self._levels)
        self._levels.forget_before(end_s)
        for note in own:
            self._ends.pop(id(note), None)
        sound = synthesise(score, self.synthesiser, separate=False).mix
        if len(self._tail) > len(sound):
            sound = np.concatenate([sound, np.zeros((len(self._tail) - len(sound), 2), np.float32)])
        sound[: len(self._tail)] += self._tail
        self._at += 1
        whole = round(CHUNK_S * SAMPLE_RATE)
        if not self._notes and not own:
            whole = 0
        self._put(sound[:whole])
        self._tail = sound[whole:]

    def _put(self, samples: _Samples) -> None:
        if len(samples) == 0:
            return
        import soundfile

        stream = self._open()
        try:
            stream.write(softly_limited(samples * GAIN))
        except (soundfile.LibsndfileError, OSError) as error:
            self.failed = True
            raise OutputError(f"cannot write {self.path}: {_reason(self.path, error)}") from error

    def _open(self) -> "soundfile.SoundFile":
        import soundfile

        if self._stream is None:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                handle, self._temporary = tempfile.mkstemp(
                    prefix=f".{self.path.name[:40]}.", suffix=".part", dir=self.path.parent
                )
                os.close(handle)
                self._stream = soundfile.SoundFile(
                    self._temporary, "w", SAMPLE_RATE, 2, subtype="PCM_16", format="WAV"
                )
            except OSError as error:
                raise not_written(self.path, error) from error
            except soundfile.LibsndfileError as error:
                raise OutputError(f"cannot write {self.path}: {error}") from error
        return self._stream


def _reason(path: Path, error: Exception) -> str:
    """Why a stretch could not be written; libsndfile itself says no more than "System error"."""
    try:
        if shutil.disk_usage(path.parent).free < _LEAST_FREE:
            return "no space is left on the device"
    except OSError:
        pass
    return str(error)


def softly_limited(samples: _Samples) -> _Samples:
    """Samples [n, 2] in −1…1: below the knee as they are, above it bent towards full scale."""
    size = np.abs(samples)
    if not (size > _KNEE).any():
        return samples
    over = np.maximum(size - _KNEE, 0.0) / (1.0 - _KNEE)
    bent = _KNEE + (1.0 - _KNEE) * np.tanh(over)
    return np.asarray(np.where(size > _KNEE, np.sign(samples) * bent, samples), np.float32)


def _score_of(notes: list[NoteDue], ends: dict[int, float], start_s: float, levels: WrittenLevels) -> Score:
    """Notes as a score whose clock begins at `start_s`."""
    tracks: dict[_PartKey, list[Note]] = {}
    first: dict[_PartKey, NoteDue] = {}
    for note in notes:
        key = (note.role, note.track, note.program, note.is_drum, note.deck)
        first.setdefault(key, note)
        begin = note.t_s - start_s
        length = min(ends.get(id(note), note.t_s + note.length_s) - note.t_s, _LONGEST_NOTE_S)
        tracks.setdefault(key, []).append(
            Note(note.pitch, note.velocity, begin * 4, length * 4, begin, begin + max(length, 0.03))
        )
    found = []
    for number, key in enumerate(sorted(tracks, key=lambda key: (ROLES.index(first[key].role), key))):
        one = first[key]
        name = f"{one.track} {number}"
        notes_of = tuple(tracks[key])
        last_s = start_s + max(note.end_s for note in notes_of) + 1.0
        fades = levels.expression(one.deck, start_s, last_s)
        found.append(Track(name, one.role, one.program, one.is_drum, notes_of, one.gain_db, one.pan, fades))
    end_s = max([CHUNK_S, *(note.end_s for track in found for note in track.notes)])
    return Score("", None, end_s, tuple(found), (TempoChange(0.0, 0.0, 240.0),), (), (), (), (), ())
