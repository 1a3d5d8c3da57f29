"""The part that offers to take a pasted script, or list of cuts and markers, in as `import` would."""

from dataclasses import dataclass

from textual.document._document import Location
from textual.message import Message

from tui.files import is_unnamed
from tui.pasting import PastedScript, dropped_file, read_as_script
from tui.screens.desk import Desk
from tui.session import Session
from tui.studio.protocol import GoOn
from tui.widgets.editor import ScoreEditor


@dataclass
class Offered(Message):
    """What was pasted into `session` between two places reads as a script or a list. The text was `whole`
    then."""

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
        one_line = "\n" not in event.text.strip() and event.text.lstrip()[:1] not in ("<", "{")
        if one_line and dropped_file(event.text) is None:
            return
        self.desk.take_text()
        session, whole = self.desk.session, self.desk.session.text
        is_alone, declared = whole.strip() == event.text.strip(), self._characters()
        title, folder, rest = self._title(), session.folder, _without(whole, event.start, event.end)

        def work(go_on: GoOn) -> None:
            script = read_as_script(event.text, is_alone, declared, title=title, rest=rest, folder=folder)
            if script is not None and go_on():
                self.desk.post(Offered(session, event.start, event.end, whole, script))

        self.desk.live.jobs.start("paste", work)

    def offered(self, event: Offered) -> None:
        if event.session is self.desk.session and self.desk.session.text == event.whole:
            self._offer = event
            self.desk.say(
                f"this reads as {event.script.what} ({event.script.said}): F2 takes it in as import would",
                True,
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
        session = self.desk.session
        rest = _without(self.desk.editor.text, start, end)
        script = read_as_script(
            text,
            is_alone,
            self._characters(),
            eagerly=True,
            title=self._title(),
            rest=rest,
            folder=session.folder,
        )
        if script is None:
            self.desk.say("this is a score already, or holds nothing that could be scored")
        else:
            self._put(script, start, end, "the text as it was")

    def _put(self, script: PastedScript, start: Location, end: Location, before: str) -> None:
        before_text = self.desk.editor.text
        self.desk.editor.history.checkpoint()
        if script.is_whole:
            start, end = (0, 0), self.desk.editor.document.end
        self.desk.editor.replace(script.text, start, end)
        self.desk.editor.history.checkpoint()
        self.desk.goto(_first_changed(before_text, script.text) if script.is_whole else start[0] + 1)
        self.desk.say(f"taken in: {script.said}; ^Z brings back {before}")

    def _title(self) -> str:
        path = self.desk.session.file.path
        return "Untitled" if is_unnamed(path) else path.stem

    def _characters(self) -> tuple[str, ...]:
        checked = self.desk.session.checked
        return tuple(checked.document.declarations.characters) if checked else ()


def _without(text: str, start: Location, end: Location) -> str:
    """The text without what stands between two places."""
    lines = text.split("\n")
    head = "\n".join([*lines[: start[0]], lines[start[0]][: start[1]]])
    tail = "\n".join([lines[end[0]][end[1] :], *lines[end[0] + 1 :]])
    return head + tail


def _first_changed(before: str, after: str) -> int:
    """The first line (from 1) that is another one."""
    pairs = enumerate(zip(before.split("\n"), after.split("\n"), strict=False), 1)
    return next((number for number, (old, new) in pairs if old != new), 1)
