"""Ogg pages with a serial number of our choice: libsndfile draws it at random, so the same music was never
the same bytes twice. And comments of our choice: libsndfile writes those of a fixed list.

Sound is not touched. The page layout and its checksum are RFC 3533, section 6: "OggS", version,
type, granule position (8 bytes), serial number (4), page number (4), CRC (4), number of segments, their
lengths.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_HEADER: Final = struct.Struct("<4sBBqIIIB")
_SERIAL_AT: Final = 14
_CHECKSUM_AT: Final = 22
_COMMENTS: Final = b"\x03vorbis"
_REVERSED_BITS: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class _Page:
    """A page: `kind` has the flags of RFC 3533 (2: the stream's first), `lacing` the lengths of its
    segments."""

    kind: int
    granule: int
    lacing: bytes
    body: bytes

    def bytes(self, serial: int, number: int) -> bytes:
        head = _HEADER.pack(b"OggS", 0, self.kind, self.granule, serial, number, 0, len(self.lacing))
        page = bytearray(head + self.lacing + self.body)
        struct.pack_into("<I", page, _CHECKSUM_AT, _checksum(bytes(page)))
        return bytes(page)


def with_serial_number(data: bytes, serial: int) -> bytes:
    """The file of one logical stream with every page's serial number set to `serial` (32 bits).

    Raises ValueError where `data` is not a run of whole Ogg pages.
    """
    return b"".join(page.bytes(serial, number) for number, page in enumerate(_pages(data)))


def with_comments(data: bytes, comments: Mapping[str, str]) -> bytes:
    """The file of one Vorbis stream with comments added (`LOOPSTART`: "0"): its second and third header are
    laid on pages anew, and the pages behind them are numbered again.

    Raises ValueError where `data` is not a run of whole Ogg pages that begin with Vorbis' three headers;
    sound begins on a page of its own (Vorbis I specification, appendix A).
    """
    pages = list(_pages(data))
    headers: list[bytes] = []
    used, rest = 0, b""
    while used < len(pages) and len(headers) < 3:
        found, rest = _packets(pages[used], rest)
        headers += found
        used += 1
    if len(headers) != 3 or rest or not headers[1].startswith(_COMMENTS):
        raise ValueError("this is no Vorbis stream with its three headers before all sound")
    laid = _laid([_commented(headers[1], comments), headers[2]])
    serial = struct.unpack_from("<I", data, _SERIAL_AT)[0]
    whole = [pages[0], *laid, *pages[used:]]
    return b"".join(page.bytes(serial, number) for number, page in enumerate(whole))


def _pages(data: bytes) -> Iterator[_Page]:
    at = 0
    while at < len(data):
        if len(data) - at < _HEADER.size:
            raise ValueError(f"an Ogg page is cut off at byte {at}")
        capture, _, kind, granule, _, _, _, segments = _HEADER.unpack_from(data, at)
        start = at + _HEADER.size + segments
        lacing = data[at + _HEADER.size : start]
        end = start + sum(lacing)
        if capture != b"OggS" or end > len(data):
            raise ValueError(f"no whole Ogg page at byte {at}")
        yield _Page(kind, granule, lacing, data[start:end])
        at = end


def _packets(page: _Page, begun: bytes) -> tuple[list[bytes], bytes]:
    """The packets that end on a page, the first of them after what was `begun` before it, and what of one is
    left over."""
    found, at = [], 0
    for length in page.lacing:
        begun += page.body[at : at + length]
        at += length
        if length < 255:
            found.append(begun)
            begun = b""
    return found, begun


def _laid(packets: Sequence[bytes]) -> Iterator[_Page]:
    """Header packets on as many pages as they take; a page that a packet goes on from has no granule
    position."""
    lengths = [length for packet in packets for length in (*[255] * (len(packet) // 255), len(packet) % 255)]
    body, at, continued = b"".join(packets), 0, False
    for start in range(0, len(lengths), 255):
        lacing = bytes(lengths[start : start + 255])
        end = at + sum(lacing)
        ends_here = any(length < 255 for length in lacing)
        yield _Page(int(continued), 0 if ends_here else -1, lacing, body[at:end])
        at, continued = end, lacing[-1] == 255


def _commented(header: bytes, comments: Mapping[str, str]) -> bytes:
    """Vorbis' second header with comments added: the encoder's name, a count, then the comments, each
    after its length; a last bit that is set."""
    at = len(_COMMENTS)
    at += 4 + struct.unpack_from("<I", header, at)[0]
    (count,) = struct.unpack_from("<I", header, at)
    end = at + 4
    for _ in range(count):
        end += 4 + struct.unpack_from("<I", header, end)[0]
    added = [f"{name}={value}".encode() for name, value in comments.items()]
    written = b"".join(struct.pack("<I", len(one)) + one for one in added)
    return header[:at] + struct.pack("<I", count + len(added)) + header[at + 4 : end] + written + b"\x01"


def _checksum(page: bytes) -> int:
    """The page's CRC, polynomial 04C11DB7, high bit first, from 0 and not inverted.

    zlib's is the same polynomial with the low bit first, from and to inverted bits: turned round here, so
    that megabytes take milliseconds.
    """
    mirrored = zlib.crc32(page.translate(_REVERSED_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
