"""Live music from outside: `python -m tests.benchmarks live`, or for longer `python -m tests.benchmarks live
SECONDS`.

`melodrama live` runs as people start it, through a sound device that is none: ALSA's null device, which
`engine.live.sound` holds to time and of which it counts the blocks that were not ready. This process is the
game that speaks OSC to it. It sends a feeling every three seconds, now and then a line of text or another
state, and notes when it is told of bars and of the feeling that is heard. Memory and processor seconds are
those of the command and of the process that makes its music.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
SCORE = ROOT / "scores" / "keepers-lamp.score"
EVERY_S = 3.0
IN_TIME_S = 0.4
"""An event that comes so long before a bar line is to be heard from that line on."""
_ON_THE_LINE_S = 0.1
"""What is told so soon after a bar line was heard from it: it goes through two processes."""
_STARTS_S = 300.0
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TEXTS = (
    "The door gives way.",
    "Nobody answers; only the rain.",
    "She laughs, and the whole table laughs with her.",
    "Something moves under the water.",
)
_STATES = ("Shore", "House", "Cellar", "Stairs", "Light")


@dataclass
class Notes:
    """What was sent and told, by `time.monotonic`."""

    sent: list[tuple[float, float | None]] = field(default_factory=list)
    """When, and the valence that was asked for: each its own; None for another event."""
    felt: list[tuple[float, float]] = field(default_factory=list)
    bars: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def hear(self, address: str, values: list[float], now: float) -> None:
        """A message of the music's."""
        if address == "/melodrama/bar":
            self.bars.append(now)
        elif address == "/melodrama/feeling":
            self.felt.append((now, values[0]))
        elif address == "/melodrama/error":
            self.errors.append(str(values[0]))

    def waits(self) -> list[tuple[float, float]]:
        """(seconds from a feeling's being asked for to its first note, seconds to the bar line that it could
        make), of all but those that another event took the place of before that line."""
        found = []
        for place, (at, valence) in enumerate(self.sent):
            until = self.sent[place + 1][0] if place + 1 < len(self.sent) else float("inf")
            line = next((t for t in self.bars if t >= at + IN_TIME_S), None)
            if valence is None or line is None:
                continue
            heard = next((t for t, v in self.felt if t > at and abs(v - valence) < 5e-4), None)
            if heard is None and until <= line - IN_TIME_S + 0.1:
                continue
            found.append((heard - at if heard is not None else float("inf"), line - at))
        return found


def live(seconds: float = 120.0) -> None:
    """Prints the figures of `seconds` seconds."""
    try:
        from pythonosc.udp_client import SimpleUDPClient
    except ImportError as error:
        raise SystemExit("this benchmark needs python-osc: pip install 'melodrama[live]'") from error
    notes = Notes()
    before_mb = 0.0
    with _device() as environment, _performance(environment) as (process, port, said):
        client = SimpleUDPClient("127.0.0.1", port)
        _first_bar(client, notes, process)
        began, used = time.monotonic(), _processor_s(process.pid)
        notes.bars.clear()
        before_mb = _memory_mb(process.pid)
        _play(client, notes, process, began + seconds)
        lasted, used = time.monotonic() - began, _processor_s(process.pid) - used
        notes.memory_mb = [before_mb, *notes.memory_mb, _memory_mb(process.pid)]
        client.send_message("/melodrama/stop", [])
        process.wait(120)
        _tell(notes, lasted, used, said.read_text(encoding="utf-8"))


def _play(client, notes: Notes, process: "subprocess.Popen[bytes]", until: float) -> None:  # type: ignore[no-untyped-def]
    number, next_at, next_look = 0, time.monotonic(), time.monotonic()
    while (now := time.monotonic()) < until and process.poll() is None:
        if now >= next_at:
            number, next_at = number + 1, next_at + EVERY_S
            if number % 10 == 0:
                notes.sent.append((now, None))
                client.send_message("/melodrama/state", _STATES[number // 10 % len(_STATES)])
            elif number % 5 == 0:
                notes.sent.append((now, None))
                client.send_message("/melodrama/text", _TEXTS[number // 5 % len(_TEXTS)])
            else:
                # Far from the last, and no two alike for a long while.
                valence = round(-0.9 + (number * 0.617) % 1.8, 3)
                notes.sent.append((now, valence))
                client.send_message("/melodrama/emotion", [valence, 0.6 if number % 2 else -0.3])
        if now >= next_look:
            next_look += 10.0
            notes.memory_mb.append(_memory_mb(process.pid))
        for message in client.get_messages(min(max(next_at - time.monotonic(), 0.001), 0.05)):
            notes.hear(message.address, message.params, time.monotonic())


def _first_bar(client, notes: Notes, process: "subprocess.Popen[bytes]") -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + _STARTS_S
    while not notes.bars:
        if time.monotonic() > until or process.poll() is not None:
            raise SystemExit("the music never began")
        client.send_message("/melodrama/reply", [])
        for message in client.get_messages(1.0):
            notes.hear(message.address, message.params, time.monotonic())
            if notes.bars:
                break


def _tell(notes: Notes, lasted: float, used: float, said: str) -> None:
    from tests.benchmarks.app import tell

    waits = notes.waits()
    heard = sorted(wait for wait, _ in waits)
    after = sorted(wait - line for wait, line in waits)
    share = 100.0 * sum(one <= _ON_THE_LINE_S for one in after) / max(len(after), 1)
    asked = sum(valence is not None for _, valence in notes.sent)
    more = f"{asked} feelings asked for, {len(waits)} heard or due; load {os.getloadavg()[0]:.1f}"
    tell("heard from the bar line that they could make", share, "%", "99 %", share >= 99.0, more)
    print(f"{'event → first changed note':<58}p50 {_at(heard, 0.5):.2f} s, p99 {_at(heard, 0.99):.2f} s")
    late = 1000 * max(_at(after, 0.99), 0.0)
    more = f"p50 {1000 * _at(after, 0.5):+.0f} ms, worst {1000 * max(after, default=0.0):+.0f} ms"
    tell("first changed note after that line, p99", late, "ms", "100", late <= 1000 * _ON_THE_LINE_S, more)
    blocks = re.search(r"([\d,]+) blocks of sound were late", said)
    count = int(blocks[1].replace(",", "")) if blocks else -1
    more = "" if blocks else "no sound device could be opened (libportaudio2)"
    tell("blocks of sound that were late", count, "", "0", count == 0, more)
    early, end = notes.memory_mb[0], median(notes.memory_mb[-3:])
    third = max(len(notes.memory_mb) // 3, 1)
    settled = median(notes.memory_mb[third : 2 * third] or notes.memory_mb)
    more = f"{early:.0f} MB at the first bar, {settled:.0f} MB in the second third, {end:.0f} MB at the end"
    tell(
        "memory, growth from the second third on",
        100 * (end / settled - 1),
        "%",
        "5 %",
        end <= 1.05 * settled,
        more,
    )
    cores = used / lasted
    tell("cores used, on average", cores, "cores", "1", cores <= 1.0, f"over {lasted:.0f} s")
    gaps = [after - before for before, after in zip(notes.bars, notes.bars[1:], strict=False)] or [0.0]
    print(f"{'bars told':<58}{len(notes.bars)}, {min(gaps):.2f} to {max(gaps):.2f} s apart")
    for line in (*dict.fromkeys(notes.errors), *said.strip().splitlines()):
        print(f"    {line}")


def _at(values: list[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)] if values else float("nan")


# -------------------------------------------------------------------------------------- the other process


@contextmanager
def _device() -> Iterator[dict[str, str]]:
    """The environment in which ALSA's default device takes sound and plays nothing."""
    with tempfile.TemporaryDirectory() as name:
        settings = Path(name) / "asound.conf"
        settings.write_text("pcm.!default { type null }\n", encoding="utf-8")
        yield {**os.environ, "ALSA_CONFIG_PATH": str(settings), "PYTHONPATH": str(ROOT)}


@contextmanager
def _performance(environment: dict[str, str]) -> Iterator[tuple["subprocess.Popen[bytes]", int, Path]]:
    """`melodrama live`, where it listens, and the file with all that it says."""
    program = "from tui.cli.main import entry; entry()"
    with tempfile.TemporaryDirectory() as name:
        said = Path(name) / "said"
        words = [
            sys.executable,
            "-c",
            program,
            "live",
            str(SCORE),
            "--osc",
            "0",
            *os.environ.get("LIVE", "").split(),
        ]
        with said.open("wb") as file:
            process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stderr=file, env=environment, cwd=ROOT
            )
        try:
            yield process, _port(said, process), said
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(60)


def _port(said: Path, process: "subprocess.Popen[bytes]") -> int:
    until = time.monotonic() + _STARTS_S
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"OSC is heard at \S+:(\d+)", said.read_text(encoding="utf-8"))
        if found:
            return int(found[1])
        time.sleep(0.1)
    raise SystemExit(f"melodrama live says no port: {said.read_text(encoding='utf-8')}")


def _family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in children.read_text().split()]
    return found


def _memory_mb(pid: int) -> float:
    """Resident memory of a process and its children."""
    pages = 0
    for one in _family(pid):
        try:
            pages += int(Path(f"/proc/{one}/statm").read_text().split()[1])
        except OSError:
            continue
    return pages * _PAGE / 1e6


def _processor_s(pid: int) -> float:
    """Processor seconds of a process and its children so far."""
    ticks = 0
    for one in _family(pid):
        try:
            numbers = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(numbers[11]) + int(numbers[12])
    return ticks / _TICKS


if __name__ == "__main__":
    live(float(sys.argv[1]) if len(sys.argv) > 1 else 120.0)
