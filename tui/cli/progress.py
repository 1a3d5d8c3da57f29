"""Progress on stderr for what takes over a second: a bar in a terminal, nothing where stderr is a file."""

from typing import Any

_LABELS = {
    "loading": "loading the models",
    "reading": "reading the text",
    "composing": "composing takes",
    "playing": "playing the instruments",
    "layers": "playing the layers",
    "writing": "writing files",
    "listening": "listening to the result",
    "looking": "looking at the film",
    "film": "laying the score under the film",
}


class Progress:
    """A context in which `start`, `show` and `finish` may be called."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._task: Any = None
        self._name = ""

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def start(self, name: str) -> None:
        """Begin a score."""
        self.finish()
        self._name = name
        if not self._quiet:
            self._draw()

    def show(self, stage: str, done: int, count: int) -> None:
        """What the engine calls: `done` of `count` in `stage`."""
        if self._bar is not None:
            label = f"{self._name}: {_LABELS.get(stage, stage)}"
            self._bar.update(self._task, description=label, completed=done, total=max(count, 1))

    def finish(self) -> None:
        """Take the bar away; what was printed stays."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _draw(self) -> None:
        # Deferred: rich takes 100 ms, and --quiet needs none of it.
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        console = Console(stderr=True)
        if not console.is_terminal:
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(24), TimeElapsedColumn())
        self._bar = Bar(*columns, console=console, transient=True)
        self._task = self._bar.add_task(f"{self._name}: reading the score", total=None)
        self._bar.start()
