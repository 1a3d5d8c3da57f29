"""Film timecode (SMPTE ST 12-1): labels ↔ frames, non-drop and drop-frame, and labels without frames.
Numbers only; what a score's timecodes mean on its own clock is `dsl.film_clock`'s.

At 29.97 and 59.94 frames a second a count of 30 (60) a second falls behind the clock, by 3.6 s an hour.
Drop-frame leaves out the first two (four) labels of every minute but each tenth, and no frame; it is written
with a `;`.
"""

MINUTES_WITHOUT_DROP = 10
DAY_S = 86_400
"""Timecode counts a day of so many seconds of its own."""


def millisecond_label(milliseconds: int) -> str:
    """`00:01:12.500`: a timecode where there are no frames."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def minutes_and_tenths(t_s: float) -> str:
    """`1:04.3`: a time from 0 s on for people; minutes go on past sixty."""
    tenths = round(t_s * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def is_drop_rate(fps: float) -> bool:
    """Whether drop-frame exists at this rate: 30000/1001 and 60000/1001."""
    return any(abs(fps - nominal * 1000 / 1001) < 1e-3 for nominal in (30, 60))


def labels_dropped(fps: float) -> int:
    """How many labels a minute leaves out: 2 at 29.97, 4 at 59.94."""
    return round(fps) // 15


def frame_number(whole_s: int, frames: int, fps: float, drop: bool) -> int:
    """Frames since 00:00:00:00 at the label of `whole_s` seconds and `frames`."""
    number = whole_s * round(fps) + frames
    if not drop:
        return number
    minutes = whole_s // 60
    return number - labels_dropped(fps) * (minutes - minutes // MINUTES_WITHOUT_DROP)


def is_dropped(whole_s: int, frames: int, fps: float) -> bool:
    """Whether drop-frame counting leaves this label out."""
    minute, second = divmod(whole_s, 60)
    return second == 0 and minute % MINUTES_WITHOUT_DROP != 0 and frames < labels_dropped(fps)


def frame_label(number: int, fps: float, drop: bool) -> str:
    """`HH:MM:SS:FF`, or `HH:MM:SS;FF` where labels are dropped; a minus in front before 00:00:00:00. At
    midnight the labels begin again."""
    sign, number = ("-", -number) if number < 0 else ("", number)
    nominal = round(fps)
    number %= frame_number(DAY_S, 0, fps, drop)
    if drop:
        dropped = labels_dropped(fps)
        full, short = nominal * 60, nominal * 60 - dropped
        tens, rest = divmod(number, full + short * (MINUTES_WITHOUT_DROP - 1))
        later = 0 if rest < full else 1 + (rest - full) // short
        number += dropped * (tens * (MINUTES_WITHOUT_DROP - 1) + later)
    seconds, frame = divmod(number, nominal)
    mark = ";" if drop else ":"
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{frame:02d}"
