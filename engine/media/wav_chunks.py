"""What a WAV file is made of, and the same sound behind a header that is right: for files that were streamed,
are larger than RIFF can count (RF64, BW64), break off, or have their chunks in no order.

Source: Multimedia Programming Interface and Data Specifications 1.0 (RIFF); EBU Tech 3306 (RF64); ITU-R
BS.2088 (BW64).
"""

import io
import os
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

_FORMS: Final = (b"RIFF", b"RF64", b"BW64")
_UNKNOWN: Final = 0x7FFF_0000
"""Sizes from here on are what programs write that do not know how much will come."""
_MOST_CHUNKS: Final = 100
_LONGEST_FORMAT: Final = 4096
"""Bytes; a format chunk has 16 to 40, of compressed sound some more."""
_MPEG: Final = (b"\x50\x00", b"\x55\x00")


@dataclass(frozen=True, slots=True)
class WavChunks:
    """`format`: what the format chunk says · `begin`, `size`: where the sound lies in the file, in bytes ·
    `claimed`: its size by the header, None where that does not say · `form`: RIFF, RF64 or BW64."""

    format: bytes
    begin: int
    size: int
    claimed: int | None
    form: bytes

    @property
    def is_streamed(self) -> bool:
        """The header says that there is no sound, and there is."""
        return self.claimed == 0 and self.size > 0

    @property
    def is_mpeg(self) -> bool:
        """MP3 or MP2 in a WAV."""
        return self.format[:2] in _MPEG

    @property
    def cut_share(self) -> float:
        """By how much the sound should be longer than it is: 1 where it is whole."""
        return self.claimed / self.size if self.claimed and self.size else 1.0


def wav_chunks(raw: BinaryIO, size: int) -> WavChunks | None:
    """Where format and sound lie in a WAV of `size` bytes; None for another file, or where one is missing."""
    raw.seek(0)
    head = raw.read(12)
    if head[:4] not in _FORMS or head[8:12] != b"WAVE":
        return None
    form, sound, large = b"", None, None
    at = 12
    for _ in range(_MOST_CHUNKS):
        raw.seek(at)
        chunk = raw.read(8)
        if len(chunk) < 8:
            break
        name, length = chunk[:4], int.from_bytes(chunk[4:], "little")
        if name == b"ds64":
            large = int.from_bytes(raw.read(16)[8:], "little")
        elif name == b"fmt " and not form:
            form = raw.read(min(length, _LONGEST_FORMAT))
        elif name == b"data" and sound is None:
            if large is not None and length == 0xFFFF_FFFF:
                length = large
            sound = (at + 8, length)
            if form:
                break
        at = _next(raw, at, length)
    if not form or sound is None:
        return None
    begin, length = sound
    rest = max(size - begin, 0)
    if length == 0 and (rest < 1 or _is_chunk(raw, begin, size)):
        return WavChunks(form, begin, 0, 0, head[:4])
    claimed = None if _UNKNOWN <= length <= 0xFFFF_FFFF or length >= 2**62 else length
    return WavChunks(form, begin, min(length or rest, rest), claimed, head[:4])


def put_right(raw: BinaryIO, chunks: WavChunks) -> BinaryIO:
    """A WAV file of format and sound alone, read from `raw` as it goes."""
    form = chunks.format + b"\0" * (len(chunks.format) % 2)
    size = min(chunks.size, 0xFFFF_FFFF)
    head = b"WAVEfmt " + len(chunks.format).to_bytes(4, "little") + form
    head += b"data" + size.to_bytes(4, "little")
    riff = b"RIFF" + min(len(head) + size, 0xFFFF_FFFF).to_bytes(4, "little")
    return _Behind(raw, riff + head, chunks.begin, chunks.size)  # type: ignore[return-value]


def _next(raw: BinaryIO, at: int, length: int) -> int:
    """Where the next chunk begins: behind a byte of padding where the length is odd, as it should, unless it
    plainly stands before it."""
    end = at + 8 + length
    if length % 2 == 0:
        return end
    raw.seek(end)
    names = raw.read(5)
    return end if _is_name(names[:4]) and not _is_name(names[1:]) else end + 1


def _is_name(name: bytes) -> bool:
    return len(name) == 4 and all(0x20 <= byte < 0x7F for byte in name)


def _is_chunk(raw: BinaryIO, at: int, size: int) -> bool:
    """Whether an empty recording is followed by a chunk of notes instead of by sound."""
    raw.seek(at)
    head = raw.read(8)
    return (
        len(head) == 8
        and head[:4].isascii()
        and head[:4].isalpha()
        and at + 8 + int.from_bytes(head[4:], "little") <= size
    )


class _Behind(io.RawIOBase):
    """`head`, and behind it `size` bytes of `raw` from byte `begin` on."""

    def __init__(self, raw: BinaryIO, head: bytes, begin: int, size: int) -> None:
        self._raw, self._head, self._begin = raw, head, begin
        self._end = len(head) + size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._end}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        count = max(min(len(view), self._end - self._at), 0)
        data = self._head[self._at : self._at + count]
        if len(data) < count:
            self._raw.seek(self._begin + self._at + len(data) - len(self._head))
            data += self._raw.read(count - len(data))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
