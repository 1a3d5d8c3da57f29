"""Listening: what the player plays of which session, and how a new version takes over from the one that
plays."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.score_bars import bars_of_cue
from tui.session import Composed, Session

if TYPE_CHECKING:
    from engine.music.score import Score
    from engine.playback.player import Player, Sound
    from engine.render.pieces import Sounding

_SOONEST_S = 0.12
"""A bar line nearer than this is too near to be met."""


@dataclass(slots=True)
class Listening:
    """The player and whose music it holds. The player is made on first use: it pulls in numpy."""

    session: Session | None = None
    _player: "Player | None" = None
    _composed: Composed | None = None
    _sounding: "Sounding | None" = None
    wanted: bool = False
    """Play was pressed before there was sound; it starts when there is."""

    @property
    def player(self) -> "Player":
        """The player, made (and the sound card asked for) when first wanted."""
        if self._player is None:
            from engine.playback.player import Player

            self._player = Player()
        return self._player

    @property
    def is_playing(self) -> bool:
        """Whether something is heard now."""
        return self._player is not None and self._player.is_playing

    @property
    def position_s(self) -> float:
        """Where playing stands, seconds from the score's start; 0 before anything was played."""
        return self._player.position_s if self._player else 0.0

    @property
    def problem(self) -> str | None:
        """Why nothing is heard although it plays, in a line; None where all is well."""
        return self._player.problem if self._player else None

    def holds(self, session: Session) -> bool:
        """Whether what it holds is this session's latest music."""
        return self.session is session and self._composed is session.composed and self._sounding is not None

    def take(self, session: Session, composed: Composed, sounding: "Sounding", sound: "Sound") -> None:
        """New sound: at the next bar while the same session plays, else at once. Starts where play was asked
        for."""
        before = self._composed
        if self.is_playing and self.session is session and before is not None:
            at_s, to_s = crossing(
                before.composition.score, composed.composition.score, self.player.position_s + _SOONEST_S
            )
            self.player.swap_at(sound, at_s, to_s)
        else:
            self.player.pause()
            self.player.load(sound, min(session.position_s, sound.duration_s))
        self.session, self._composed, self._sounding = session, composed, sounding
        self.apply_loop(session)
        if self.wanted:
            self.wanted = False
            self.player.play()

    def remix(self, session: Session, sounding: "Sounding", sound: "Sound") -> None:
        """The same music with other mutes and solos."""
        if self.session is session and self._sounding is sounding:
            self.player.load(sound)

    def apply_loop(self, session: Session) -> None:
        """Makes the player repeat what the session loops, where it is the one that is heard."""
        if self._player is not None and self.session is session:
            if session.loop:
                self.player.loop(*session.loop)
            else:
                self.player.loop(None)

    def seek(self, session: Session, t_s: float) -> None:
        """Goes to `t_s` (seconds); a session that is not heard remembers it."""
        session.position_s = t_s
        if self._player is not None and self.session is session:
            self._player.seek(t_s)

    def leave(self) -> None:
        """Stop, because another session comes to the front."""
        if self._player is not None:
            if self.session is not None:
                self.session.position_s = self._player.position_s
            self._player.pause()
        self.wanted = False

    def close(self) -> None:
        """Stops and gives the sound card back."""
        if self._player is not None:
            self._player.close()


def crossing(old: "Score", new: "Score", after_s: float) -> tuple[float, float]:
    """(moment in the old score, moment in the new one) of the first bar line after `after_s`: the same bar of
    the same cue where the new score has it, else the same time."""
    for cue_id, number, t_s in _bars(old):
        if t_s >= after_s:
            same = next((t for c, n, t in _bars(new) if (c, n) == (cue_id, number)), None)
            return t_s, min(t_s, new.duration_s) if same is None else same
    return after_s, min(after_s, new.duration_s)


def _bars(score: "Score") -> list[tuple[str, int, float]]:
    """(cue id, bar number in the cue, time) of every bar line."""
    return [(cue.id, number, t_s) for cue in score.cues for number, t_s in bars_of_cue(score, cue)]
