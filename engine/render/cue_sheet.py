"""A cue sheet as CSV (RFC 4180): what a music editor files. One row a cue, times as film timecode where the
film has a frame rate; its hits in the last column, with theirs."""

import csv
import io
from bisect import bisect_right

from dsl.timecode import frame_label, millisecond_label
from engine.music.score import Score

COLUMNS = (
    "cue",
    "title",
    "in",
    "out",
    "duration",
    "start_s",
    "end_s",
    "style",
    "key",
    "tempo_bpm",
    "meter",
    "take",
    "usage",
    "composer",
    "hits",
)


def cue_sheet_csv(score: Score, fps: float | None, film_start_s: float, drop_frame: bool = False) -> bytes:
    """The sheet, UTF-8 with a byte-order mark (spreadsheets then read Chinese titles right)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    starts = [cue.start_s for cue in score.cues]
    hits: list[list[str]] = [[] for _ in starts]
    for marker in score.markers if starts else ():
        if marker.kind == "hit":
            within = hits[max(bisect_right(starts, marker.t_s + 1e-6) - 1, 0)]
            within.append(f"{timecode(marker.t_s + film_start_s, fps, drop_frame)} {marker.text}")
    for cue, own in zip(score.cues, hits, strict=True):
        tempo = next((t.bpm for t in reversed(score.tempo) if t.t_s <= cue.start_s + 1e-6), 0.0)
        meter = next((m.meter for m in reversed(score.meters) if m.t_s <= cue.start_s + 1e-6), None)
        writer.writerow(
            [
                _text(cue.id),
                _text(cue.title),
                timecode(cue.start_s + film_start_s, fps, drop_frame),
                timecode(cue.end_s + film_start_s, fps, drop_frame),
                _length(cue.start_s + film_start_s, cue.end_s + film_start_s, fps, drop_frame),
                f"{cue.start_s:.3f}",
                f"{cue.end_s:.3f}",
                _text(cue.style),
                str(cue.key),
                f"{tempo:.2f}",
                str(meter or ""),
                cue.take,
                "loop" if cue.loop else "background instrumental",
                _text(score.author or ""),
                "; ".join(own),
            ]
        )
    return buffer.getvalue().encode("utf-8-sig")


def timecode(t_s: float, fps: float | None, drop_frame: bool = False) -> str:
    """`HH:MM:SS:FF` with a frame rate (`HH:MM:SS;FF` where labels are dropped), `HH:MM:SS.mmm` without."""
    if fps:
        return frame_label(round(t_s * fps), fps, drop_frame)
    return millisecond_label(round(t_s * 1000))


def _length(start_s: float, end_s: float, fps: float | None, drop_frame: bool) -> str:
    """What lies between in and out as they are written: whole frames, so that the three columns agree."""
    if fps:
        return frame_label(round(end_s * fps) - round(start_s * fps), fps, drop_frame)
    return millisecond_label(round(end_s * 1000) - round(start_s * 1000))


def _text(value: str) -> str:
    """Spreadsheets run cells that begin like a formula; a leading apostrophe keeps a title a title."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
