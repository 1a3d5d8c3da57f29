"""Several scores in several processes. Each process loads the models once and keeps them for all its
scores."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from engine.cores import cores
from engine.render_options import RenderOptions
from tui.cli.progress import Progress
from tui.cli.render_one import render_one

# What a worker process keeps between scores: the loaded models, empty until its first score.
_models: list[Any] = []


def render_in_processes(
    files: list[Path], options: RenderOptions, jobs: int, quiet: bool
) -> list[dict[str, Any]]:
    """Reports in the order of the files. Ctrl-C ends the workers too."""
    jobs = min(jobs, len(files))
    # Fresh interpreters: a fork of a process that has started threads may hang in torch.
    pool = ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=_one_thread_each, initargs=(jobs,)
    )
    try:
        waiting = [pool.submit(_render, path, options, quiet) for path in files]
        with Progress(quiet=quiet) as progress:
            progress.start(f"{len(waiting)} scores")
            results = []
            for number, one in enumerate(waiting, start=1):
                results.append(one.result())
                progress.show("rendering", number, len(waiting))
        pool.shutdown()
        return results
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list(
            (pool._processes or {}).values()
        ):  # there is no public way to end a running worker
            process.terminate()
        raise


def _one_thread_each(jobs: int) -> None:
    """Share the cores out: two processes with two threads each on two cores are slower than one."""
    threads = max(1, cores() // jobs)
    os.environ["OMP_NUM_THREADS"] = str(threads)


def _render(path: Path, options: RenderOptions, quiet: bool) -> dict[str, Any]:
    with Progress(quiet=True) as progress:
        return render_one(path, options, _models, progress, quiet)
