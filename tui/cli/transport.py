"""The transport of `melodrama play`: keys from a terminal, a position bar, the line and cue that are heard.

Plain escape codes on stderr, two lines that are drawn over each other; no Textual. What the keys do is in one
table.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from engine.playback.playable import Playable
from engine.playback.player import Player, Samples
from tui.cli.console import cell_width, say

SEEK_S = 5.0
_DRAW_S = 0.1
_TELL_S = 10.0
"""How often the position is told where nothing can be drawn."""
_LOOPS = ("", "cue", "all")


class Volume:
    """How loud, in percent: the audio callback multiplies by it, or not at all at 100."""

    def __init__(self, percent: int) -> None:
        self.percent = percent

    def change(self, by: int) -> None:
        """Louder or softer by so many percent, within 0…150."""
        self.percent = min(max(self.percent + by, 0), 150)

    def apply(self, out: Samples) -> None:
        """Scales samples about to be played, in place, and clips them."""
        if self.percent != 100:
            # Squared: halves of the way sound like halves.
            out *= (self.percent / 100) ** 2
            out.clip(-1.0, 1.0, out)


class Transport:
    """Plays one piece to its end or until it is told to stop."""

    def __init__(
        self, playable: Playable, percent: int = 100, quiet: bool = False, player: Player | None = None
    ) -> None:
        self.playable = playable
        self.volume = Volume(percent)
        self.quiet = quiet
        self.player = player or Player(self._open)
        self.looping = 0
        self.leaving = False
        self.actions: dict[str, Callable[[], None]] = {
            " ": self.toggle,
            "right": lambda: self.seek_by(SEEK_S),
            "left": lambda: self.seek_by(-SEEK_S),
            "up": lambda: self.seek_cue(-1),
            "down": lambda: self.seek_cue(1),
            "l": self.next_loop,
            "+": lambda: self.volume.change(10),
            "=": lambda: self.volume.change(10),
            "-": lambda: self.volume.change(-10),
            "_": lambda: self.volume.change(-10),
            "0": lambda: self.player.seek(0.0),
            "home": lambda: self.player.seek(0.0),
            "q": self.leave,
            "escape": self.leave,
        }

    def run(self, start_s: float, loop: bool) -> int:
        """Play from `start_s`; gives the exit code. Ctrl-C passes through, the terminal put right."""
        self.player.load(self.playable.sound, min(start_s, self.playable.sound.duration_s))
        if loop:
            self.looping = _LOOPS.index("all")
            self.apply_loop()
        self.player.play()
        if self.player.problem and not self.quiet:
            say(f"{self.player.problem}; the clock runs all the same")
        with_keys = _is_terminal(sys.stdin)
        drawing = _is_terminal(sys.stderr) and not self.quiet and os.environ.get("TERM") != "dumb"
        try:
            with _keys(with_keys) as read_key, _screen(drawing) as draw:
                self._loop(read_key, draw)
        finally:
            self.player.close()
        return 0

    def _loop(self, read_key: Callable[[float], str], draw: "Callable[[list[str]], None] | None") -> None:
        paused_by_end, printed_s, printed = False, -_TELL_S, ""
        while not self.leaving and not paused_by_end:
            position = self.player.position_s
            if draw is not None:
                draw(self.picture(_columns()))
            elif not self.quiet:
                now = self._place(position)
                if now != printed or abs(position - printed_s) >= _TELL_S:
                    say(f"{clock(position)} {now}".rstrip())
                    printed, printed_s = now, position
            key = read_key(_DRAW_S)
            if key:
                self.actions.get(key.lower() if len(key) == 1 else key, _nothing)()
            paused_by_end = not self.player.is_playing and self.player.position_s >= self._end_s

    @property
    def _end_s(self) -> float:
        return self.player.duration_s - 1e-6

    # ------------------------------------------------------------------------------------------- the keys

    def toggle(self) -> None:
        """Play or pause."""
        if self.player.is_playing:
            self.player.pause()
        else:
            self.player.play()

    def seek_by(self, seconds: float) -> None:
        """Move by so many seconds, within the piece."""
        # A seek to the very end would end the piece; the last tenth is where one lands.
        last = max(self.player.duration_s - 0.1, 0.0)
        self.player.seek(min(max(self.player.position_s + seconds, 0.0), last))

    def seek_cue(self, step: int) -> None:
        """The cue's start, or the one before when it has just begun; the next cue's."""
        starts = [cue.start_s for cue in self.playable.cues] or [0.0]
        position = self.player.position_s
        if step > 0:
            after = [s for s in starts if s > position + 0.01]
            if after:
                self.player.seek(after[0])
        else:
            self.player.seek(max((s for s in starts if s < position - 1.0), default=0.0))

    def next_loop(self) -> None:
        """From no loop to the cue, the whole piece, and none again."""
        self.looping = (self.looping + 1) % len(_LOOPS)
        if _LOOPS[self.looping] == "cue" and self.playable.cue_at(self.player.position_s) is None:
            self.looping += 1
        self.apply_loop()

    def apply_loop(self) -> None:
        """Makes the player repeat what is chosen."""
        cue = self.playable.cue_at(self.player.position_s)
        if _LOOPS[self.looping] == "all":
            self.player.loop(0.0, self.player.duration_s)
        elif _LOOPS[self.looping] == "cue" and cue is not None:
            self.player.loop(cue.start_s, cue.end_s)
        else:
            self.player.loop(None)

    def leave(self) -> None:
        """End at the next turn of the loop."""
        self.leaving = True

    # ---------------------------------------------------------------------------------------- the picture

    def picture(self, columns: int) -> list[str]:
        """Two lines of at most `columns` terminal columns: transport and cue; what is being said."""
        position, whole = self.player.position_s, self.player.duration_s
        sign = "▶" if self.player.is_playing else "⏸"
        times = f"{sign} {clock(position)} / {clock(whole)} "
        loop = {"": "", "cue": " loop cue", "all": " loop"}[_LOOPS[self.looping]]
        muted = " silent" if self.player.problem else ""
        tail = f" {self.volume.percent}%{loop}{muted}"
        room = columns - cell_width(times) - cell_width(tail) - 1
        bar = _bar(position / whole if whole else 0.0, min(max(room, 0), 40)) if room >= 8 else ""
        cue = self.playable.cue_at(position)
        first = fitted(f"{times}{bar}{tail}" + (f" · {cue.text}" if cue else ""), columns - 1)
        return [first, fitted(f"  {self.playable.line_at(position)}", columns - 1)]

    def _place(self, position: float) -> str:
        cue = self.playable.cue_at(position)
        return " · ".join(text for text in (cue.text if cue else "", self.playable.line_at(position)) if text)

    def _open(self, player: Player, rate: int) -> Any:
        from engine.playback.player import open_device

        return open_device(player, rate, self.volume.apply)


def clock(t_s: float) -> str:
    """`1:04.3`."""
    tenths = int(t_s * 10 + 1e-6)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def fitted(text: str, columns: int) -> str:
    """The text cut to so many terminal columns, control characters shown as dots."""
    shown = "".join(c if c.isprintable() else "·" for c in text)
    if cell_width(shown) <= columns:
        return shown
    while shown and cell_width(shown) > columns - 1:
        shown = shown[:-1]
    return shown + "…" if columns > 0 else ""


def _bar(share: float, width: int) -> str:
    done = round(min(max(share, 0.0), 1.0) * width)
    return "━" * done + "─" * (width - done)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80  # 0: a terminal that does not know
    except (OSError, ValueError):
        return 80


def _nothing() -> None:
    """What keys do that do nothing."""


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # no such stream, or a closed one
        return False


@contextmanager
def _screen(drawing: bool) -> "Iterator[Callable[[list[str]], None] | None]":
    """Something that draws some lines over the ones it drew before, or None."""
    if not drawing:
        yield None
        return
    height = 0

    def draw(lines: list[str]) -> None:
        nonlocal height
        up = f"\x1b[{height - 1}A" if height > 1 else ""
        sys.stderr.write("\r" + up + "\n".join(f"\x1b[2K{line}" for line in lines))
        sys.stderr.flush()
        height = len(lines)

    sys.stderr.write("\x1b[?25l")
    try:
        yield draw
    finally:
        sys.stderr.write("\x1b[?25h\n")
        sys.stderr.flush()


_SEQUENCES = {
    "[A": "up",
    "[B": "down",
    "[C": "right",
    "[D": "left",
    "OA": "up",
    "OB": "down",
    "OC": "right",
    "OD": "left",
    "[H": "home",
    "OH": "home",
    "[1~": "home",
}


def key_name(data: str) -> str:
    """The key that a terminal's bytes stand for: an arrow's name, or the first character."""
    if data.startswith("\x1b"):
        return _SEQUENCES.get(data[1:4], _SEQUENCES.get(data[1:3], "escape" if len(data) == 1 else ""))
    return data[:1]


@contextmanager
def _keys(wanted: bool) -> Iterator[Callable[[float], str]]:
    """A function that waits so many seconds for a key and gives its name or ""; the terminal is put right
    after."""
    if not wanted:
        yield _wait
        return
    try:
        import select
        import termios
        import tty
    except ImportError:  # Windows has none of them: it plays without keys
        yield _wait
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def read_key(seconds: float) -> str:
        ready, _, _ = select.select([descriptor], [], [], seconds)
        if not ready:
            return ""
        data = os.read(descriptor, 32)
        return key_name(data.decode("utf-8", "replace")) if data else "q"

    def ended(*_: object) -> None:
        raise SystemExit(143)

    # Ended from outside, the terminal must still come back: by default nothing would run any more.
    earlier = signal.signal(signal.SIGTERM, ended)
    try:
        tty.setcbreak(descriptor)  # leaves Ctrl-C what it is
        yield read_key
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        signal.signal(signal.SIGTERM, earlier)


def _wait(seconds: float) -> str:
    time.sleep(seconds)
    return ""
