"""Reads recordings block by block: the one reader of sound files, for hearing and for playing.

No memory is allocated on the word of a header: rate and channels are checked before anything is read, the
length is what is really there. Whatever libsndfile raises becomes one line with the file's name. What was
odd is told in `remarks`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from dsl.limits import FASTEST_RATE, MOST_CHANNELS, SLOWEST_RATE
from engine.errors import MediaError
from engine.media.claimed_length import aiff_frames, says_its_length
from engine.media.complaints import without_complaints
from engine.media.file_kinds import known_kind
from engine.media.wav_chunks import WavChunks, put_right, wav_chunks

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

_SIDES: Final[dict[int, tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]]] = {
    3: ((0,), (1,), (2,)),
    5: ((0, 3), (1, 4), (2,)),
    6: ((0, 4), (1, 5), (2,)),
    7: ((0, 5), (1, 6), (2, 4)),
    8: ((0, 4, 6), (1, 5, 7), (2,)),
}
"""Channels to the left, to the right, and in the middle, by how many there are (in the order of WAV)."""
_BESIDE: Final = np.float32(2**-0.5)

_OTHERS: Final = (b"RIFF", b"RF64", b"BW64", b"fLaC", b"OggS", b"FORM", b"riff", b"caff", b".snd")
"""How files begin that libmpg123 is not asked about."""
_NO_SOUND: Final = "it holds no MP3 that makes sense"
_NO_BEGIN: Final = "it breaks off, or is damaged, before its sound begins"
_NO_HEADER: Final = "its header is damaged, or tells of a coding that is not read"
_NOT_READ: Final = "its sound is coded in a way that is not read"
_NO_FORMAT: Final = "Format not recognised"
_READ: Final = "WAV, AIFF, FLAC, Ogg, Opus, MP3, CAF, AU, W64"
_NO_KIND: Final = (_NO_SOUND, _NO_FORMAT)
_WORDS: Final = {
    "File does not exist or is not a regular file (possibly a pipe?)": _NO_SOUND,
    "SF_INFO struct incomplete": "its header makes no sense (a rate of 0, or sound in two places)",
    "Unspecified internal error": "it is damaged",
    "unknown error in flac decoder": "it is damaged, or FLAC in a form that is not read",
    "File contains data in an unimplemented format": _NOT_READ,
    "Supported file format but unsupported encoding": _NOT_READ,
    "Error in WAV/W64/RF64 file. Malformed 'fmt ' chunk": _NO_HEADER,
    "Error in WAV file. No 'data' chunk marker": _NO_BEGIN,
    "Error in RF64 file. No 'data' chunk marker": _NO_BEGIN,
    "Error in W64 file. No 'data' chunk marker": _NO_BEGIN,
    "Supported file format but file is malformed": "it is damaged",
}
"""What libsndfile says, and what that means."""

Samples = npt.NDArray[np.float32]


@dataclass(slots=True)
class SoundFile:
    """An opened recording. `claimed`: frames by its header, None where that does not say · `promised`: where
    they are more than what libsndfile, which looks at the file's size, calls its length."""

    path: Path
    rate: int
    channels: int
    claimed: int | None
    promised: int | None
    stream: "soundfile.SoundFile"
    quiet: "_Quiet"
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
                with self.quiet():
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
                there_s, said_s = self.frames / self.rate, (self.promised or 0) / self.rate
                if said_s - there_s > max(_SLACK_S, 0.01 * said_s):
                    there, said = _clock(there_s), _clock(said_s)
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
            size = os.fstat(raw.fileno()).st_size
            if not size:
                raise MediaError(f"{path} cannot be read as sound: it is empty")
            head, chunks = raw.read(64), wav_chunks(raw, size)
            quiet = without_complaints if _is_mpeg(head, chunks) else nullcontext
            stream, remarks = _opened(path, raw, head, chunks, quiet)
            with stream:
                yield _checked(path, raw, stream, chunks, remarks, quiet)
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror or error}") from error


_Quiet = Callable[[], AbstractContextManager[None]]


def _opened(
    path: Path, raw: BinaryIO, head: bytes, chunks: WavChunks | None, quiet: _Quiet
) -> "tuple[soundfile.SoundFile, list[str]]":
    """As it stands, or, where a WAV's header is wrong, format and sound alone; and what to remark of that."""
    if chunks is not None and (chunks.is_streamed or chunks.form == b"BW64"):
        remarks = ["its header says that it is empty, as streams do; what follows is taken"]
        return _stream(path, put_right(raw, chunks), head, quiet), remarks if chunks.is_streamed else []
    try:
        return _stream(path, str(path), head, quiet), []
    except MediaError:
        if chunks is None or not chunks.size:
            raise
        mended = _stream(path, put_right(raw, chunks), head, quiet)
        return mended, ["its header is wrong; what sounds in it is taken"]


def _stream(path: Path, source: BinaryIO | str, head: bytes, quiet: _Quiet) -> "soundfile.SoundFile":
    import soundfile

    class Forward(soundfile.SoundFile):  # type: ignore[misc]  # soundfile has no types
        """Read from front to end. Seeking after each block, as soundfile does it, fails in streamed FLAC,
        and cuts what is there to the length that the header claims."""

        def seekable(self) -> bool:
            return False

    try:
        with quiet():
            return Forward(source)
    except Exception as error:  # libsndfile's own errors are RuntimeErrors, soundfile adds its TypeErrors
        why = _reason(error)
        if why in _NO_KIND:
            why = known_kind(head, "sound") or f"it is none of the formats that are read: {_READ}"
        raise MediaError(f"{path} cannot be read as sound: {why}") from error


def _checked(
    path: Path,
    raw: BinaryIO,
    stream: "soundfile.SoundFile",
    chunks: WavChunks | None,
    remarks: list[str],
    quiet: _Quiet,
) -> SoundFile:
    rate, channels, claimed = int(stream.samplerate), int(stream.channels), int(stream.frames)
    if not SLOWEST_RATE <= rate <= FASTEST_RATE:
        raise MediaError(
            f"{path} claims {rate:,} samples a second; from {SLOWEST_RATE:,} to {FASTEST_RATE:,} are taken"
        )
    if not 1 <= channels <= MOST_CHANNELS:
        raise MediaError(f"{path} claims {channels:,} channels; at most {MOST_CHANNELS} are taken")
    if stream.format == "MP3" and not says_its_length(raw):
        claimed = 0
    known = claimed if 0 < claimed < _UNKNOWN else None
    promised = known if chunks is None or known is None else round(known * chunks.cut_share)
    if stream.format == "AIFF":
        promised = aiff_frames(raw)
    return SoundFile(path, rate, channels, known, promised, stream, quiet, remarks)


def _is_mpeg(head: bytes, chunks: WavChunks | None) -> bool:
    """Whether libmpg123 may be asked, which tells the terminal all that it sees."""
    return not head.startswith(_OTHERS) or (chunks is not None and chunks.is_mpeg)


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


def joined(parts: list[Samples]) -> Samples:
    """Blocks one behind the other, [n] or [n, channels]; no blocks are an empty [0]. `parts` is empty
    afterwards: long recordings are not held twice."""
    if not parts:
        return np.zeros(0, np.float32)
    whole = np.empty((sum(map(len, parts)), *parts[0].shape[1:]), np.float32)
    end = len(whole)
    while parts:
        part = parts.pop()
        whole[end - len(part) : end] = part
        end -= len(part)
    return whole


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


def stereo_of(block: Samples) -> Samples:
    """Two channels [n, 2] of however many: one twice, and of more than two each on its side, the middle on
    both, no louder than the loudest of them (ITU-R BS.775, without the low effects)."""
    channels = block.shape[1]
    if channels == 1:
        return np.repeat(block, 2, axis=1)
    if channels == 2:
        return block
    sides = _SIDES.get(channels) or (tuple(range(0, channels, 2)), tuple(range(1, channels, 2)), ())
    mix = np.zeros((channels, 2), np.float32)
    for side in (0, 1):
        front, *others = sides[side]
        mix[front, side] = 1.0
        mix[[*others, *sides[2]], side] = _BESIDE
    return np.asarray(block @ (mix / mix.sum(axis=0)), np.float32)


# ------------------------------------------------------------------------------------------------------ words


def _reason(error: Exception) -> str:
    """libsndfile's sentence without the file's name, in words where it has none; never nothing."""
    said = str(getattr(error, "error_string", "") or error).split(": ", 1)[-1].strip().rstrip(".")
    return _WORDS.get(said) or " ".join(said.split()) or type(error).__name__


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"
