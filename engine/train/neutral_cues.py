"""What cues that are to feel nothing are like, style by style: the table that `melodrama why` compares with.

`python -m engine.train.neutral_cues > engine/teach/neutral.json` composes `CUES` cues a style for valence 0
and arousal 0, one take each as it comes, and measures the finished notes. The mode is a coin toss at zero and
is left out: there a cue is compared with its parallel. The tempo is left out, too: the map from emotion to
music names it.
"""

import json
import sys
from pathlib import Path
from statistics import mean, pstdev

from dsl.score_file import plan_source
from dsl.vocabulary import STYLES
from engine.models import Models
from engine.pipeline import compose
from engine.teach.cue_score import cue_score
from engine.teach.parameters import measured

CUES = 4
SEED = 41
_LINES = "He walked along the road.\nThe road went on.\n"


def neutral_score(style: str) -> str:
    """A score of `CUES` cues of a style, each asked to feel nothing."""
    cues = [f"# N{n} Neutral\n@emotion v=0 a=0\n@fit 24s\n{_LINES}" for n in range(CUES)]
    return f"melodrama: 1\ntitle: Neutral\nstyle: {style}\nseed: {SEED}\n---\n" + "\n".join(cues)


def neutral_rows(styles: list[str], models: Models) -> dict[str, dict[str, dict[str, float]]]:
    """Mean and spread (population standard deviation) of each parameter by style."""
    rows = {}
    for style in styles:
        plan = plan_source(neutral_score(style).encode(), Path(f"{style}.score")).plan
        assert plan is not None
        score = compose(plan, models, takes=1, recipe=None).score
        found = [measured(cue_score(score, index)) for index in range(len(score.cues))]
        names = [name for name in found[0] if name not in ("mode", "tempo")]
        rows[style] = {
            "mean": {str(name): round(mean(one[name] for one in found), 4) for name in names},
            "spread": {str(name): round(pstdev([one[name] for one in found]), 4) for name in names},
        }
        print(style, rows[style], file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    table = {"cues": CUES, "seed": SEED, "styles": neutral_rows(list(STYLES), Models())}
    json.dump(table, sys.stdout, indent=1)
    print()
