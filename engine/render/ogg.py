"""Ogg pages with a serial number of our choice: libsndfile draws it at random, so the same music was never
the same bytes twice.

Only page headers are touched. The page layout and its checksum are RFC 3533, section 6: "OggS", version,
type, granule position (8 bytes), serial number (4), page number (4), CRC (4), number of segments, their
lengths.
"""

import struct
import zlib
from typing import Final

_HEADER: Final = struct.Struct("<4sBBqIIIB")
_REVERSED_BITS: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def with_serial_number(data: bytes, serial: int) -> bytes:
    """The file of one logical stream with every page's serial number set to `serial` (32 bits).

    Raises ValueError where `data` is not a run of whole Ogg pages.
    """
    pages = bytearray(data)
    at = 0
    while at < len(pages):
        if len(pages) - at < _HEADER.size:
            raise ValueError(f"an Ogg page is cut off at byte {at}")
        capture, version, kind, granule, _, number, _, segments = _HEADER.unpack_from(pages, at)
        body = at + _HEADER.size + segments
        end = body + sum(pages[at + _HEADER.size : body])
        if capture != b"OggS" or end > len(pages):
            raise ValueError(f"no whole Ogg page at byte {at}")
        _HEADER.pack_into(pages, at, capture, version, kind, granule, serial, number, 0, segments)
        checksum = _checksum(bytes(pages[at:end]))
        _HEADER.pack_into(pages, at, capture, version, kind, granule, serial, number, checksum, segments)
        at = end
    return bytes(pages)


def _checksum(page: bytes) -> int:
    """The page's CRC, polynomial 04C11DB7, high bit first, from 0 and not inverted.

    zlib's is the same polynomial with the low bit first, from and to inverted bits: turned round here, so
    that megabytes take milliseconds.
    """
    mirrored = zlib.crc32(page.translate(_REVERSED_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
