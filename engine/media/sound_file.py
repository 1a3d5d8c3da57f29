"""Reads recordings block by block: the one reader of sound files, for hearing and for playing.

No memory is allocated on the word of a header: rate and channels are checked before anything is read, the
length is what is really there. Whatever libsndfile raises becomes one line with the file's name. What was
odd is told in `remarks`.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from dsl.limits import FASTEST_RATE, MOST_CHANNELS, SLOWEST_RATE
from engine.errors import MediaError

if TYPE_CHECKING:
    import soundfile

BLOCK: Final = 65_536
"""Frames read at a time."""
_UNKNOWN: Final = 2**40
"""Frames from which on a header says "as many as come": FLAC and others have no better word for it."""
_LOUDEST: Final = 8.0
"""Samples in floating point lie in −1…1; far beyond it they were written on another scale."""
_ABSURD: Final = 1e6
_SLACK_S: Final = 0.2
"""Encoders pad; a recording that is this much shorter than its header says is whole."""

_CANCELLED: Final = 0.3
"""A sum of C channels has 1/C of their mean energy where they have nothing in common; under this share of
that they cancel each other."""

Samples = npt.NDArray[np.float32]


@dataclass(slots=True)
class SoundFile:
    """An opened recording. `claimed`: frames by its header, None where that does not say."""

    path: Path
    rate: int
    channels: int
    claimed: int | None
    stream: "soundfile.SoundFile"
    remarks: list[str] = field(default_factory=list)
    frames: int = 0
    """Read so far."""
    _ended: bool = False

    @property
    def claimed_s(self) -> float:
        """Seconds by its header; 0 where that does not say."""
        return (self.claimed or 0) / self.rate

    @property
    def length_s(self) -> float:
        """What is known of its length: what was read, or what is promised where not all was read."""
        return max(self.frames, 0 if self._ended else self.claimed or 0) / self.rate

    def blocks(self, most: int) -> Iterator[Samples]:
        """float32 [n, channels], n ≤ `BLOCK`, finite, until the end or `most` frames. A file that breaks off
        ends there, with a remark. Raises MediaError where not even its first block can be read."""
        while self.frames < most:
            try:
                block = self.stream.read(min(BLOCK, most - self.frames), dtype="float32", always_2d=True)
            except Exception as error:  # whatever libsndfile meets in a damaged file
                if not self.frames:
                    raise MediaError(f"{self.path} cannot be read as sound: {_reason(error)}") from error
                self.remarks.append(
                    f"it breaks off after {_clock(self.frames / self.rate)}: {_reason(error)}"
                )
                self._ended = True
                return
            if not len(block):
                self._ended = True
                short = self.claimed_s - self.frames / self.rate
                if short > max(_SLACK_S, 0.01 * self.claimed_s):
                    there, said = _clock(self.frames / self.rate), _clock(self.claimed_s)
                    self.remarks.append(f"it breaks off after {there}, its header says {said}")
                return
            self.frames += len(block)
            yield _tame(block)


@contextmanager
def open_sound(path: Path) -> Iterator[SoundFile]:
    """Open whatever libsndfile reads (WAV, FLAC, Ogg, MP3, AIFF …).

    Raises MediaError where it cannot be read, or claims a rate or channels beyond all measure.
    """
    try:
        if not S_ISREG(os.stat(path).st_mode):
            raise MediaError(f"{path} is no file that could be read as sound")
        with open(path, "rb") as raw:
            source, remarks = _mended(raw)
            with _opened(path, source) as stream:
                yield _checked(path, stream, remarks)
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror or error}") from error


def _opened(path: Path, source: BinaryIO | None) -> "soundfile.SoundFile":
    import soundfile

    class Forward(soundfile.SoundFile):  # type: ignore[misc]  # soundfile has no types
        """Read from front to end. Seeking after each block, as soundfile does it, fails in streamed FLAC,
        and cuts what is there to the length that the header claims."""

        def seekable(self) -> bool:
            return False

    try:
        return Forward(source or str(path))
    except Exception as error:  # libsndfile's own errors are RuntimeErrors, soundfile adds its TypeErrors
        raise MediaError(f"{path} cannot be read as sound: {_reason(error)}") from error


def _checked(path: Path, stream: "soundfile.SoundFile", remarks: list[str]) -> SoundFile:
    rate, channels, claimed = int(stream.samplerate), int(stream.channels), int(stream.frames)
    if not SLOWEST_RATE <= rate <= FASTEST_RATE:
        raise MediaError(
            f"{path} claims {rate:,} samples a second; from {SLOWEST_RATE:,} to {FASTEST_RATE:,} are taken"
        )
    if not 1 <= channels <= MOST_CHANNELS:
        raise MediaError(f"{path} claims {channels:,} channels; at most {MOST_CHANNELS} are taken")
    return SoundFile(path, rate, channels, claimed if 0 < claimed < _UNKNOWN else None, stream, remarks)


def _tame(block: Samples) -> Samples:
    """What is not a number is silence; what is beyond all measure is cut, so that sums stay finite."""
    if np.isfinite(block).all() and float(np.abs(block).max(initial=0.0)) <= _ABSURD:
        return block
    return np.clip(np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0), -_ABSURD, _ABSURD)


def scaled(samples: Samples) -> Samples:
    """Samples in −1…1, in place, where they were written on another scale: integers as floats, mostly."""
    peak = max(float(samples.max(initial=0.0)), -float(samples.min(initial=0.0)))
    if peak > _LOUDEST:
        samples /= np.float32(peak)
    return samples


def mono_of(block: Samples) -> Samples:
    """The mean of the channels [n]; where they cancel each other, those against the loudest turned round."""
    mono: Samples = block.mean(axis=1, dtype=np.float32)
    channels = block.shape[1]
    if channels == 1:
        return mono
    energies = block.var(axis=0, dtype=np.float64)
    if float(mono.var(dtype=np.float64)) * channels >= _CANCELLED * float(energies.mean()):
        return mono
    loudest = block[:, int(energies.argmax())].astype(np.float64)
    signs = np.where((loudest - loudest.mean()) @ block < 0, -1.0, 1.0).astype(np.float32)
    return np.asarray((block * signs).mean(axis=1, dtype=np.float32))


# ----------------------------------------------------------------------------------------- streamed WAV files


class _Patched(io.RawIOBase):
    """A file that reads as if `patch` stood at byte `at`."""

    def __init__(self, raw: BinaryIO, at: int, patch: bytes) -> None:
        self._raw, self._at, self._patch = raw, at, patch

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: Any) -> int:
        begin = self._raw.tell()
        view = memoryview(buffer).cast("B")
        data = bytearray(self._raw.read(len(view)))
        for place, byte in enumerate(self._patch, self._at - begin):
            if 0 <= place < len(data):
                data[place] = byte
        view[: len(data)] = data
        return len(data)


def _mended(raw: BinaryIO) -> tuple[BinaryIO | None, list[str]]:
    """(the file with its size put right, what to remark) for a WAV that was streamed, so that its header says
    0 bytes; (None, []) for all others."""
    head = raw.read(12)
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None, []
    size = os.fstat(raw.fileno()).st_size
    at = 12
    for _ in range(100):
        raw.seek(at)
        chunk = raw.read(8)
        if len(chunk) < 8:
            break
        length = int.from_bytes(chunk[4:], "little")
        if chunk[:4] == b"data":
            rest = size - at - 8
            if length or rest < 1 or _is_chunk(raw.read(8), rest):
                break
            patched = _Patched(raw, at + 4, min(rest, 0xFFFFFFFF).to_bytes(4, "little"))
            patched.seek(0)
            return patched, ["its header says that it is empty, as streams do; what follows is taken"]  # type: ignore[return-value]
        at += 8 + length + length % 2
    return None, []


def _is_chunk(head: bytes, rest: int) -> bool:
    """Whether an empty recording is followed by a chunk of notes instead of by sound."""
    return (
        len(head) == 8
        and head[:4].isascii()
        and head[:4].isalpha()
        and 8 + int.from_bytes(head[4:], "little") <= rest
    )


# ------------------------------------------------------------------------------------------------------ words


def _reason(error: Exception) -> str:
    """libsndfile's sentence without the file's name; never nothing."""
    said = str(getattr(error, "error_string", "") or error).split(": ", 1)[-1].strip().rstrip(".")
    return " ".join(said.split()) or type(error).__name__


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"
