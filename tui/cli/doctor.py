"""`melodrama doctor`: what works on this machine, what is missing, and the words that mend it. Changes
nothing."""

import argparse
import importlib
import importlib.util
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from tui.cli.console import print_json, wants_colour

Status = Literal["ok", "missing", "failed", "unknown"]

_PACKAGES = (
    *("textual", "rich", "lark", "torch", "tokenizers", "safetensors", "numpy", "scipy"),
    *("jieba", "pretty_midi", "librosa", "midirenderer", "soundfile", "msgspec"),
)

_LIVE = {"python-osc": "pythonosc", "mido": "mido", "python-rtmidi": "rtmidi"}
"""By the name that pip knows, what `live` imports for OSC and MIDI."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `fix` is what to do about it, None where nothing needs doing."""

    name: str
    status: Status
    detail: str
    fix: str | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the checks as JSON")


def run(arguments: argparse.Namespace) -> int:
    checks = [check for look in _LOOKS for check in _safely(look)]
    ok = all(check.status in ("ok", "missing") for check in checks) and not any(
        check.status == "missing" and check.name in _NEEDED for check in checks
    )
    if arguments.json:
        print_json({"format": 1, "ok": ok, "checks": [asdict(check) for check in checks]})
    else:
        _print(checks)
    return 0 if ok else 1


def _print(checks: list[Check]) -> None:
    colours = {"ok": "32", "missing": "33", "failed": "31", "unknown": "33"}
    colour = wants_colour(sys.stdout)
    for check in checks:
        mark = f"\x1b[{colours[check.status]}m{check.status:<8}\x1b[0m" if colour else f"{check.status:<8}"
        print(f"{mark}{check.name:<23}{check.detail}")
        if check.fix:
            print(f"{'':<31}→ {check.fix}")


def _safely(look: Callable[[], list[Check]]) -> list[Check]:
    """A look that breaks is itself a finding; the others go on."""
    try:
        return look()
    except Exception as error:  # whatever a broken installation raises
        return [Check(look.__name__.strip("_"), "unknown", f"{type(error).__name__}: {error}")]


def _python() -> list[Check]:
    good = sys.version_info >= (3, 11)
    detail = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return [
        Check(
            "python", "ok" if good else "failed", detail, None if good else "Python 3.11 or newer is needed"
        )
    ]


def _packages() -> list[Check]:
    checks = []
    for name in _PACKAGES:
        try:
            checks.append(Check(name, "ok", version(name)))
        except PackageNotFoundError:
            checks.append(Check(name, "missing", "not installed", f"pip install {name}"))
    return checks


def _weights() -> list[Check]:
    from engine.weights import inventory

    return [
        Check(
            f"weights: {name}",
            "ok" if problem is None else "failed",
            problem or detail,
            None if problem is None else "reinstall melodrama",
        )
        for name, detail, problem in inventory()
    ]


def _device() -> list[Check]:
    import torch

    if torch.cuda.is_available():
        return [Check("device", "ok", f"CUDA: {torch.cuda.get_device_name(0)}")]
    return [Check("device", "ok", f"CPU, {torch.get_num_threads()} threads (no CUDA device)")]


def _reading() -> list[Check]:
    import torch

    from engine.text.products import measured_path

    path, reason = measured_path()
    level = torch.backends.cpu.get_cpu_capability()
    return [Check("text reading", "ok", f"{path} products, {level}: {reason}")]


def _soundfont() -> list[Check]:
    from engine.render.soundfont import packaged_soundfont
    from engine.render.synthesiser import choose_synthesiser

    chosen = choose_synthesiser()
    plays = f"{chosen.name} {chosen.version}".strip()
    if chosen.font is None:
        fix = "pip install pretty_midi midirenderer"
        return [
            Check("synthesiser", "missing", f"{plays}: no instruments, plain waves", fix),
            Check("soundfont", "missing", "none", fix),
        ]
    better = None
    if chosen.font == packaged_soundfont():
        better = "works; better sound: apt install libfluidsynth3 fluid-soundfont-gm, or --soundfont FILE"
    return [Check("synthesiser", "ok", plays), Check("soundfont", "ok", str(chosen.font), better)]


def _playback() -> list[Check]:
    try:
        sounddevice = importlib.import_module("sounddevice")
    except OSError:
        fix = "install PortAudio (Debian: apt install libportaudio2); everything but playback works without"
        return [Check("playback", "missing", "the PortAudio library is not installed", fix)]
    except ImportError:
        return [Check("playback", "missing", "sounddevice is not installed", "pip install sounddevice")]
    outputs = [d["name"] for d in sounddevice.query_devices() if d["max_output_channels"] > 0]
    if not outputs:
        return [Check("playback", "missing", "PortAudio is there, but no output device")]
    return [Check("playback", "ok", f"{len(outputs)} output device(s), first: {outputs[0]}")]


def _espeak() -> Check:
    program = shutil.which("espeak-ng")
    if program is not None:
        return Check("espeak-ng", "ok", program)
    alone = "not found (without it @voice is laid by pauses and lengths, not by sound)"
    return Check("espeak-ng", "missing", alone, "apt install espeak-ng")


def _tools() -> list[Check]:
    ffmpeg = shutil.which("ffmpeg") if shutil.which("ffprobe") else None
    dask = importlib.util.find_spec("distributed")
    film = "not found (only render --video needs it)"
    cluster = "not installed (only render --dask needs it)"
    editors = importlib.util.find_spec("pygls")
    wires = [name for name, module in _LIVE.items() if importlib.util.find_spec(module) is None]
    live = f"{', '.join(wires)}: not installed (only live's OSC and MIDI need them)"
    return [
        Check("ffmpeg", "ok", ffmpeg) if ffmpeg else Check("ffmpeg", "missing", film, "apt install ffmpeg"),
        _espeak(),
        Check("dask", "ok", version("distributed"))
        if dask
        else Check("dask", "missing", cluster, "pip install 'melodrama[dask]'"),
        Check("pygls", "ok", version("pygls"))
        if editors
        else Check("pygls", "missing", "not installed (only lsp needs it)", "pip install 'melodrama[lsp]'"),
        Check("live", "missing", live, "pip install 'melodrama[live]'")
        if wires
        else Check("live", "ok", ", ".join(f"{name} {version(name)}" for name in _LIVE)),
    ]


_LOOKS = (_python, _packages, _weights, _device, _reading, _soundfont, _playback, _tools)
_NEEDED = frozenset(_PACKAGES)
