"""What has been rendered before: files and report by the content they came from, so that nothing is made
twice.

A key is a digest of everything that decides the bytes: the score, the files it names, the options, the
weights, the sound font, the program itself. An entry is one file that carries its own digests; whatever is
wrong with it, it is thrown away. Nothing here imports the engine's heavy parts, and no failure here is a
failure of the render.
"""

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any

from engine.errors import MelodramaError
from engine.render.files import write_atomic
from engine.user_folders import cache_folder

MOST_BYTES = 1_000_000_000
"""The folder's size; what was used longest ago goes first."""
_LARGEST_ENTRY = MOST_BYTES // 4
_MAGIC = b"melodrama render 1\n"
_DIGEST = hashlib.sha256
_PARTS = ("torch", "transformers", "numpy", "pretty_midi", "midirenderer", "soundfile", "librosa")
"""Packages whose version may change what comes out."""
_SUFFIX = ".render"


@dataclass(frozen=True, slots=True)
class Kept:
    """A render as kept: its report as JSON, and the files, (name below the output folder, kind, content)."""

    report: dict[str, Any]
    files: tuple[tuple[str, str, bytes], ...]


@dataclass(frozen=True, slots=True)
class RenderCache:
    """Rendered scores on disk, a file a render, found by the hash of all that decides what comes out."""

    folder: Path

    def load(self, key: str) -> Kept | None:
        """What was kept under `key`; None where there is nothing, or nothing that can be trusted."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        kept = _unpacked(data)
        with contextlib.suppress(OSError):
            if kept is None:
                path.unlink()
            else:
                os.utime(path)  # used now: among the last to go
        return kept

    def keep(self, key: str, kept: Kept) -> None:
        """Keep a render, and let the oldest go where the folder grows too large. Never fails."""
        data = _packed(kept)
        if len(data) > _LARGEST_ENTRY:
            return
        with contextlib.suppress(OSError, MelodramaError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.prune(MOST_BYTES - len(data))
            write_atomic(self._path(key), data)

    def prune(self, most_bytes: int) -> None:
        """Delete entries, the longest unused first, until at most `most_bytes` are left."""
        found = []
        for path in self.folder.iterdir():
            with contextlib.suppress(OSError):
                status = path.stat()
                if path.suffix == ".part" and status.st_mtime < time.time() - 3600:
                    path.unlink()  # left by a process that was killed
                elif path.suffix == _SUFFIX:
                    found.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= most_bytes:
                return
            with contextlib.suppress(OSError):
                path.unlink()
            total -= size

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{_SUFFIX}"


def user_cache() -> RenderCache | None:
    """The user's cache: MELODRAMA_CACHE names the folder or says "off", else it is below XDG_CACHE_HOME."""
    named = os.environ.get("MELODRAMA_CACHE")
    if named:
        return None if named.lower() == "off" else RenderCache(Path(named))
    try:
        return RenderCache(cache_folder() / "renders")
    except RuntimeError:  # a user without a home
        return None


def render_key(
    score: Path, data: bytes, named: Iterable[Path], options: Mapping[str, Any], stamped: Iterable[Path]
) -> str:
    """The digest of all that decides a render: `data` is the score's content, `named` the files it takes
    from.

    `stamped` are large files and folders (weights, sound font) told by size and time of change, not read.
    Raises OSError where a named file cannot be read.
    """
    everything = {
        "score": [score.stem, _DIGEST(data).hexdigest()],
        "named": [[str(p), _file_digest(p)] for p in sorted(named)],
        "options": dict(options),
        "stamps": [_stamps(path) for path in stamped],
        "program": _program(),
        # What "auto" comes to must not be asked of torch here: it takes seconds to import.
        "cuda": [Path("/dev/nvidiactl").exists(), os.environ.get("CUDA_VISIBLE_DEVICES")],
    }
    text = json.dumps(everything, sort_keys=True, ensure_ascii=True, default=str)
    return _DIGEST(text.encode()).hexdigest()


@cache
def _program() -> list[Any]:
    """What runs, as it was when this process first asked: later edits are not loaded."""
    package = Path(__file__).parents[1]
    # The version alone would return stale renders while the program is being changed.
    sources = [_stamps(package / name, ".py") for name in ("dsl", "engine", "grammars")]
    return [sources, [_version(name) for name in ("melodrama", *_PARTS)]]


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _stamps(path: Path, suffix: str = "") -> list[tuple[str, int, int]]:
    """(path, size, time of change) of a file, or of every file below a folder."""
    stamps = []
    if path.is_file():
        status = path.stat()
        return [(str(path), status.st_size, status.st_mtime_ns)]
    for folder, _, names in os.walk(path):
        for name in names:
            if name.endswith(suffix) and not name.endswith((".pyc", ".part")):
                with contextlib.suppress(OSError):
                    status = os.stat(os.path.join(folder, name))
                    stamps.append((os.path.join(folder, name), status.st_size, status.st_mtime_ns))
    return sorted(stamps)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


# ------------------------------------------------------------------------------------------------ an entry


def _packed(kept: Kept) -> bytes:
    """Magic, length and digest of the header, the header (report; name, kind, size and digest of each file),
    files."""
    files = [[name, kind, len(data), _DIGEST(data).hexdigest()] for name, kind, data in kept.files]
    header = json.dumps({"report": kept.report, "files": files}, ensure_ascii=False).encode()
    parts = (_MAGIC, len(header).to_bytes(8, "big"), _DIGEST(header).digest(), header)
    return b"".join((*parts, *(data for _, _, data in kept.files)))


def _unpacked(data: bytes) -> Kept | None:
    """The entry in these bytes, or None where a single one is not what was written."""
    start = len(_MAGIC) + 8 + 32
    if len(data) < start or not data.startswith(_MAGIC):
        return None
    end = start + int.from_bytes(data[len(_MAGIC) : len(_MAGIC) + 8], "big")
    header = data[start:end]
    if _DIGEST(header).digest() != data[start - 32 : start]:
        return None
    try:
        entry = json.loads(header)
        files = []
        for name, kind, size, digest in entry["files"]:
            content = data[end : end + size]
            if _DIGEST(content).hexdigest() != digest or not _is_below(name):
                return None
            files.append((name, kind, content))
            end += size
        return Kept(dict(entry["report"]), tuple(files)) if end == len(data) else None
    except (ValueError, KeyError, TypeError):
        return None


def _is_below(name: str) -> bool:
    """Whether a name leads to a place below the folder it is put to."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name
