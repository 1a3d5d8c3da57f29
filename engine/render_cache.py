"""A score's earlier renders under given options: its key, files out of the cache, files into it. Light: no
torch."""

import time
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from dsl.named_files import named_files, named_films
from dsl.score_file import read_bytes
from engine.cache import Kept, RenderCache, render_key, user_cache
from engine.errors import MelodramaError
from engine.render.files import report_file, write_atomic
from engine.render.synthesiser import choose_synthesiser
from engine.render_options import RenderOptions
from engine.weights import SHIPPED


def cache_for(options: RenderOptions) -> RenderCache | None:
    """The cache, where one is wanted; films are too large to keep."""
    return user_cache() if options.caches and options.video is None else None


def key_of(path: Path, options: RenderOptions) -> str | None:
    """The key of the score as it is on disk now; None where something of it cannot be read."""
    data, _ = read_bytes(path)
    if data is None:
        return None
    asked: dict[str, Any] = {
        "formats": options.formats,
        "seed": options.seed,
        "takes": options.takes,
        "device": options.device,
        "rate": options.rate,
        "bits": options.bits,
        "weights": options.weights,
        "judge_audio": options.judge_audio,
        "voice": options.voice,
        "single": None if options.single is None else options.single.suffix.lower(),
    }
    stamped = [SHIPPED]
    films = named_films(data, path.parent)
    if options.weights and options.weights != "debug":
        stamped = [Path(options.weights)]
    try:
        if options.taste is not None:
            asked["taste"] = sha256(options.taste.read_bytes()).hexdigest()
        synthesiser = choose_synthesiser(options.soundfont)
        asked["synthesiser"] = [synthesiser.name, synthesiser.version]
        stamped += films
        stamped += [p for p in (synthesiser.font, options.text_model) if p is not None]
        return render_key(path, data, named_files(data, path.parent), asked, stamped)
    except (OSError, MelodramaError):
        return None  # the render itself tells what is wrong


def write_kept(kept: Kept, path: Path, options: RenderOptions, began: float) -> dict[str, Any]:
    """Write what was kept of the score at `path` to where it is wanted now; gives the report as JSON. `began`
    is the moment by `time.perf_counter`. Raises OutputError."""
    writing = time.perf_counter()
    files = []
    for name, kind, data in kept.files:
        target = options.single or options.out / PurePosixPath(name)
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


def keep(cache: RenderCache, key: str, result: dict[str, Any], options: RenderOptions) -> None:
    """Keep what has just been written, if it still is on disk what the report (as JSON) says."""
    files = []
    for file in result["files"]:
        path = Path(file["path"])
        try:
            data = path.read_bytes()
        except OSError:
            return
        if report_file(path, file["kind"], data).sha256 != file["sha256"]:
            return  # somebody has written over it meanwhile
        name = path.name if options.single else path.relative_to(options.out).as_posix()
        files.append((name, file["kind"], data))
    report = {k: v for k, v in result.items() if k not in ("files", "score", "timings_s")}
    cache.keep(key, Kept(report, tuple(files)))
