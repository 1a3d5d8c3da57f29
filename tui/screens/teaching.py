"""The part that tells, under F1, why the cue at hand sounds as it does: the chord at the playhead where the
piano roll has the focus, the chords of the bar, then the whole cue. What is needed for it is measured in a
thread of its own; the screen is there at once."""

from typing import TYPE_CHECKING

from dsl.timing import beat_at_time
from tui.screens.desk import Desk
from tui.screens.help import HelpScreen, Taught
from tui.studio.protocol import GoOn, one_line

if TYPE_CHECKING:
    from engine.composition import Composition
    from engine.match.note_recogniser import NoteRecogniser
    from engine.teach.explanation import Explanation


class Teaching:
    """Explains cues of what was composed last; the recogniser is loaded at the first of them and stays."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._recogniser: NoteRecogniser | None = None

    def tell(self, screen: HelpScreen, line: int) -> None:
        """Let `screen` know, by a `Taught`, what the music at source line `line` is; nothing where there is
        none yet."""
        session = self.desk.session
        self._tell(screen, session.cue_of_line(line), session.time_of_line(line), False)

    def tell_at(self, screen: HelpScreen, t_s: float) -> None:
        """The same of the music at a time of the score, and of the chord that sounds there. After the end it
        is the last cue."""
        composed = self.desk.session.composed
        cues = composed.composition.score.cues if composed else ()
        index = max((n for n, cue in enumerate(cues) if cue.start_s <= t_s + 1e-6), default=None)
        self._tell(screen, index, t_s, True)

    def _tell(self, screen: HelpScreen, index: int | None, at_s: float | None, exactly: bool) -> None:
        session = self.desk.session
        if session.composed is None or index is None:
            return
        composition = session.composed.composition
        if index >= len(composition.score.cues):
            return  # the cue is newer than the music

        def work(go_on: GoOn) -> None:
            try:
                bar, beat = _place_at(composition, index, at_s)
                told = Taught(self._explained(composition, index), bar, beat if exactly else None)
            except Exception as error:  # whatever a broken installation raises: the help stays what it is
                told = Taught(None, 1, None, one_line(error))
            if go_on():
                screen.post_message(told)

        self.desk.live.jobs.start("teach", work)

    def _explained(self, composition: "Composition", index: int) -> "Explanation":
        from engine.match.note_recogniser import NoteRecogniser
        from engine.teach.explanation import explained

        if self._recogniser is None:
            self._recogniser = NoteRecogniser.load()
        return explained(composition, index, self._recogniser)


def _place_at(composition: "Composition", index: int, at_s: float | None) -> tuple[int, float]:
    """Bar and quarter note of a cue, both from 1, that sound at a time of the score: the nearest in the cue,
    the first where no time is known."""
    from engine.teach.cue_score import bar_lines_of, cue_score, place_of

    score, cue = composition.score, composition.score.cues[index]
    bars = bar_lines_of(cue_score(score, index))
    if at_s is None or not bars:
        return 1, 1.0
    beat = beat_at_time(score.tempo, min(max(at_s, cue.start_s), cue.end_s)) - cue.start_beat
    return place_of(bars, min(beat, bars[-1].beat + bars[-1].beats - 1e-3))
