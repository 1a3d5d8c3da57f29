"""Scores on a dask cluster: each is sent to a worker with the files it names, what it made comes back and is
written here.

Nothing is shared but the scheduler: workers need Melodrama installed, in the same version, and no folder of
ours. A score that fails, or a worker that dies with it, does not stop the others. dask is an optional extra.
"""

import contextlib
import io
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.render_options import RenderOptions
from tui.cli.console import about, say
from tui.cli.progress import Progress
from tui.cli.render_one import render_one

CONNECT_S = 15
_RETRIES = 1
_models: list[Any] = []
"""What a worker keeps between scores: the loaded models."""
_turn = threading.Lock()


def render_on_dask(
    scheduler: str, files: list[Path], options: RenderOptions, quiet: bool
) -> list[dict[str, Any]] | None:
    """Reports in the order of the files; None, with the reason told, where there is no cluster to use."""
    try:
        from distributed import Client, as_completed
    except ImportError:
        say("melodrama render: --dask needs the package distributed: pip install 'melodrama[dask]'")
        return None
    try:
        client = Client(scheduler, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        reason = str(error).splitlines()[0] if str(error) else "no answer"
        say(f"melodrama render: no dask scheduler answers at {scheduler}: {reason}")
        return None
    with contextlib.closing(client), Progress(quiet=quiet) as progress:
        progress.start(f"{len(files)} scores on {scheduler}")
        sent = {}
        on_worker = _door()
        # Plain values: what a worker is sent is read there before our packages are on its path.
        plain = {**asdict(options), "out": None}
        results: dict[Path, dict[str, Any]] = {}
        for path in files:
            try:
                packed = pack(path)
            except OSError as error:
                results[path] = _failed(path, f"cannot read {path}: {error.strerror or error}")
                continue
            # Not pure: the same score twice is two tasks, and nothing of an earlier run is given back.
            sent[client.submit(on_worker, packed, plain, quiet, pure=False, retries=_RETRIES)] = path
        for number, future in enumerate(as_completed(list(sent), loop=client.loop), start=1):
            path = sent[future]
            try:
                results[path] = _received(path, future.result(), options)
            except Exception as error:  # whatever a worker died of comes back as an exception of its kind
                results[path] = _failed(path, f"the worker failed: {type(error).__name__}: {error}")
            progress.show("rendering", number, len(sent))
    return [results[path] for path in files]


def pack(path: Path) -> dict[str, Any]:
    """The score and the files that it names, by their paths from its folder. Raises OSError."""
    from dsl.named_files import named_files

    data = path.read_bytes()
    root = Path(os.path.realpath(path.parent))
    named = {str(p.relative_to(root)): p.read_bytes() for p in named_files(data, path.parent)}
    return {"name": path.name, "data": data, "named": named}


def _door() -> Callable[[dict[str, Any], dict[str, Any], bool], dict[str, Any]]:
    """`work` as it is sent. A function inside a function travels by its code, not by the name of a module
    that a worker could only find once Melodrama's packages are on its path."""

    def on_worker(packed: dict[str, Any], options: dict[str, Any], quiet: bool) -> dict[str, Any]:
        import importlib

        with contextlib.suppress(ModuleNotFoundError):  # a checkout is on the path itself
            importlib.import_module("melodrama").settle()
        done: dict[str, Any] = importlib.import_module("tui.cli.render_dask").work(packed, options, quiet)
        return done

    return on_worker


def work(packed: dict[str, Any], options: dict[str, Any], quiet: bool) -> dict[str, Any]:
    """On the worker: render into a folder of its own, and give back report, contents and what was said.

    One at a time: models and stderr are the process's, and a worker may have several threads.
    """
    with _turn, tempfile.TemporaryDirectory(prefix="melodrama-") as folder:
        score = Path(folder, "score", packed["name"])
        for name, data in {packed["name"]: packed["data"], **packed["named"]}.items():
            place = score.parent / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        out = Path(folder, "out")
        wanted = RenderOptions(**{**options, "out": out})
        said = io.StringIO()
        with contextlib.redirect_stderr(said), Progress(quiet=True) as progress:
            result = render_one(score, wanted, _models, progress, quiet)
        files = []
        for file in result.get("files", ()):
            path = Path(file["path"])
            files.append((path.relative_to(out).as_posix(), file["kind"], path.read_bytes()))
        return {"result": result, "files": files, "said": said.getvalue().replace(str(score), packed["name"])}


def _received(path: Path, answer: dict[str, Any], options: RenderOptions) -> dict[str, Any]:
    """Write what came back below -o, as a render here would have."""
    from engine.errors import MelodramaError
    from engine.render.files import report_file, write_atomic

    for line in answer["said"].splitlines():
        say(line)
    result = {**answer["result"], "score": str(path)}
    if "error" in result:
        return result
    written = []
    try:
        for name, kind, data in answer["files"]:
            place = Path(options.out, name)
            write_atomic(place, data)
            report = report_file(place, kind, data)
            written.append(
                {"path": report.path, "kind": kind, "bytes": report.bytes, "sha256": report.sha256}
            )
    except MelodramaError as error:
        return _failed(path, str(error))
    return {**result, "files": written}


def _failed(path: Path, problem: str) -> dict[str, Any]:
    say(f"melodrama render: {about(path, problem)}")
    return {"format": 1, "score": str(path), "error": problem, "findings": []}
