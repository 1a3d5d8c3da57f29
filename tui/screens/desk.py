"""What the parts of the desk share: the open sessions, the one at hand, its editor, and a line to say things
on."""

from collections.abc import Callable

from textual.screen import Screen

from tui.live import LIVE_UP_TO, Live
from tui.session import Session, check
from tui.studio.protocol import Studio
from tui.widgets.editor import ScoreEditor
from tui.widgets.problems import StatusLine


class Desk(Screen[None]):
    """Base of the workstation's parts; the workstation itself fills in what is shown."""

    studio: Studio
    live: Live
    sessions: list[Session]
    session_ids: list[int]
    at: int

    @property
    def session(self) -> Session:
        return self.sessions[self.at]

    @property
    def editor(self) -> ScoreEditor:
        return self.query_one(f"#score-{self.session_ids[self.at]}", ScoreEditor)

    def say(self, message: str, stays: bool = False) -> None:
        """One line for a while, or (where it must not be missed) until the next."""
        self.query_one(StatusLine).say(message, stays)

    def goto(self, line: int, column: int = 1) -> None:
        self.editor.goto(line, column)
        self.editor.focus()

    def when_typed(self, then: Callable[[], object]) -> None:
        """Do something once all keys that were pressed before have been handled.

        Textual hands the desk's own keys over at once, while letters wait in the editor's queue and keys such
        as ^Z climb from there to the app, from queue to queue: this takes the same way.
        """
        editor = self.editor
        way = [*editor.ancestors_with_self, self.app, self]

        def climb(step: int) -> None:
            if step < len(way):
                way[step].call_later(climb, step + 1)
                return
            if editor.is_mounted and editor is self.editor:
                self.take_text()
            then()

        climb(0)

    def when_checked(self, then: Callable[[], object]) -> None:
        """Do something that edits by what the language says of the text, once it says it of this text: a fix,
        or a line under a heading, would else land where the place was a moment ago."""

        def typed() -> None:
            session = self.session
            known = session.checked
            if known is None or known.revision != session.revision:
                if len(session.text) > LIVE_UP_TO:
                    self.say("the text is still being checked; try again in a moment")
                    return
                document = known.document if known else None
                session.take_check(check(session.text, session.revision, session.folder, document))
                assert session.checked is not None
                self.editor.show_document(session.checked.document, session.findings)
            then()

        self.when_typed(typed)

    def take_text(self) -> None:
        """The editor's text is the session's from now on."""
        raise NotImplementedError

    def take_offer(self) -> bool:
        """Take in what was offered last, if that still holds."""
        raise NotImplementedError

    def show_session(self) -> None:
        """Bring everything on the screen to the session at hand."""
        raise NotImplementedError

    def show_title(self) -> None:
        raise NotImplementedError

    def show_music(self, arc: bool = True) -> None:
        raise NotImplementedError

    def leave_session(self) -> None:
        """Another session comes to the front."""
        raise NotImplementedError
