"""`render` and its cache: the key of a score under the options given, files out of the cache, files into
it."""

import argparse
import time
from pathlib import Path, PurePosixPath
from typing import Any

from engine.cache import Kept, RenderCache, render_key, user_cache
from engine.errors import MelodramaError
from engine.render.files import report_file, write_atomic
from engine.render.synthesiser import choose_synthesiser

_OPTIONS = ("format", "seed", "takes", "device", "rate", "bits", "weights", "judge_audio")


def cache_for(arguments: argparse.Namespace) -> RenderCache | None:
    """The cache, where one is wanted; films are too large to keep."""
    return None if arguments.no_cache or arguments.video else user_cache()


def key_of(path: Path, arguments: argparse.Namespace, single: bool) -> str | None:
    """The key of the score as it is on disk now; None where something of it cannot be read."""
    import engine
    from dsl.named_files import named_files
    from dsl.score_file import read_bytes

    data, _ = read_bytes(path)
    if data is None:
        return None
    options = {name: getattr(arguments, name) for name in _OPTIONS}
    options["single"] = arguments.out.suffix.lower() if single else None
    stamped = [Path(engine.__path__[0], "weights")]
    if arguments.weights and arguments.weights != "debug":
        stamped = [Path(arguments.weights)]
    try:
        synthesiser = choose_synthesiser(arguments.soundfont)
        options["synthesiser"] = [synthesiser.name, synthesiser.version]
        stamped += [p for p in (synthesiser.font, arguments.text_model) if p is not None]
        return render_key(path, data, named_files(data, path.parent), options, stamped)
    except (OSError, MelodramaError):
        return None  # the render itself tells what is wrong


def write_kept(kept: Kept, path: Path, out: Path, single: bool, began: float) -> dict[str, Any]:
    """Write what was kept to where it is wanted now; gives the report. Raises OutputError."""
    writing = time.perf_counter()
    files = []
    for name, kind, data in kept.files:
        target = out if single else out / PurePosixPath(name)
        write_atomic(target, data)
        written = report_file(target, kind, data)
        files.append({"path": written.path, "kind": kind, "bytes": written.bytes, "sha256": written.sha256})
    now = time.perf_counter()
    timings = {"load": writing - began, "deliver": now - writing, "total": now - began}
    return {
        **kept.report,
        "score": str(path),
        "files": files,
        "timings_s": {name: round(seconds, 4) for name, seconds in timings.items()},
        "cached": True,
    }


def keep(cache: RenderCache, key: str, result: dict[str, Any], out: Path, single: bool) -> None:
    """Keep what has just been written, if it still is on disk what the report says."""
    files = []
    for file in result["files"]:
        path = Path(file["path"])
        try:
            data = path.read_bytes()
        except OSError:
            return
        if report_file(path, file["kind"], data).sha256 != file["sha256"]:
            return  # somebody has written over it meanwhile
        name = path.name if single else path.relative_to(out).as_posix()
        files.append((name, file["kind"], data))
    cache.keep(
        key, Kept({k: v for k, v in result.items() if k not in ("files", "score", "timings_s")}, tuple(files))
    )
