"""The part that listens: playing, seeking, loops, mutes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.timer import Timer

from dsl.plan import ROLES, RoleName
from tui.listening import Listening
from tui.live import Mix
from tui.screens.desk import Desk
from tui.session import Composed
from tui.widgets.arc import EmotionArc
from tui.widgets.cues import CueList
from tui.widgets.roll import PianoRoll
from tui.widgets.transport import Playing, TransportLine

if TYPE_CHECKING:
    from engine.render.pieces import Sounding

_FRAMES = 30
"""Playhead steps a second."""


class Transporting:
    """What plays, and where the playhead stands."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.listening = Listening()
        self._ticking: Timer | None = None
        self.ticked: list[Callable[[], None]] = []
        """Called with each step of the playhead."""

    def start_ticking(self) -> None:
        """The screen stands: from now on the playhead can move."""
        self._ticking = self.desk.screen.set_interval(1 / _FRAMES, self._tick, pause=True)

    def close(self) -> None:
        """No more sound."""
        self.listening.close()

    # ---------------------------------------------------------------------------------------- the clock

    @property
    def t_s(self) -> float:
        """Where the playhead stands."""
        if self.listening.session is self.desk.session and self.listening.is_playing:
            return self.listening.position_s
        return self.desk.session.position_s

    @property
    def is_sounding(self) -> bool:
        return self.listening.is_playing or self.listening.wanted

    def _tick(self) -> None:
        if self.listening.session is self.desk.session:
            self.desk.session.position_s = min(
                self.listening.position_s, max(self.desk.session.duration_s, 0.0)
            )
        self.show_time()
        for follow in self.ticked:
            follow()
        if not self.listening.is_playing:
            if self._ticking is not None:
                self._ticking.pause()
            self.desk.editor.light(None)

    def show_time(self) -> None:
        """Everything that moves with the playhead."""
        session, t_s = self.desk.session, self.t_s
        playing = self.listening.is_playing
        self.desk.pane(PianoRoll).show_time(t_s, follow=playing)
        self.desk.pane(EmotionArc).show_time(t_s)
        self.desk.pane(CueList).show_playing(session.cue_at(t_s))
        if playing:
            place = session.sentence_at(t_s)
            self.desk.editor.light(*(place.line, place.column, place.end_column) if place else (None,))
        score = session.composed.composition.score if session.composed else None
        roles = {track.role for track in score.tracks} if score else set()
        self.desk.pane(TransportLine).show_playing(
            Playing(
                int(t_s * 10) / 10,
                session.duration_s,
                playing or self.listening.wanted,
                session.loop,
                self._facts(t_s),
                tuple(role for role in ROLES if role in roles),
                session.silent,
            )
        )

    def _facts(self, t_s: float) -> tuple[str, ...]:
        session = self.desk.session
        index = session.cue_at(min(t_s, max(session.duration_s - 0.01, 0.0)))
        if index is None or session.plan is None:
            return ()
        cue = session.plan.cues[index]
        report = session.report_of(cue.id)
        score = session.composed.composition.score if session.composed else None
        style = next((c.style for c in score.cues if c.id == cue.id), None) if score else None
        if report is None:
            return (cue.styles[0].value,) if cue.styles else ()
        take = session.auditions.get(cue.id, report.take)
        word = "trying" if cue.id in session.auditions else "take"
        shown = f"{word} {take}/{max(report.takes, take)}"
        return (f"♩{report.tempo_bpm:.0f}", report.key, style or "", shown if report.takes else "frozen")

    # ---------------------------------------------------------------------------------------- playing

    def play(self) -> None:
        if self.listening.is_playing or self.listening.wanted:
            self.listening.wanted = False
            self.listening.leave()
        elif self.listening.holds(self.desk.session):
            self.listening.seek(self.desk.session, self._start())
            self.listening.player.play()
            self._started()
        elif self.desk.studio.problem:
            self.desk.say(f"nothing to play: {self.desk.studio.problem}")
        elif self.desk.session.checked is not None and self.desk.session.checked.plan is None:
            self.desk.say("nothing to play yet: write a line of script")
        else:
            self.listening.wanted = True
            self.desk.say("plays as soon as it is ready")
            if self.desk.session.is_current:
                self.desk.live.sound(self.desk.session, at_once=True)
            else:
                self.desk.live.compose(self.desk.session)
        self.show_time()

    def take_sound(self, composed: Composed, sounding: "Sounding", mix: Mix) -> None:
        """New sound has come."""
        wanted = self.listening.wanted
        self.desk.session.sounding = sounding
        self.desk.session.position_s = self._start() if wanted else self.desk.session.position_s
        self.listening.take(self.desk.session, composed, sounding, mix.sound)
        if mix.silent != self.desk.session.silent:
            self.desk.live.mix(self.desk.session)
        if wanted:
            self._started()

    def leave_session(self) -> None:
        self.listening.leave()
        self.desk.editor.light(None)

    def wanted_no_longer(self) -> None:
        self.listening.wanted = False

    def _start(self) -> float:
        """From the playhead, or from the beginning where it stands at the end."""
        session = self.desk.session
        return 0.0 if session.position_s >= session.duration_s - 0.05 else session.position_s

    def _started(self) -> None:
        self.desk.say(self.listening.problem or "playing")
        if self._ticking is not None:
            self._ticking.resume()

    def seek(self, t_s: float) -> None:
        self.listening.seek(self.desk.session, min(max(t_s, 0.0), max(self.desk.session.duration_s, 0.0)))
        self.show_time()

    def loop(self) -> None:
        """The lines that are selected, else the cue that plays, or at rest the cursor's; or nothing any
        more."""
        session = self.desk.session
        plays = self.listening.is_playing
        index = session.cue_at(self.t_s) if plays else session.cue_of_line(session.cursor[0])
        selected = self._selected_stretch()
        if selected is not None:
            session.loop = selected
            self.desk.say("loops the lines that are selected; F10 again ends it")
            self.seek(selected[0])
        elif session.loop is not None or session.plan is None or index is None:
            session.loop = None
            self.desk.say("no loop")
        else:
            cue = session.plan.cues[index]
            session.loop = (cue.start_s, cue.end_s)
            if not cue.start_s <= self.t_s < cue.end_s:
                self.seek(cue.start_s)
            self.desk.say(f"loops {cue.id}; drag over the ruler to loop a stretch")
        self.loop_changed()

    def _selected_stretch(self) -> tuple[float, float] | None:
        """From when to when the selected lines are read; None without any, or where they loop already."""
        (first, _), (last, column) = sorted(
            (self.desk.editor.selection.start, self.desk.editor.selection.end)
        )
        if self.desk.editor.selection.is_empty:
            return None
        lines = range(first + 1, last + 1 + bool(column))
        spoken = [
            line
            for cue in (self.desk.session.plan.cues if self.desk.session.plan else ())
            for line in cue.lines
            if line.span.line in lines
        ]
        if not spoken:
            return None
        stretch = (spoken[0].start_s, spoken[-1].end_s)
        return stretch if stretch != self.desk.session.loop else None

    def loop_over(self, start_s: float, end_s: float) -> None:
        """Loop a stretch of time."""
        self.desk.session.loop = (start_s, end_s)
        self.loop_changed()

    def loop_changed(self) -> None:
        """The session loops something else now, or nothing."""
        self.listening.apply_loop(self.desk.session)
        self.desk.pane(PianoRoll).show_loop(self.desk.session.loop)
        self.show_time()

    def mute(self, role: RoleName) -> None:
        self.desk.session.muted ^= {role}
        self.desk.session.solo.clear()
        self._roles_changed()

    def solo(self, role: RoleName) -> None:
        self.desk.session.solo ^= {role}
        self._roles_changed()

    def _roles_changed(self) -> None:
        self.desk.live.mix(self.desk.session)
        self.desk.pane(PianoRoll).show_silent(self.desk.session.silent)
        self.show_time()
