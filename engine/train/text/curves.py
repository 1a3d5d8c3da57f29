"""Training curves as a picture: loss and dev figures of both stages over their steps."""

import csv
from pathlib import Path


def draw_log(folder: Path) -> Path | None:
    """`folder/curves.png` from the logs of the stages below it; None where matplotlib is not installed."""
    try:
        import matplotlib
    except ImportError:
        return None
    matplotlib.use("Agg")
    from matplotlib import pyplot

    logs = {stage: read_log(folder / stage / "log.csv") for stage in ("lines", "scenes")}
    figure, axes = pyplot.subplots(2, 2, figsize=(11, 7), squeeze=False, sharex="col")
    for column, (stage, log) in enumerate(logs.items()):
        loss, figures = axes[0][column], axes[1][column]
        loss.set_title(f"{stage}: loss")
        figures.set_title(f"{stage}: r on dev")
        steps = log.pop("step", [])
        for name, values in log.items():
            if name == "loss":
                loss.plot(steps, values, marker=".")
            elif name.endswith(("-V", "-A")) and not name.startswith(("told", "word", "story-passage")):
                figures.plot(steps, values, marker=".", label=name)
        if steps:
            figures.legend(fontsize=6, ncols=2)
        figures.set_xlabel("step")
    figure.tight_layout()
    figure.savefig(folder / "curves.png", dpi=110)
    pyplot.close(figure)
    return folder / "curves.png"


def read_log(path: Path) -> dict[str, list[float]]:
    """A log's columns; empty without one."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name]) for row in rows] for name in (rows[0] if rows else {})}
