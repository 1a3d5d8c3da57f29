"""Training logs as CSV and their curves as PNG."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path


class Log:
    """A CSV file that grows while training goes on; a resumed run adds to it."""

    def __init__(self, path: Path, columns: Iterable[str], on: bool = True) -> None:
        self.path, self.columns, self.on = path, ("step", "seconds", *columns), on
        if on and (not path.exists() or path.stat().st_size == 0):
            self._write(self.columns)

    def add(self, step: int, seconds: float, values: Mapping[str, float]) -> None:
        """One row; values that are not known yet stay empty."""
        if self.on:
            cells = [f"{values[name]:.4f}" if name in values else "" for name in self.columns[2:]]
            self._write([str(step), f"{seconds:.1f}", *cells])

    def _write(self, row: Iterable[str]) -> None:
        with self.path.open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow(row)


def draw_curves(paths: Iterable[Path], picture: Path) -> None:
    """Every column of every log over its steps, a panel a column, as one PNG. Logs without rows are left
    out."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    panels: list[tuple[str, list[float], list[float]]] = []
    for path in paths:
        if not path.exists():
            continue
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for name in [n for n in (rows[0] if rows else {}) if n not in ("step", "seconds")]:
            known = [(float(row.get("step", i)), float(row[name])) for i, row in enumerate(rows) if row[name]]
            if known:
                panels.append((f"{path.stem}: {name}", [x for x, _ in known], [y for _, y in known]))
    if not panels:
        return
    down = -(-len(panels) // 3)
    figure, axes = plt.subplots(down, 3, figsize=(15, 2.8 * down), squeeze=False)
    for axis, (title, steps, values) in zip(axes.ravel(), panels, strict=False):
        axis.plot(steps, values)
        axis.set_title(title, fontsize=9)
        axis.set_xlabel("step", fontsize=8)
    for axis in axes.ravel()[len(panels) :]:
        axis.axis("off")
    figure.tight_layout()
    figure.savefig(picture, dpi=60)
    plt.close(figure)
