"""The part that lets the music follow what is being written: while it plays, the line at the cursor, finished
or not, is read, and the bars that have not been heard feel what it says.

One thread makes one version after another, each of the text as it stands then: a version that is on its way
is not dropped for the next key, or somebody who writes without a pause would hear nothing of it.
"""

import threading

from tui.checking import Check
from tui.live import Doing, Failed, Made, Sounded, mixed
from tui.screens.desk import Desk
from tui.screens.transporting import Transporting
from tui.session import Composed, Session
from tui.steering import Steer, feeling_of_line, is_told, words_at
from tui.studio.protocol import Asked, GoOn, Superseded, one_line

_KIND = "follow"


class Following:
    """On or off. While on, the last cue goes round until more is written, unless a loop was chosen."""

    def __init__(self, desk: Desk, transport: Transporting) -> None:
        self.desk, self.transport = desk, transport
        self.is_on = False
        self._wanted: tuple[Session, Check] | None = None
        self._is_making = False
        self._lock = threading.Lock()
        self._rounds: tuple[Session, tuple[float, float]] | None = None
        """The loop that is this part's own, not the writer's."""
        desk.live.steers = self.steers
        desk.after_sound = self._go_round

    def switch(self) -> None:
        """On, or off: then the music is what the text says again."""
        self.is_on = not self.is_on
        if self.is_on:
            self._go_round()
            self.desk.say("while it plays, the bars to come follow the line that you write")
            if self.transport.is_sounding:
                self.desk.live.follow(self.desk.session)
            return
        self.desk.live.jobs.stop(_KIND)
        self.desk.post(Doing(""))
        self._end_rounds()
        self.desk.say("the music is what the text says, wherever you write")
        made = self.desk.session.composed
        if made is not None and made.steer is not None:
            self.desk.live.compose(self.desk.session)

    # ------------------------------------------------------------------------------------------- the loop

    def _go_round(self) -> None:
        """Let the last cue begin again instead of ending under the writer's hands."""
        session = self.desk.session
        made = session.composed
        is_own = self._rounds is not None and self._rounds == (session, session.loop)
        if not self.is_on or made is None or not made.composition.score.cues:
            return
        if session.loop is not None and not is_own:
            return
        last = made.composition.score.cues[-1]
        loop = (last.start_s, last.end_s)
        self._rounds = (session, loop)
        if session.loop != loop:
            self.transport.loop_over(*loop)

    def _end_rounds(self) -> None:
        if self._rounds is not None and self._rounds[0].loop == self._rounds[1]:
            self._rounds[0].loop = None
            self.transport.loop_changed()
        self._rounds = None

    # ------------------------------------------------------------------------------------------- steering

    def steers(self, session: Session) -> bool:
        """After a check: whether the music follows this one. Starts that where nothing is on its way."""
        listening = self.transport.listening
        if not self.is_on or session.checked is None or session.composed is None:
            return False
        if not listening.is_playing or listening.session is not session:
            return False
        with self._lock:
            self._wanted = (session, session.checked)
            if self._is_making:
                return True
            self._is_making = True
        self.desk.live.jobs.start(_KIND, self._follow)
        return True

    def _follow(self, go_on: GoOn) -> None:
        while (wanted := self._next(go_on)) is not None:
            try:
                self._make(*wanted, go_on)
            except Superseded:
                continue
            except Exception as error:
                self.desk.post(Failed("follow", one_line(error)))

    def _next(self, go_on: GoOn) -> tuple[Session, Check] | None:
        with self._lock:
            wanted, self._wanted = self._wanted if go_on() else None, None
            self._is_making = wanted is not None
        return wanted

    def _make(self, session: Session, check: Check, go_on: GoOn) -> None:
        asked, held = check.asked(), session.composed
        if asked is None or held is None:
            return
        studio = self.desk.studio
        curves = studio.analyse(asked, go_on).curves
        line = session.cursor[0]
        steer = self._steer(session, asked, held, feeling_of_line(asked.plan, curves, line))
        if steer is None or (steer == held.steer and check.revision == held.revision):
            return
        # The takes stay: another would be another tune, and what is wanted is this one, feeling otherwise.
        takes = {report.id: report.take for report in held.composition.cues if report.takes}
        auditions = dict(session.auditions)
        asked = Asked(asked.planned, asked.text, asked.folder, {**takes, **auditions}, steer)
        self.desk.post(Doing("following"))
        composition = studio.compose(asked, go_on)
        sounding = studio.sound(composition, go_on)
        composed = Composed(check.revision, composition, auditions, session.more_takes, steer)
        self.desk.post(Made(session, composed))
        self.desk.post(Sounded(session, composed, sounding, mixed(sounding, session.silent)))
        # Whoever writes under an @emotion would wonder why the words change nothing.
        why = ", by its @emotion" if is_told(asked.plan, line) else ""
        self.desk.post(Doing(f"follows line {line}{why}" if self.is_on else ""))

    def _steer(
        self, session: Session, asked: Asked, held: Composed, feeling: tuple[float, float] | None
    ) -> Steer | None:
        """From the moment that sounds (the whole cue, where that goes round) until the line's own words."""
        t_s = self.transport.t_s
        plan = held.composition.plan
        playing = next((cue for cue in plan.cues if cue.start_s <= t_s < cue.end_s), None)
        if feeling is None or playing is None:
            return None
        cue = next((cue for cue in asked.plan.cues if cue.id == playing.id), None)
        if cue is None:
            return None
        loop = session.loop
        comes_again = loop is not None and loop[0] <= t_s < loop[1]
        start_s = 0.0 if comes_again else t_s - playing.start_s
        words = words_at(cue, session.cursor[0])
        own_s = words.start_s - cue.start_s if words is not None else 0.0
        end_s = own_s if own_s > start_s and not comes_again else cue.duration_s
        return Steer(cue.id, start_s, end_s, *(round(value, 3) for value in feeling))
