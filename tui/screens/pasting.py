"""The part that offers to take a pasted script in as `import` would."""

from dataclasses import dataclass

from textual.document._document import Location
from textual.message import Message

from tui.files import is_unnamed
from tui.pasting import PastedScript, read_as_script
from tui.screens.desk import Desk
from tui.session import Session
from tui.studio.protocol import GoOn
from tui.widgets.editor import ScoreEditor


@dataclass
class Offered(Message):
    """What was pasted into `session` between two places reads as a script. The text was `whole` then."""

    session: Session
    start: Location
    end: Location
    whole: str
    script: PastedScript


class Pasting:
    """What was pasted last, where it reads as a script."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._offer: Offered | None = None

    def pasted(self, event: ScoreEditor.Pasted) -> None:
        if "\n" not in event.text.strip():
            return
        self.desk.take_text()
        session, whole = self.desk.session, self.desk.session.text
        is_alone, declared = whole.strip() == event.text.strip(), self._characters()
        title = self._title()

        def work(go_on: GoOn) -> None:
            script = read_as_script(event.text, is_alone, declared, title=title)
            if script is not None and go_on():
                self.desk.post(Offered(session, event.start, event.end, whole, script))

        self.desk.live.jobs.start("paste", work)

    def offered(self, event: Offered) -> None:
        if event.session is self.desk.session and self.desk.session.text == event.whole:
            self._offer = event
            self.desk.say(
                f"this reads as a script ({event.script.said}): F2 takes it in as import would", True
            )

    def take_offer(self) -> bool:
        """Put the script in the place of what was pasted, where nothing has been written since."""
        offer, self._offer = self._offer, None
        if offer is None or offer.session is not self.desk.session or self.desk.editor.text != offer.whole:
            return False
        self._put(offer.script, offer.start, offer.end, "what was pasted")
        return True

    def take_in(self) -> None:
        """What was pasted, else what is selected, else the whole text."""
        if self.take_offer():
            return
        start, end = sorted((self.desk.editor.selection.start, self.desk.editor.selection.end))
        if start == end:
            start, end = (0, 0), self.desk.editor.document.end
        text = self.desk.editor.get_text_range(start, end)
        is_alone = text.strip() == self.desk.editor.text.strip()
        script = read_as_script(text, is_alone, self._characters(), eagerly=True, title=self._title())
        if script is None:
            self.desk.say("this is a score already, or holds nothing that could be scored")
        else:
            self._put(script, start, end, "the text as it was")

    def _put(self, script: PastedScript, start: Location, end: Location, before: str) -> None:
        self.desk.editor.history.checkpoint()
        self.desk.editor.replace(script.text, start, end)
        self.desk.editor.history.checkpoint()
        self.desk.goto(start[0] + 1)
        self.desk.say(f"taken in: {script.said}; ^Z brings back {before}")

    def _title(self) -> str:
        path = self.desk.session.file.path
        return "Untitled" if is_unnamed(path) else path.stem

    def _characters(self) -> tuple[str, ...]:
        checked = self.desk.session.checked
        return tuple(checked.document.declarations.characters) if checked else ()
