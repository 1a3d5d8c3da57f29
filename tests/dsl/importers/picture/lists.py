"""Lists of cuts and markers made for tests, by the timecode library and not by the code that reads them."""

from collections.abc import Sequence

from timecode import Timecode as Oracle

RATES = {
    "23.976": 24000 / 1001,
    "24": 24.0,
    "25": 25.0,
    "29.97": 30000 / 1001,
    "30": 30.0,
    "50": 50.0,
    "59.94": 60000 / 1001,
    "60": 60.0,
}


def label(rate: str, frame: int, drop: bool) -> str:
    """The label of a frame, from 00:00:00:00."""
    return str(Oracle(rate, frames=frame + 1, force_non_drop_frame=not drop))


def edl(rate: str, first: int, markers: Sequence[tuple[int, str]], drop: bool, title: str = "Reel") -> str:
    """One shot from frame `first` on, and locators so many frames behind its start."""
    last = max(frame for frame, _ in markers) + 10 * round(RATES[rate])
    begins, ends = label(rate, first, drop), label(rate, first + last, drop)
    lines = [f"TITLE: {title}", f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}", ""]
    lines.append(f"001  A001     V     C        00:00:00:00 00:00:10:00 {begins} {ends}")
    lines += [f"* LOC: {label(rate, first + frame, drop)} RED     {name}" for frame, name in markers]
    return "\n".join(lines) + "\n"


def shots(cuts: Sequence[tuple[str, str]]) -> str:
    """An EDL of shots, each (record in, name), non-drop at 25; the last one is ten seconds long."""
    lines = ["TITLE: Scene", "FCM: NON-DROP FRAME", ""]
    ends = [begins for begins, _ in cuts[1:]]
    hours, minutes, seconds, frames = map(int, cuts[-1][0].split(":"))
    whole = hours * 3600 + minutes * 60 + seconds + 10
    ends.append(f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}:{frames:02}")
    for number, ((begins, name), end) in enumerate(zip(cuts, ends, strict=True), 1):
        lines.append(f"{number:03}  AX       V     C        00:00:00:00 00:00:01:00 {begins} {end}")
        lines.append(f"* FROM CLIP NAME: {name}")
    return "\n".join(lines) + "\n"
