"""From the dataset file to a weights folder: `python -m engine.train.music.run --data bars.npz --run FOLDER
--ship FOLDER`.

Codec, then GAN, then the table, pictures and the folder to ship. Interrupted runs go on where they were:
finished codec roles and the last GAN checkpoint are found in the run's folder. Budgets are processor seconds
on one thread.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from engine.generate.config import CodecConfig, GanConfig
from engine.train.music.codec import CodecTraining, train_codec
from engine.train.music.evaluate import evaluate, table
from engine.train.music.gan import GanTraining, Trainer
from engine.train.music.ship import ship
from engine.train.music.tensors import load_bars


def log(message: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {message}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains and ships. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="bars.npz")
    parser.add_argument("--run", type=Path, required=True, help="folder for checkpoints and logs")
    parser.add_argument("--ship", type=Path, help="weights folder to write")
    parser.add_argument("--warm", type=Path, help="folder with codecs of an earlier run to start from")
    parser.add_argument("--codec-seconds", type=float, default=780.0)
    parser.add_argument("--gan-seconds", type=float, default=2400.0)
    parser.add_argument("--objective", choices=("paired", "wasserstein", "plain"), default="paired")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--version", default="1")
    asked = parser.parse_args(arguments)
    torch.set_num_threads(1)
    bars = load_bars(asked.data)
    log(f"{len(bars)} bars of {', '.join(bars.sources)}")
    codec_how = CodecTraining(seconds=asked.codec_seconds, seed=asked.seed)
    codec = train_codec(bars, CodecConfig(), codec_how, asked.run, log, asked.warm)
    gan_how = GanTraining(seconds=asked.gan_seconds, objective=asked.objective, seed=asked.seed)
    trainer = Trainer(bars, codec, GanConfig(), gan_how, asked.run)
    log(f"{len(trainer.data.rows)} phrases, {int(trainer.alive.sum())} latent dimensions that live")
    trainer.train(log)
    networks = ship(trainer, asked.version, asked.ship or asked.run / "shipped")
    figures = table(evaluate(networks, bars))
    (asked.run / "table.md").write_text(figures, encoding="utf-8")
    print(figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
