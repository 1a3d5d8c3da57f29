"""Values between the app and the studio's process: MessagePack over a pipe, arrays as they lie in memory.

A message is a head of 8-byte little-endian numbers (how many parts follow, and the bytes of each) and the
parts: the envelope, the value, and the arrays that the value refers to. A value is read as the type that is
expected there (`tui.studio.calls`), and as nothing else: whatever the bytes are, plain data comes out, or
ValueError.
"""

import os
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, get_origin

import msgspec

if TYPE_CHECKING:
    import numpy.typing as npt

# numpy is deferred to where arrays come: the first paint needs none.

Value = TypeVar("Value")

_NUMBER = struct.Struct("<Q")
_PLAIN = "biuf"
"""Kinds of arrays that travel: truth values, integers, floats."""


@dataclass(frozen=True, slots=True)
class Message:
    """`number` is that of the request, `name` what is asked for or what kind of answer it is."""

    number: int
    name: str
    value: bytearray
    arrays: tuple[bytearray, ...]

    def read(self, kind: type[Value]) -> Value:
        """The value as `kind`: dataclasses, tuples, dicts, numbers, texts, paths, arrays of numbers. Raises
        ValueError where it is no such thing."""
        arrays: dict[int, npt.NDArray[Any]] = {}

        def built(wanted: type, found: Any) -> Any:
            if issubclass(wanted, Path) and isinstance(found, bytes):
                return wanted(os.fsdecode(found))
            import numpy as np

            if not issubclass(wanted, np.ndarray):
                raise ValueError(f"{wanted} does not travel")
            place, code, shape = msgspec.convert(found, tuple[int, str, tuple[int, ...]])
            dtype = np.dtype(code)
            if dtype.kind not in _PLAIN:
                raise ValueError(f"arrays of {code} do not travel")
            if place not in arrays:  # what was one array there is one here
                arrays[place] = np.frombuffer(self.arrays[place], dtype).reshape(shape)
            return arrays[place]

        def hook(wanted: type, found: Any) -> Any:
            try:
                return built(get_origin(wanted) or wanted, found)
            except (IndexError, TypeError) as error:
                raise ValueError(str(error)) from error

        try:
            return msgspec.msgpack.decode(self.value, type=kind, dec_hook=hook)
        except msgspec.DecodeError as error:
            raise ValueError(f"no {kind}: {error}") from error


def send(stream: BinaryIO, lock: threading.Lock, number: int, name: str, value: object = None) -> None:
    """Write one message whole. Raises OSError where nobody reads any more, TypeError, before a byte is
    written, for a value that does not travel."""
    arrays: list[npt.NDArray[Any]] = []
    places: dict[int, int] = {}

    def hook(found: Any) -> Any:
        if isinstance(found, Path):
            return os.fsencode(found)
        import numpy as np

        if isinstance(found, np.generic):
            return found.item()
        if not isinstance(found, np.ndarray) or found.dtype.kind not in _PLAIN:
            raise TypeError(f"{type(found).__name__} does not travel")
        place = places.setdefault(id(found), len(arrays))
        if place == len(arrays):
            arrays.append(np.ascontiguousarray(found))
        return (place, found.dtype.str, found.shape)

    try:
        body = msgspec.msgpack.encode(value, enc_hook=hook)
    except (
        UnicodeEncodeError
    ):  # half a character, as pasting may leave one: it is no text anywhere else either
        plain = msgspec.to_builtins(value, builtin_types=(bytes,), enc_hook=hook)
        body = msgspec.msgpack.encode(_whole(plain))
    parts = [
        memoryview(msgspec.msgpack.encode((number, name))),
        memoryview(body),
        *(array.reshape(-1).view("u1").data for array in arrays),
    ]
    with lock:
        for size in (len(parts), *(part.nbytes for part in parts)):
            stream.write(_NUMBER.pack(size))
        for part in parts:
            stream.write(part)
        stream.flush()


def _whole(plain: Any) -> Any:
    """Plain data without half characters, which become `?` as in a saved file."""
    if isinstance(plain, str):
        return plain.encode("utf-8", "replace").decode()
    if isinstance(plain, dict):
        return {_whole(key): _whole(value) for key, value in plain.items()}
    return [_whole(value) for value in plain] if isinstance(plain, list | tuple) else plain


def receive(stream: BinaryIO) -> Message:
    """The next message. Raises EOFError where the other side has ended, ValueError for what is no message."""
    sizes = [_number(stream) for _ in range(_number(stream))]
    if len(sizes) < 2:
        raise ValueError("a message has an envelope and a value")
    envelope, value, *arrays = [_exactly(stream, size) for size in sizes]
    try:
        number, name = msgspec.msgpack.decode(envelope, type=tuple[int, str])
    except msgspec.DecodeError as error:
        raise ValueError(f"no envelope: {error}") from error
    return Message(number, name, value, tuple(arrays))


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
