"""The part that looks after what is not saved: text put aside while it is typed, offered again after a
crash, files that change on disk, and other workstations that have the same file open."""

import os
import time
from contextlib import suppress
from pathlib import Path

from textual.css.query import NoMatches
from textual.timer import Timer

from tui.files import change_on_disk
from tui.live import Failed
from tui.presence import Presence, others
from tui.recovery import (
    adopt_recovery,
    discard_recovery,
    drop_recovery,
    find_recovery,
    keep_recovery,
)
from tui.screens.ask import Ask
from tui.screens.desk import Desk
from tui.session import Session
from tui.studio.protocol import GoOn

RECOVERY_AFTER_S = 1.5
RECOVERY_AT_LEAST_EVERY_S = 6.0
"""While somebody types on without a pause."""
LOOK_EVERY_S = 2.0


class Recovering:
    """Which workstation this is among those that run, and what was put aside when."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.presence = Presence()
        self.reported_change: str | None = None
        """What was last said of the file at hand on disk."""
        self._waiting: Timer | None = None
        self._kept_s = 0.0
        self._offered: set[Path] = set()
        """What was offered already, and may be decided later."""

    def watch_files(self) -> None:
        """From now on look at the file at hand on disk."""
        self.desk.screen.set_interval(LOOK_EVERY_S, self.look_at_disk)

    def tell_presence(self) -> None:
        """Other workstations may know what is open here."""
        self.presence.tell(self.desk.scores.paths)

    def text_was_edited(self) -> None:
        """After every edit: a recovery file when typing pauses, and now and then while it does not."""
        now_s = time.monotonic()
        if self._waiting is None:
            self._kept_s = now_s
        else:
            self._waiting.stop()
        session = self.desk.session
        after_s = max(min(RECOVERY_AFTER_S, self._kept_s + RECOVERY_AT_LEAST_EVERY_S - now_s), 0.01)
        self._waiting = self.desk.screen.set_timer(after_s, lambda: self._keep(session))

    def keep_at_once(self) -> None:
        """Another score comes to the front: what waits for a pause in typing does not wait any longer."""
        if self._waiting is not None:
            self._waiting.stop()
            self._keep(self.desk.session)

    def keep_all(self) -> None:
        """The end has come from outside: everything that is not saved is put aside before this returns, the
        letters that came a moment ago too."""
        for session in self.desk.scores.sessions:
            with suppress(NoMatches):
                session.edited(self.desk.editor_of(session).text)
            if session.is_modified:
                keep_recovery(session.file.path, session.text, self.presence.token)

    def _keep(self, session: Session) -> None:
        self._waiting = None
        if not session.is_modified:
            self.forget_recovery(session)
            return
        path, text, owner = session.file.path, session.text, self.presence.token

        def work(go_on: GoOn) -> None:
            problem = keep_recovery(path, text, owner)
            if problem:
                self.desk.post(Failed("put the text aside", problem))

        self.desk.live.jobs.start("recovery", work)

    def forget_recovery(self, session: Session, path: Path | None = None) -> None:
        """The text is on disk, or nobody wants it. `path` where the score had another name."""
        drop_recovery(path or session.file.path, self.presence.token)

    def offer_recovery(self) -> None:
        """Offer what a workstation that ended left unsaved of the file at hand; say where one that runs has
        it open."""
        session = self.desk.session
        path = Path(os.path.realpath(session.file.path))
        running = list(others(self.presence.token))
        also = next((other for other in running if path in other.files), None)
        if also is not None:
            self.desk.say(
                f"{session.name} is open in another workstation (process {also.process}) as well", stays=True
            )
        found = find_recovery(session.file.path, session.saved, {other.token for other in running})
        if found is None or session.is_modified or found.kept_in in self._offered:
            return
        self._offered.add(found.kept_in)

        def answered(answer: str | None) -> None:
            if answer == "recover":
                self.desk.editor.replace(found.text, (0, 0), self.desk.editor.document.end)
                adopt_recovery(found, self.presence.token)
                self.desk.say("recovered; ^Z brings back what is on disk")
            elif answer == "discard":
                discard_recovery(found)

        when = time.strftime("%H:%M on %d %b", time.localtime(found.saved_at))
        question = f"{session.name} was not saved before the workstation ended. There is text of {when}."
        answers = [("recover", "Recover it"), ("cancel", "Decide later"), ("discard", "Throw it away")]
        self.desk.ask(Ask(question, answers), answered)

    def look_at_disk(self) -> None:
        """Say once when the file at hand changed or vanished underneath; saving asks in any case."""
        changed = change_on_disk(self.desk.session.file) if self.desk.session.file.stamp else None
        if changed is not None and changed != self.reported_change:
            self.desk.say(f"{changed}; your text is safe here, ^S asks what to do", stays=True)
        self.reported_change = changed
