"""What a picture editor wants to know of a score: its cues, hits and lines in order of time, with their
frames. EDL and marker lists are written from it, so that each says the same moments. No files here."""

from dataclasses import dataclass
from typing import Literal

from dsl.cue_names import cue_label
from dsl.plan import Plan
from dsl.timecode import frame_label
from engine.music.score import Score

SpotKind = Literal["cue", "hit", "line"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A moment of the score: seconds from its start, `end_s` = `start_s` for a hit. `name` is a cue's number
    and title, a hit's name, a line's speaker ("" where there is none); `text` the line that is spoken."""

    kind: SpotKind
    start_s: float
    end_s: float
    name: str
    text: str = ""

    @property
    def label(self) -> str:
        """One line for people that begins with a letter, never with a digit: `hit whistle`."""
        if self.kind == "line":
            return f"line {self.name}: {self.text}" if self.name else f"line: {self.text}"
        return f"{self.kind} {self.name}".rstrip()


@dataclass(frozen=True, slots=True)
class FilmFrames:
    """The film's frames: `fps` a second, the first one at `start_s` seconds of film, labels counted `drop` or
    not."""

    fps: float
    start_s: float = 0.0
    drop: bool = False

    def frame(self, t_s: float) -> int:
        """The frame since 00:00:00:00 that lies nearest to a moment of the score."""
        return round((t_s + self.start_s) * self.fps)

    def label(self, frame: int) -> str:
        """A frame's timecode."""
        return frame_label(frame, self.fps, self.drop)

    def span(self, spot: Spot) -> tuple[int, int]:
        """The first frame of a moment and the one after its last; at least one frame."""
        first = self.frame(spot.start_s)
        return first, max(self.frame(spot.end_s), first + 1)


def film_frames(plan: Plan) -> FilmFrames | None:
    """A plan's film frames, None where it says no frame rate."""
    return FilmFrames(plan.fps, plan.film_start_s, plan.drop_frame) if plan.fps else None


def spots_of(score: Score) -> tuple[Spot, ...]:
    """Cues, hits and lines in order of time; at one moment cues come first, then hits."""
    spots = [Spot("cue", cue.start_s, cue.end_s, _plain(cue_label(cue.id, cue.title))) for cue in score.cues]
    spots += [Spot("hit", m.t_s, m.t_s, _hit_name(m.text)) for m in score.markers if m.kind == "hit"]
    spots += [
        Spot("line", line.start_s, line.end_s, _plain(line.speaker or ""), _plain(line.text))
        for line in score.lyrics
    ]
    ranks = {"cue": 0, "hit": 1, "line": 2}
    return tuple(sorted(spots, key=lambda spot: (spot.start_s, ranks[spot.kind])))


def _hit_name(text: str) -> str:
    """A hit without a name is marked `hit`; that says nothing beyond its kind."""
    return "" if text == "hit" else _plain(text)


def _plain(text: str) -> str:
    """One line without tabs: lists of moments have a line each."""
    return " ".join(text.split())
