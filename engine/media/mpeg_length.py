"""Whether an MP3 says how long it is. Without a Xing, Info or VBRI frame its length is a guess from its size:
too long by whatever pictures stand in its tags.

Source: ID3v2.4 (section 3.1); Sheppard, MPEG Audio Frame Header (the VBR headers).
"""

import re
from typing import BinaryIO, Final

_TAG: Final = 10
_MOST_TAGS: Final = 20
_SEARCHED: Final = 65_536
_FRAME: Final = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]")
_HEADERS: Final = (b"Xing", b"Info", b"VBRI")
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
