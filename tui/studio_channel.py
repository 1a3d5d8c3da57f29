"""Objects between the app and the studio's process: pickles over a pipe, large arrays as they lie in memory.

A message is a head of 8-byte little-endian numbers (how many parts follow, and the bytes of each), the
pickle, and the buffers that the pickle refers to (PEP 574).
"""

import pickle
import struct
import threading
from typing import Any, BinaryIO

_NUMBER = struct.Struct("<Q")


def send(stream: BinaryIO, lock: threading.Lock, message: object) -> None:
    """Write one message whole. Raises OSError where nobody reads any more, whatever pickle raises before a
    byte is written."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    with lock:
        for number in (len(parts), *(part.nbytes for part in parts)):
            stream.write(_NUMBER.pack(number))
        for part in parts:
            stream.write(part)
        stream.flush()


def receive(stream: BinaryIO) -> Any:
    """The next message. Raises EOFError where the other side has ended."""
    sizes = [_number(stream) for _ in range(_number(stream))]
    head, *buffers = [_exactly(stream, size) for size in sizes]
    return pickle.loads(head, buffers=buffers)


def _number(stream: BinaryIO) -> int:
    return int(_NUMBER.unpack(_exactly(stream, _NUMBER.size))[0])


def _exactly(stream: BinaryIO, size: int) -> bytearray:
    data = bytearray(size)
    rest = memoryview(data)
    while rest:
        count = stream.readinto(rest)  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        rest = rest[count:]
    return data
