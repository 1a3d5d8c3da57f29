"""What the parts of the workstation share: the open scores, the one at hand and its editor, the studio and
the live loop, and a line to say things on.

A part is an object with a state of its own. It is given the desk and the parts it calls; the workstation
makes them and hands them keys and messages.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from tui.checking import check
from tui.live import LIVE_UP_TO, Live
from tui.memory import Housekeeping
from tui.open_scores import OpenScores
from tui.session import Session
from tui.studio.protocol import Studio
from tui.widgets.editor import ScoreEditor
from tui.widgets.problems import StatusLine

Pane = TypeVar("Pane", bound=Widget)
Answer = TypeVar("Answer")


class Desk:
    """`screen` holds the panes; `after_edit` is called when the text at hand has changed,
    `after_sound` when new sound has come."""

    def __init__(self, screen: Screen[None], studio: Studio) -> None:
        self.screen = screen
        self.studio = studio
        self.live = Live(screen, studio)
        self.scores = OpenScores()
        self.housekeeping = Housekeeping()
        self.after_edit: list[Callable[[], None]] = []
        self.after_sound: Callable[[], None] = lambda: None

    @property
    def session(self) -> Session:
        """The score at hand."""
        return self.scores.session

    @property
    def editor(self) -> ScoreEditor:
        """The editor of the score at hand."""
        return self.editor_of(self.session)

    def editor_of(self, session: Session) -> ScoreEditor:
        """The editor of an open score."""
        return self.screen.query_one(f"#score-{self.scores.number_of(session)}", ScoreEditor)

    def pane(self, kind: type[Pane]) -> Pane:
        """The one pane of a kind."""
        return self.screen.query_one(kind)

    def post(self, message: Message) -> None:
        """Hand a message to the workstation, from any thread."""
        self.screen.post_message(message)

    def ask(self, question: Screen[Answer], answered: Callable[[Answer | None], Any] | None = None) -> None:
        """Put a screen above the desk; `answered` gets what it is closed with."""
        self.screen.app.push_screen(question, answered)

    def say(self, message: str, stays: bool = False) -> None:
        """One line for a while, or (where it must not be missed) until the next."""
        self.pane(StatusLine).say(message, stays)

    def goto(self, line: int, column: int = 1) -> None:
        """The cursor, and the keys, to a place in the script."""
        self.editor.goto(line, column)
        self.editor.focus()

    def take_text(self) -> None:
        """The editor's text is the session's from now on."""
        if self.session.edited(self.editor.text):
            self.housekeeping.stirred()
            self.live.edited(self.session)
            for follow in self.after_edit:
                follow()

    def when_typed(self, then: Callable[[], object]) -> None:
        """Do something once all keys that were pressed before have been handled.

        Textual hands the desk's own keys over at once, while letters wait in the editor's queue and keys such
        as ^Z climb from there to the app, from queue to queue: this takes the same way.
        """
        editor = self.editor
        way = [*editor.ancestors_with_self, self.screen.app, self.screen]

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
