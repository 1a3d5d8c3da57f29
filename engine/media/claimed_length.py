"""What headers say of a recording's length where libsndfile does not tell it: of an AIFF, which it calls as
long as what is there; and whether an MP3 says anything. Without a Xing, Info or VBRI frame its length is a
guess from its size: too long by whatever pictures stand in its tags.

Source: ID3v2.4 (section 3.1); Sheppard, MPEG Audio Frame Header (the VBR headers); Apple, AIFF 1.3 (COMM).
"""

import re
from typing import BinaryIO, Final

_TAG: Final = 10
_MOST_TAGS: Final = 20
_SEARCHED: Final = 65_536
_FRAME: Final = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]")
_HEADERS: Final = (b"Xing", b"Info", b"VBRI")
_STREAMED: Final = 0x7FFF_0000
"""Frames from here on are what programs write that do not know how many will come."""
_REACH: Final = 64
"""Bytes from the beginning of the first frame in which its header stands, if it has one."""


def says_its_length(raw: BinaryIO) -> bool:
    """Whether the first frame of an MP3 counts the frames."""
    at = 0
    for _ in range(_MOST_TAGS):
        raw.seek(at)
        head = raw.read(_TAG)
        if head[:3] != b"ID3" or len(head) < _TAG:
            break
        size = 0
        for byte in head[6:10]:
            size = size << 7 | byte & 0x7F
        at += _TAG + size + (_TAG if head[5] & 0x10 else 0)
    raw.seek(at)
    data = raw.read(_SEARCHED)
    frame = _FRAME.search(data)
    return frame is not None and any(
        name in data[frame.start() : frame.start() + _REACH] for name in _HEADERS
    )


def aiff_frames(raw: BinaryIO) -> int | None:
    """The frames that an AIFF or AIFC claims; None for another file, or where it does not say."""
    raw.seek(0)
    head = raw.read(12)
    if head[:4] != b"FORM" or head[8:11] != b"AIF":
        return None
    at = 12
    for _ in range(_MOST_TAGS):
        raw.seek(at)
        chunk = raw.read(14)
        if len(chunk) < 14:
            break
        if chunk[:4] == b"COMM":
            frames = int.from_bytes(chunk[10:14], "big")
            return frames if 0 < frames < _STREAMED else None
        size = int.from_bytes(chunk[4:8], "big")
        at += 8 + size + size % 2
    return None
