"""What a render must not write over: the files that the score itself is made from, its recording, its themes,
its frozen takes. Light: it is asked before any work.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from dsl.plan import Plan
from engine.errors import OutputError


def spare_sources(plan: Plan, written: Iterable[Path]) -> None:
    """Raises OutputError where a file that is to be `written` is one that the score is made from."""
    sources = {_place(Path(plan.folder) / name): name for name in _named(plan)}
    for path in written:
        name = sources.get(_place(path))
        if name is not None:
            raise OutputError(
                f"cannot write {path}: the score is made from it (“{name}”); choose another place"
            )


def _named(plan: Plan) -> Iterator[str]:
    yield from (motif.file for motif in plan.motifs if motif.file is not None)
    for cue in plan.cues:
        yield from (voice.path for voice in cue.voices)
        yield from (name for name in (cue.freeze, cue.temp, cue.picture) if name is not None)


def _place(path: Path) -> str:
    """A path as the file system knows it: links followed, letters of one case."""
    try:
        return str(path.resolve()).casefold()
    except (OSError, RuntimeError):
        return str(path.absolute()).casefold()
