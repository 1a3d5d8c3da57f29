"""The end of a training: the scene head and the calibration of readings in scenes, fitted to what ships.

Everything is read by the product's own int8 arithmetic, so that figures here are the product's, and fitted in
closed form: the same data and weights give the same file. How texts are read by themselves stays as it is.
"""

import copy
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file, save_file

from engine.text.arc import turns
from engine.text.calibration import Calibration
from engine.text.exact_linear import exact
from engine.text.model import TASKS
from engine.text.scene_head import AXES, SceneHead, SceneHeadConfig, features_of
from engine.text.scorer import EmotionScorer, load_scorer
from engine.train.text.calibrate import Sample, calibrate, spread_ratio, valence_of
from engine.train.text.data import Example
from engine.train.text.read_vectors import data_checksum, network_checksum, numbers_of, read_vectors

Tell = Callable[[str], None]
Rows = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SceneFit:
    """How the scene head is fitted. `decay`: what a neighbour one line farther away counts; `layer`:
    before which the deep vectors are taken; the penalties are on the squared weights of standardised
    features; `sources`: whose training lines it learns from; `shared`: what a line of the Shared-Character
    Stories counts, of which there are few, for a line of the others."""

    decay: float = 0.7
    layer: int = 10
    top_penalty: float = 30000.0
    deep_penalty: float = 10000.0
    sources: tuple[str, ...] = ("story", "fiction", "shared")
    shared: float = 5.0


def finish(
    begin: Path,
    out: Path,
    examples: Sequence[Example],
    settings: SceneFit,
    version: str,
    facts: dict[str, object],
    tell: Tell,
) -> None:
    """Reads the text weights in `begin` and writes `out`: the same with a scene head and its calibration.
    `facts` are kept in config.json under `training`. `out` may be `begin`; vectors read are kept beside
    `out`."""
    scorer = load_scorer(begin, "cpu")
    assert isinstance(scorer, EmotionScorer)
    settings = replace(settings, layer=min(settings.layer, len(scorer.model.encoder.layers) - 1))
    scorer.listen(settings.layer)
    weights = network_checksum(begin)
    chosen = [example for example in examples if example.source in (*settings.sources, "told", "emobank")]
    chosen = [e for e in chosen if e.split == "dev" or (e.split == "train" and e.source in settings.sources)]

    def told(done: int, total: int) -> None:
        tell(f"read {done}/{total}")

    vectors = read_vectors(scorer, f"{weights} {settings.layer}", chosen, out.parent / "vectors", told)
    heard = vectors[:, -1 - scorer.width : -1]  # in its window, where there is one
    head = fitted(heard, chosen, settings)
    scorer.scene_head = exact_head(head)
    calibration = recalibrated(scorer, vectors, chosen, settings.sources)
    out.mkdir(parents=True, exist_ok=True)
    tensors = {k: v for k, v in load_file(begin / "model.safetensors").items() if "scene_head" not in k}
    tensors |= {f"scene_head.{name}": value.float() for name, value in head.state_dict().items()}
    part = out / "model.safetensors.part"
    save_file(tensors, part)
    os.replace(part, out / "model.safetensors")
    config = json.loads((begin / "config.json").read_text(encoding="utf-8"))
    stored = json.loads(json.dumps(asdict(calibration)))
    stored["settling"] = stored.pop("scene_mood")
    config |= {"version": version, "scene_head": asdict(head.config), "calibration": stored}
    config["training"] = facts | {
        "network_sha256": weights,
        "data_sha256": data_checksum(chosen),
        "scene_fit": asdict(settings),
    }
    part = out / "config.json.part"
    part.write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(part, out / "config.json")
    for path in begin.iterdir():  # tokenizer, lexicon, card and what else lies beside the weights
        if begin != out and path.is_file() and path.name not in ("model.safetensors", "config.json"):
            (out / path.name).write_bytes(path.read_bytes())


def fitted(vectors: npt.NDArray[np.floating], examples: Sequence[Example], settings: SceneFit) -> SceneHead:
    """The scene head, by ridge regression on the train lines of scenes. `vectors`: top and deep, a row an
    example."""
    deep = vectors.shape[1] // 3
    config = SceneHeadConfig(2 * deep, deep, settings.layer, settings.decay)
    story = slice(TASKS["story"].start, TASKS["story"].start + AXES)
    learnt = np.array([e.split == "train" and e.source in settings.sources for e in examples])
    features = features_of(vectors, numbers_of(examples), config)[learnt]
    wanted = np.stack([e.targets[story] for e in examples])[learnt].astype(np.float64)
    share = np.array([settings.shared if e.source == "shared" else 1.0 for e in examples])[learnt]
    head = SceneHead(config)
    middle = 2 * config.top
    ridge(head.top, features[:, :middle], wanted, share, settings.top_penalty)
    ridge(head.deep, features[:, middle:], wanted, share, settings.deep_penalty)
    return head.requires_grad_(False)


@torch.no_grad()
def ridge(layer: torch.nn.Linear, features: Rows, wanted: Rows, share: Rows, penalty: float) -> None:
    """Sets `layer` to the least squares of `wanted` (n × axes, NaN where unknown), each row counting `share`,
    with a penalty on weights of standardised features."""
    for axis in range(wanted.shape[1]):
        known = ~np.isnan(wanted[:, axis])
        x, y, part = features[known], wanted[known, axis], share[known]
        mean, spread, target = np.average(x, 0, part), x.std(0) + 1e-6, np.average(y, weights=part)
        x = (x - mean) / spread
        weighed = x * part[:, None]
        weight = (
            np.linalg.solve(weighed.T @ x + penalty * np.eye(x.shape[1]), weighed.T @ (y - target)) / spread
        )
        layer.weight[axis] = torch.from_numpy(weight)
        layer.bias[axis] = float(target - weight @ mean)


def exact_head(head: SceneHead) -> SceneHead:
    """The head as the product computes it."""

    made = exact(copy.deepcopy(head))
    assert isinstance(made, SceneHead)
    return made


def recalibrated(
    scorer: EmotionScorer,
    vectors: npt.NDArray[np.float32],
    examples: Sequence[Example],
    sources: Sequence[str],
) -> Calibration:
    """The scorer's calibration with what is fitted anew: gain, mixtures among neighbours, the scene's mood,
    doubt. Of lines in scenes each source and language counts the same."""
    dev = np.array([example.split == "dev" for example in examples])
    # Of the Shared-Character Stories only valence is known.
    whole = [source for source in sources if source != "shared"]
    inside = dev & np.array([example.source in whole for example in examples])
    outside = dev & np.array([example.source in ("story", "told", "emobank") for example in examples])
    alone = sample(scorer, vectors, examples, outside, False)
    calibration = calibrate(alone, sample(scorer, vectors, examples, inside, True))
    before = scorer.calibration
    gain = 1 / spread_ratio(valence_of(alone.columns()[0], before.alone), alone)
    return replace(calibration, threshold=before.threshold, alone=before.alone, gain=round(gain, 4))


def sample(
    scorer: EmotionScorer,
    vectors: npt.NDArray[np.float32],
    examples: Sequence[Example],
    rows: npt.NDArray[np.bool_],
    context: bool,
) -> Sample:
    """Dev texts as the product reads them, alone or in their scenes."""
    chosen = [example for example, kept in zip(examples, rows, strict=True) if kept]
    kinds = np.array([f"{e.source}-{e.language if context else ''}" for e in chosen])
    weights = np.array([1 / (kinds == kind).sum() for kind in kinds])
    scenes = numbers_of(chosen)
    raw = scorer.raw(vectors[rows], scenes.tolist() if context else None)
    return Sample(
        raw,
        np.stack([example.targets for example in chosen]),
        weights / weights.sum(),
        np.array([example.language for example in chosen]),
        np.array([example.source == "told" for example in chosen]),
        scenes if context else None,
        np.array([turns(example.text) for example in chosen]) if context else None,
    )
