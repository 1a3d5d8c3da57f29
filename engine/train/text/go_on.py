"""Training that goes on from packed weights: their upper layers learn to hear a line in its window.

The lower layers stay as they are, and so does everything that is only measured by them.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file

from engine.errors import WeightsError
from engine.text.analyze import TextModel
from engine.text.encoder import build_float, widen
from engine.text.model import EmotionModel
from engine.text.scorer import EmotionScorer, load_scorer
from engine.text.window import Window
from engine.train.text.cache import build_cache
from engine.train.text.calibrate import calibrate
from engine.train.text.data import Example, read_all, read_storylines, story_examples
from engine.train.text.finish import finish
from engine.train.text.fit import fit
from engine.train.text.pack import pack
from engine.train.text.read_vectors import network_checksum
from engine.train.text.recipes import TextRecipe
from engine.train.text.sample import sample_of
from engine.train.text.words import derive

Tell = Callable[[str], None]
CONTRASTS = Path(__file__).resolve().parents[1] / "contrast" / "train"


def begun_with(folder: Path) -> tuple[EmotionModel, EmotionScorer]:
    """The network of packed weights in float32, and as the product reads with it. WeightsError when they
    cannot be read."""
    scorer = load_scorer(folder, "cpu")
    if not isinstance(scorer, EmotionScorer):
        raise WeightsError(f"{folder}: not text weights of ours")
    packed = widen(load_file(folder / "model.safetensors"))
    own = {name.removeprefix("encoder."): v for name, v in packed.items() if name.startswith("encoder.")}
    found = scorer.model.window
    config = None if found is None else found.config
    model = EmotionModel(build_float(scorer.model.encoder.config, own), window=config)
    kept = ("query", "head.", "window.")
    model.load_state_dict({name: v for name, v in packed.items() if name.startswith(kept)}, strict=False)
    return model, scorer


def contrast_examples() -> list[Example]:
    """The contrast set's training scenes as lines of stories, all of them to learn from."""
    lines = story_examples(read_storylines(CONTRASTS))
    return [replace(example, split="train") for example in lines if example.source == "story"]


def go_on(
    data: Path, out: Path, begin: Path, recipe: TextRecipe, name: str, version: str, tell: Tell
) -> None:
    """Makes `out/weights` by a recipe that goes on from the weights in `begin`. Safe to interrupt and repeat.
    WeightsError when they are not those that the recipe is for."""
    found = network_checksum(begin)
    if found != recipe.network_sha256:
        raise WeightsError(
            f"{begin}: recipe {name} is for the network {recipe.network_sha256[:12]}, not {found[:12]}"
        )
    version, home = version or f"text-{name}", out / "weights"
    examples = read_all(data, recipe.goemotions, recipe.neutral, recipe.storylines, recipe.fiction)
    if recipe.contrast:
        examples += contrast_examples()
    tell(f"{len(examples)} texts")
    facts: dict[str, object] = {"recipe": name, "begin_sha256": found}
    if recipe.further is None:
        finish(begin, home, examples, recipe.scene_fit, version, facts, tell)
        tell(f"packed {home}")
        return
    settings, (model, scorer) = recipe.further, begun_with(begin)
    if model.window is None and recipe.window is not None:
        shape = model.encoder.config
        model.window = Window(recipe.window, shape.layers, shape.heads)
    before = {part: value.detach().clone() for part, value in model.named_parameters()}

    def cached(done: int, total: int) -> None:
        if done == total or done % 4096 < 32:
            tell(f"lower layers: {done}/{total}")

    def stepped(done: int, total: int, figures: str) -> None:
        tell(f"step {done}/{total}: {figures}")

    cache = build_cache(out, examples, scorer.tokens, scorer.model.encoder, settings.frozen, cached)
    model = fit(model, cache, settings, out / "scenes", stepped)
    with torch.no_grad():
        for part, value in model.named_parameters():
            if not part.startswith("window."):
                value.lerp_(before[part], recipe.blend)
    calibration = calibrate(
        sample_of(model, cache, examples, settings.frozen, context=False),
        sample_of(model, cache, examples, settings.frozen, context=True),
    )
    tokenizer = begin / "tokenizer.json"
    pack(model, calibration, tokenizer if tokenizer.exists() else None, version, home)
    for kept in ("transfer.json", "MODEL_CARD.md"):
        if (begin / kept).exists():
            (home / kept).write_bytes((begin / kept).read_bytes())
    digest = hashlib.sha256((home / "model.safetensors").read_bytes()).hexdigest()
    tell(f"packed {home}: {digest[:12]}")
    finish(home, home, examples, recipe.scene_fit, version, facts, tell)
    if recipe.lexicon:
        tell(f"lexicon: {derive(TextModel.load(home), examples, home / 'lexicon.tsv')} words")
    tell(f"packed {home}")
