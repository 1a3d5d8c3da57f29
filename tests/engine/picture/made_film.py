"""A film made of ffmpeg's own sources, hard to spot on purpose, and where its shots begin.

Shots are framings of a few pictures, so that many neighbours look alike; the camera pans and zooms within
them, some are lit by flashes (white, or a sudden brightness) that are no cuts, some boundaries fade through
black. Everything is drawn by lot with a seed.
"""

import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

FFMPEG = shutil.which("ffmpeg")
SIZE = "96x54"
PICTURES = (
    "mandelbrot=s=320x180:start_scale=1.6:maxiter=300:end_pts=9000",
    "testsrc2=s=320x180",
    "gradients=s=320x180:n=5:seed=3:speed=0.002",
    "life=s=160x90:mold=10:rate=24:ratio=0.15:death_color=#704020:life_color=#f0e0c0:seed=5,scale=320:180",
    "smptehdbars=s=320x180",
    "cellauto=s=320x180:rule=110:seed=2,format=gray,boxblur=3",
)


@dataclass(frozen=True)
class Made:
    """The film, its rate as ffmpeg writes it, the first frame of every shot but the first, the first frames
    of its flashes, and those boundaries that fade."""

    path: Path
    rate: str
    cuts: tuple[int, ...]
    flashes: tuple[int, ...]
    fades: tuple[int, ...]


def make_film(
    path: Path, cuts: int = 60, rate: str = "24000/1001", seed: int = 1, sound: bool = True
) -> Made:
    """Write the film; `cuts` boundaries, every sixth of them a fade through black."""
    assert FFMPEG is not None
    dice = random.Random(seed)
    sources, graph, starts, flashes, fades = [], [], [], [], []
    frame, tick = 0, "/".join(reversed((rate if "/" in rate else f"{rate}/1").split("/")))
    for shot in range(cuts + 1):
        length = dice.choice((14, 20, 26, 34, 48, 66))
        picture = PICTURES[dice.randrange(len(PICTURES))] if shot % 3 else PICTURES[0]
        fade_in, fade_out = shot % 6 == 5, shot % 6 == 4 and shot < cuts
        length = max(length, 30 if fade_in or fade_out else 0)
        skip = dice.randrange(2, 40)
        wide = dice.choice((100, 120, 160))
        room = (320 - wide, 180 - wide * 9 // 16)
        x, y = dice.randrange(room[0]), dice.randrange(room[1])
        pan = dice.choice((0, 0, 0, 1, 2, -2, 0.5))
        steps = [
            f"fps={rate}",
            f"trim=start_frame={skip}:end_frame={skip + length}",
            f"settb={tick}",
            "setpts=N",
            f"crop={wide}:{wide * 9 // 16}:'clip({x}+{pan}*n,0,{room[0]})':{y}",
            f"scale={SIZE.replace('x', ':')}",
            "setsar=1",
            "format=yuv420p",
        ]
        if shot % 4 == 2 and length >= 26:
            at, long = dice.randrange(8, length - 14), dice.choice((1, 2, 3))
            shown = f"enable='between(n,{at},{at + long - 1})'"
            steps.append(
                f"drawbox=color=white:t=fill:{shown}" if dice.random() < 0.5 else f"lutyuv=y=val+90:{shown}"
            )
            flashes.append(frame + at)
        if fade_in:
            steps.append("fade=in:0:10")
        if fade_out:
            steps.append(f"fade=out:{length - 10}:10")
        if shot:
            starts.append(frame)
            if fade_in:
                fades.append(frame)
        sources += ["-f", "lavfi", "-i", picture]
        graph.append(f"[{shot}:v]{','.join(steps)}[s{shot}]")
        frame += length
    graph.append("".join(f"[s{n}]" for n in range(cuts + 1)) + f"concat=n={cuts + 1}:v=1:a=0[all]")
    graph.append(f"[all]settb={tick},setpts=N[v]")  # concat counts in microseconds, and may lose a frame
    words = [FFMPEG, "-nostdin", "-v", "error", "-y", *sources]
    heard: list[str] = []
    if sound:
        words += ["-f", "lavfi", "-i", "sine=f=220:r=16000,volume='0.02+0.5*gt(t,20)':eval=frame"]
        heard = ["-map", f"{cuts + 1}:a", "-shortest", "-c:a", "aac", "-b:a", "32k"]
    words += ["-filter_complex", ";".join(graph), "-map", "[v]", *heard, "-r", rate]
    words += ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "24", "-threads", "1", str(path)]
    subprocess.run(words, check=True)
    return Made(path, rate, tuple(starts), tuple(flashes), tuple(fades))
