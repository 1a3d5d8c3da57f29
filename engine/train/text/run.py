"""The whole training of the text-emotion model, from data to a folder that ships, and its command line."""

import argparse
import hashlib
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from engine.errors import MelodramaError, WeightsError
from engine.text.analyze import SHIPPED, TextModel
from engine.text.encoder import TINY, Encoder, EncoderConfig, build_float, from_bert
from engine.text.model import EmotionModel
from engine.text.tokens import CharacterTokens, PieceTokens, Tokens
from engine.text.window import Window, WindowConfig
from engine.train.text.cache import Cache, build_cache
from engine.train.text.calibrate import calibrate, spreads
from engine.train.text.curves import draw_log
from engine.train.text.data import FICTION, STORYLINES, read_all
from engine.train.text.finish import SceneFit, finish
from engine.train.text.fit import Fit, check, fit
from engine.train.text.go_on import go_on
from engine.train.text.pack import pack
from engine.train.text.probe import features_of, probe
from engine.train.text.recipes import RECIPES, TextRecipe
from engine.train.text.sample import sample_of
from engine.train.text.words import derive

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TextTraining:
    """What a training run needs. `start`: the encoder to begin from (None: tiny and random, for tests).

    `probed`: training texts the head is first fitted to alone (0: it begins at random). `begin`: another
    run's checkpoint whose averaged weights this run begins with. `fit` is the first stage (every text by
    itself), `scenes` the second (scenes read together as well). `out` gets the cache of hidden states, a
    folder for each stage (checkpoint, log.csv, settings), their curves as a picture and, in `out/weights`,
    what ships. `goemotions`: how many of its comments are used (None: all). `version` names the weights
    ("": by content). `lexicon`: whether the word lexicon is derived as well.
    """

    data: Path
    out: Path
    start: Path | None
    fit: Fit = field(default_factory=Fit)
    scenes: Fit = field(
        default_factory=lambda: Fit(steps=1800, batch=16, rate=1e-4, head_rate=5e-4, scenes=4)
    )
    goemotions: int | None = 16000
    neutral: int = 3000
    storylines: Path = STORYLINES
    fiction: Path = FICTION
    device: str = "cpu"
    version: str = ""
    begin: Path | None = None
    probed: int = 20000
    lexicon: bool = True
    blend: float = 0.3
    scene_fit: SceneFit = field(default_factory=SceneFit)
    recipe: str = ""
    window: WindowConfig = field(default_factory=WindowConfig)


def starting_point(start: Path | None, seed: int) -> tuple[EmotionModel, Tokens, Path | None]:
    """The untrained model, its tokenizer, the tokenizer's file. WeightsError when `start` is no BERT
    folder."""
    torch.manual_seed(seed)  # the heads' initial values
    if start is None:
        encoder = Encoder(TINY).initialise(torch.Generator().manual_seed(seed))
        return EmotionModel(encoder), CharacterTokens(TINY.vocabulary), None
    try:
        weights = from_bert(load_file(start / "model.safetensors"))
        encoder = build_float(EncoderConfig(vocabulary=len(weights["words.weight"])), weights)
        return EmotionModel(encoder), PieceTokens(start / "tokenizer.json"), start / "tokenizer.json"
    except (OSError, KeyError, RuntimeError) as error:
        raise WeightsError(f"{start}: not the starting weights ({type(error).__name__}: {error})") from None


def begin_head(model: EmotionModel, cache: Cache, frozen: int, limit: int, seed: int) -> None:
    """Sets the head to what the untrained features already know, from at most `limit` training texts."""
    rows = np.flatnonzero(cache.split == "train")
    rows = np.random.default_rng(seed).permutation(rows)[:limit]
    features = features_of(model, cache, rows, frozen)
    weight, bias = probe(features, torch.from_numpy(cache.targets[rows]))
    with torch.no_grad():
        model.head.weight.copy_(weight)
        model.head.bias.copy_(bias)


def blend(model: EmotionModel, checkpoint: Path | None, share: float) -> None:
    """Averages encoder and head with a checkpoint's, which counts `share`; the window stays.

    The second stage learns its scenes by heart a little; part of the way back it has forgotten less of the
    single sentences and reads scenes no worse (Wortsman et al. 2022 on averaging fine-tuned weights).
    """
    if checkpoint is None or not share:
        return
    earlier = load_file(checkpoint)
    with torch.no_grad():
        for name, value in model.named_parameters():
            if not name.startswith("window.") and f"mean.{name}" in earlier:
                value.lerp_(earlier[f"mean.{name}"].to(value), share)


def train(settings: TextTraining, tell: Tell) -> dict[str, float]:
    """Trains (or goes on training), packs `out/weights`, returns dev figures. Safe to interrupt and
    repeat."""
    frozen = min(settings.fit.frozen, TINY.layers - 1) if settings.start is None else settings.fit.frozen
    began = time.monotonic()
    model, tokens, tokenizer = starting_point(settings.start, settings.fit.seed)
    if settings.begin is not None:
        kept = {name: value for name, value in load_file(settings.begin).items() if name.startswith("mean.")}
        model.load_state_dict(
            {name.removeprefix("mean."): value for name, value in kept.items()}, strict=False
        )
    examples = read_all(
        settings.data, settings.goemotions, settings.neutral, settings.storylines, settings.fiction
    )
    tell(f"{len(examples)} texts")

    def cached(done: int, total: int) -> None:
        if done == total or done % 2048 < 32:
            tell(f"lower layers: {done}/{total} texts, {time.monotonic() - began:.0f} s")

    cache = build_cache(settings.out, examples, tokens, model.encoder, frozen, cached)

    def stepped(done: int, total: int, figures: str) -> None:
        tell(f"step {done}/{total}, {time.monotonic() - began:.0f} s: {figures}")

    begun = (settings.out / "lines" / "checkpoint.safetensors").exists()
    if settings.probed and settings.begin is None and not begun:
        tell("head: begun from the frozen features")
        begin_head(model.to(settings.device), cache, frozen, settings.probed, settings.fit.seed)
    if settings.fit.steps:
        model = fit(model, cache, settings.fit, settings.out / "lines", stepped, settings.device)
    if settings.scenes.steps:
        shape = model.encoder.config
        if model.window is None:
            model.window = Window(settings.window, shape.layers, shape.heads)
        model = fit(model, cache, settings.scenes, settings.out / "scenes", stepped, settings.device)
        first = settings.out / "lines" / "checkpoint.safetensors"
        blend(model, first if first.exists() else settings.begin, settings.blend)
    trained = model.to("cpu")
    figures = check(trained, cache, frozen)
    alone = sample_of(trained, cache, examples, frozen, context=False)
    calibration = calibrate(alone, sample_of(trained, cache, examples, frozen, context=True))
    for language, spread in spreads(alone, calibration).items():
        tell(f"calibration, {language}: " + ", ".join(f"{name} {value}" for name, value in spread.items()))
    digest = hashlib.sha256(trained.head.weight.detach().numpy().tobytes()).hexdigest()[:8]
    version, home = settings.version or f"text-{digest}", settings.out / "weights"
    pack(trained, calibration, tokenizer, version, home)
    finish(home, home, examples, settings.scene_fit, version, {"recipe": settings.recipe}, tell)
    if settings.lexicon:
        count = derive(
            TextModel.load(settings.out / "weights"), examples, settings.out / "weights" / "lexicon.tsv"
        )
        tell(f"lexicon: {count} words")
    draw_log(settings.out)
    tell(f"packed {settings.out / 'weights'} after {time.monotonic() - began:.0f} s")
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("melodrama train text", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with EmoBank, GoEmotions and XED")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint, log and weights")
    parser.add_argument(
        "--recipe", choices=RECIPES, default="full", help="all that decides what comes out (full)"
    )
    parser.add_argument("--start", type=Path, help="multilingual-e5-small-zh-en (without: tiny and random)")
    parser.add_argument(
        "--begin",
        type=Path,
        help="a checkpoint of another run, or the weights that a recipe goes on from (shipped)",
    )
    parser.add_argument("--steps", type=int, help="of the first stage: texts alone")
    parser.add_argument("--scene-steps", type=int, help="of the second stage: scenes as well")
    parser.add_argument("--blend", type=float, help="the first stage's share of what ships")
    parser.add_argument("--batch", type=int)
    parser.add_argument("--frozen", type=int, help="lower layers that are not trained")
    parser.add_argument("--rate", type=float)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--check-every", type=int)
    parser.add_argument("--goemotions", type=int, help="comments used; 0 for all")
    parser.add_argument("--threads", type=int, default=0, help="0 leaves it to torch")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--version", default="", help="name of the weights; by content when left out")
    given = parser.parse_args(arguments)
    if given.threads:
        torch.set_num_threads(given.threads)
    recipe = RECIPES[given.recipe]
    try:
        if recipe.stages is None:
            go_on(given.data, given.out, given.begin or SHIPPED, recipe, given.recipe, given.version, tell)
            return 0
        figures = train(settings_of(given, recipe), tell)
    except (MelodramaError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for name, value in figures.items():
        print(f"{name}\t{value}")
    return 0


def tell(line: str) -> None:
    """A line of progress on stderr."""
    print(line, file=sys.stderr, flush=True)


def settings_of(given: argparse.Namespace, recipe: TextRecipe) -> TextTraining:
    """A recipe's settings, with what was asked otherwise."""
    assert recipe.stages is not None
    names = ("batch", "frozen", "rate", "seed", "check_every")
    asked = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    later = dict(asked)
    later.pop("batch", None)
    if "rate" in later:
        later["rate"] /= 1.5
    lines, scenes = replace(recipe.stages[0], **asked), replace(recipe.stages[1], **later)
    if given.steps is not None:
        lines = replace(lines, steps=given.steps)
    if given.scene_steps is not None:
        scenes = replace(scenes, steps=given.scene_steps)
    goemotions = recipe.goemotions if given.goemotions is None else given.goemotions or None
    return TextTraining(
        given.data,
        given.out,
        given.start,
        lines,
        scenes,
        goemotions=goemotions,
        device=given.device,
        version=given.version,
        begin=given.begin,
        blend=recipe.blend if given.blend is None else given.blend,
        scene_fit=recipe.scene_fit,
        recipe=given.recipe,
        window=recipe.window,
    )
