"""The desk's part that listens: playing, seeking, loops, mutes."""

from typing import TYPE_CHECKING

from textual import on

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


class Transporting(Desk):
    """Mixed into the workstation."""

    listening: Listening

    def start_ticking(self) -> None:
        self.listening = Listening()
        self._ticking = self.set_interval(1 / _FRAMES, self._tick, pause=True)

    # ---------------------------------------------------------------------------------------- the clock

    @property
    def t_s(self) -> float:
        """Where the playhead stands."""
        if self.listening.session is self.session and self.listening.is_playing:
            return self.listening.position_s
        return self.session.position_s

    @property
    def is_sounding(self) -> bool:
        return self.listening.is_playing or self.listening.wanted

    def _tick(self) -> None:
        if self.listening.session is self.session:
            self.session.position_s = min(self.listening.position_s, max(self.session.duration_s, 0.0))
        self.show_time()
        if not self.listening.is_playing:
            self._ticking.pause()
            self.editor.light(None)

    def show_time(self) -> None:
        """Everything that moves with the playhead."""
        session, t_s = self.session, self.t_s
        playing = self.listening.is_playing
        self.query_one(PianoRoll).show_time(t_s, follow=playing)
        self.query_one(EmotionArc).show_time(t_s)
        self.query_one(CueList).show_playing(session.cue_at(t_s))
        if playing:
            place = session.sentence_at(t_s)
            self.editor.light(*(place.line, place.column, place.end_column) if place else (None,))
        score = session.composed.composition.score if session.composed else None
        roles = {track.role for track in score.tracks} if score else set()
        self.query_one(TransportLine).show_playing(
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
        session = self.session
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

    def action_play(self) -> None:
        if self.listening.is_playing or self.listening.wanted:
            self.listening.wanted = False
            self.listening.leave()
        elif self.listening.holds(self.session):
            self.listening.seek(self.session, self._start())
            self.listening.player.play()
            self._started()
        elif self.studio.problem:
            self.say(f"nothing to play: {self.studio.problem}")
        elif self.session.checked is not None and self.session.checked.plan is None:
            self.say("nothing to play yet: write a line of script")
        else:
            self.listening.wanted = True
            self.say("plays as soon as it is ready")
            if self.session.is_current:
                self.live.sound(self.session, at_once=True)
            else:
                self.live.compose(self.session)
        self.show_time()

    def take_sound(self, composed: Composed, sounding: "Sounding", mix: Mix) -> None:
        """New sound has come."""
        wanted = self.listening.wanted
        self.session.sounding = sounding
        self.session.position_s = self._start() if wanted else self.session.position_s
        self.listening.take(self.session, composed, sounding, mix.sound)
        if mix.silent != self.session.silent:
            self.live.mix(self.session)
        if wanted:
            self._started()

    def leave_session(self) -> None:
        self.listening.leave()
        self.editor.light(None)

    def wanted_no_longer(self) -> None:
        self.listening.wanted = False

    def _start(self) -> float:
        """From the playhead, or from the beginning where it stands at the end."""
        session = self.session
        return 0.0 if session.position_s >= session.duration_s - 0.05 else session.position_s

    def _started(self) -> None:
        self.say(self.listening.problem or "playing")
        self._ticking.resume()

    @on(TransportLine.PlayPressed)
    def play_pressed(self) -> None:
        self.action_play()

    @on(TransportLine.Seek)
    def line_seek(self, event: TransportLine.Seek) -> None:
        self.seek(event.t_s)

    @on(PianoRoll.Seek)
    def roll_seek(self, event: PianoRoll.Seek) -> None:
        self.seek(event.t_s)

    def seek(self, t_s: float) -> None:
        self.listening.seek(self.session, min(max(t_s, 0.0), max(self.session.duration_s, 0.0)))
        self.show_time()

    def action_loop(self) -> None:
        """The lines that are selected, else the cue at the playhead; or nothing any more."""
        session = self.session
        index = session.cue_at(self.t_s)
        selected = self._selected_stretch()
        if selected is not None:
            session.loop = selected
            self.say("loops the lines that are selected; F10 again ends it")
            self.seek(selected[0])
        elif session.loop is not None or session.plan is None or index is None:
            session.loop = None
            self.say("no loop")
        else:
            cue = session.plan.cues[index]
            session.loop = (cue.start_s, cue.end_s)
            self.say(f"loops {cue.id}; drag over the ruler to loop a stretch")
        self._loop_changed()

    def _selected_stretch(self) -> tuple[float, float] | None:
        """From when to when the selected lines are read; None without any, or where they loop already."""
        (first, _), (last, column) = sorted((self.editor.selection.start, self.editor.selection.end))
        if self.editor.selection.is_empty:
            return None
        lines = range(first + 1, last + 1 + bool(column))
        spoken = [
            line
            for cue in (self.session.plan.cues if self.session.plan else ())
            for line in cue.lines
            if line.span.line in lines
        ]
        if not spoken:
            return None
        stretch = (spoken[0].start_s, spoken[-1].end_s)
        return stretch if stretch != self.session.loop else None

    @on(PianoRoll.LoopChosen)
    def loop_chosen(self, event: PianoRoll.LoopChosen) -> None:
        self.session.loop = (event.start_s, event.end_s)
        self._loop_changed()

    def _loop_changed(self) -> None:
        self.listening.apply_loop(self.session)
        self.query_one(PianoRoll).show_loop(self.session.loop)
        self.show_time()

    @on(PianoRoll.MuteToggled)
    def roll_mute(self, event: PianoRoll.MuteToggled) -> None:
        self.mute(event.role)

    @on(TransportLine.RolePressed)
    def line_mute(self, event: TransportLine.RolePressed) -> None:
        if event.alone:
            self.solo(event.role)
        else:
            self.mute(event.role)

    def mute(self, role: RoleName) -> None:
        self.session.muted ^= {role}
        self.session.solo.clear()
        self._roles_changed()

    @on(PianoRoll.SoloToggled)
    def roll_solo(self, event: PianoRoll.SoloToggled) -> None:
        self.solo(event.role)

    def solo(self, role: RoleName) -> None:
        self.session.solo ^= {role}
        self._roles_changed()

    def _roles_changed(self) -> None:
        self.live.mix(self.session)
        self.query_one(PianoRoll).show_silent(self.session.silent)
        self.show_time()
