"""`melodrama train codec` and `melodrama train gan`: from the archives to a weights folder.

    melodrama train codec --data ../shared/data/music --out RUN
    melodrama train gan --data ../shared/data/music --out RUN --ship WEIGHTS

The first call makes clean bars of the archives (RUN/data: `bars.npz`, `DATA.md` and pictures of what went in
and what was left out). Interrupted runs go on where they were: bars, finished codec roles, the role and the
GAN in progress are found in RUN. Logs are CSV, their curves PNG. The same steps on the same data make the
same weights, interrupted or not; several processes train as one under torchrun. `--small`: in minutes.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from engine.errors import MediaError
from engine.generate.codec import Codec
from engine.generate.config import CodecConfig, GanConfig
from engine.train.log import log
from engine.train.music.codec import CodecTraining, Stopped, train_codec
from engine.train.music.curves import draw_curves
from engine.train.music.data.prepare import prepared_bars
from engine.train.music.data.report import licence_lines
from engine.train.music.distributed import World, join, leave
from engine.train.music.gan import GanTraining, Trainer
from engine.train.music.ship import load_codec, ship
from engine.train.music.tensors import Bars, load_bars

SMALL_CODEC = CodecConfig(latents=(10, 8, 12, 8, 8), hidden=(40, 32, 48, 32, 32), encoder=64, sketch=32)
SMALL_GAN = GanConfig(width=48, layers=2, critic_width=48, critic_layers=2, noise=8, noise_global=8)


def arguments_of(words: Sequence[str] | None) -> argparse.Namespace:
    """The options of `melodrama train codec` and `gan`; ends the process with code 2 for wrong ones."""
    parser = argparse.ArgumentParser(
        prog="melodrama train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("codec", "gan"))
    parser.add_argument("--data", type=Path, required=True, help="the archives, packed or not, or a bars.npz")
    parser.add_argument("--out", type=Path, required=True, help="folder for bars, checkpoints, logs, curves")
    parser.add_argument("--sources", default="", help="only these archives, by commas")
    parser.add_argument("--steps", type=int, help="of all roles (20000), of the GAN (10700); small 400, 200")
    parser.add_argument(
        "--until", type=int, help="stop a role or the GAN at this step; the next call goes on"
    )
    parser.add_argument("--batch", type=int, help="bars or phrases a step (codec 256, gan 48; small 32)")
    parser.add_argument("--small", action="store_true", help="small networks, trained in minutes")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--warm", type=Path, help="codec: folder of an earlier run to start from")
    parser.add_argument("--codec", type=Path, help="gan: folder with the codec (that of the run)")
    parser.add_argument("--ship", type=Path, help="gan: weights folder to write (RUN/shipped)")
    parser.add_argument("--version", default="1", help="gan: what reports call the weights")
    parser.add_argument("--objective", choices=("paired", "wasserstein", "hinge", "plain"), default="paired")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Trains one of the two. Returns the exit code: 0, or 2 for what cannot be read."""
    asked = arguments_of(words)
    torch.set_num_threads(1)
    world = join()
    asked.out.mkdir(parents=True, exist_ok=True)
    try:
        bars = load_bars(_bars(asked, world))
        if asked.what == "codec":
            _train_codec(asked, bars, world)
        else:
            _train_gan(asked, bars, world)
        leave(world)
    except Stopped as reached:
        log(str(reached))
    except (MediaError, OSError, ValueError) as error:
        print(f"melodrama train {asked.what}: {error}", file=sys.stderr)
        return 2
    return 0


def _bars(asked: argparse.Namespace, world: World) -> Path:
    """The training set, made by the leader alone."""
    sources = tuple(name for name in asked.sources.split(",") if name)
    work = asked.out / "data"
    if world.leads:
        prepared_bars(asked.data, work, log, sources)
    world.any(False)  # the others wait here until it is written
    return prepared_bars(asked.data, work, lambda _: None, sources)


def _train_codec(asked: argparse.Namespace, bars: Bars, world: World) -> None:
    how = CodecTraining(
        steps=asked.steps or (400 if asked.small else CodecTraining().steps),
        batch=asked.batch or (32 if asked.small else 256),
        seed=asked.seed,
        stop=asked.until or 0,
    )
    if world.leads:
        log(f"{len(bars)} bars of {', '.join(bars.sources)}; {how.steps} steps for the codec")
    train_codec(bars, _codec_config(asked), how, asked.out, log, asked.warm, world)
    if world.leads:
        draw_curves(sorted(asked.out.glob("codec_*.csv")), asked.out / "codec.png")
        log(f"codec written to {asked.out}; next: melodrama train gan")


def _codec_config(asked: argparse.Namespace) -> CodecConfig:
    return SMALL_CODEC if asked.small else CodecConfig()


def _train_gan(asked: argparse.Namespace, bars: Bars, world: World) -> None:
    how = GanTraining(
        steps=asked.steps or (200 if asked.small else GanTraining().steps),
        stop=asked.until or 0,
        batch=asked.batch or (32 if asked.small else 48),
        objective=asked.objective,
        seed=asked.seed,
    )
    folder = asked.codec or asked.out
    if not (folder / "codec_melody.safetensors").exists():
        raise MediaError(f"{folder} holds no codec: melodrama train codec --out {folder} comes first")
    codec = load_codec(Codec(_codec_config(asked)), folder)
    trainer = Trainer(bars, codec, SMALL_GAN if asked.small else GanConfig(), how, asked.out, world)
    if world.leads:
        alive = int(trainer.alive.sum())
        log(f"{len(trainer.data.rows)} phrases, {alive} latent dimensions that live, {how.steps} steps")
    trainer.train(log)
    if trainer.step < how.steps:
        raise Stopped(f"stopped at step {trainer.step} of {how.steps}")
    if world.leads:
        draw_curves([asked.out / "gan.csv"], asked.out / "gan.png")
        place = asked.ship or asked.out / "shipped"
        networks = ship(trainer, asked.version, place)
        write_card(trainer, how, place)
        log(f"generator {networks.version} written to {place}; next: melodrama evaluate music")


def write_card(trainer: Trainer, how: GanTraining, folder: Path) -> None:
    """A short model card beside weights that have none."""
    card = folder / "MODEL_CARD.md"
    if card.exists():
        return
    lines = [
        "# A music generator",
        "",
        f"Trained by `melodrama train codec` and `melodrama train gan`: {trainer.step} steps of {how.batch}",
        f"phrases, objective {how.objective}; data:",
        f"{len(trainer.bars)} bars. Figures: `melodrama evaluate music`.",
        "",
        *licence_lines(trainer.bars.sources),
    ]
    card.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
