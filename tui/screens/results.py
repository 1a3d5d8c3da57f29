"""The part that takes what comes out of the background: checks, readings, music, sound. Each goes to its
session, which drops it where it is late, and what it changes is shown."""

from typing import TYPE_CHECKING

from tui.live import Checked, Failed, Loaded, Made, Mixed, Read, Sounded
from tui.screens.auditioning import Auditioning
from tui.screens.desk import Desk
from tui.screens.display import Display
from tui.screens.transporting import Transporting
from tui.widgets.problems import StatusLine
from tui.widgets.roll import PianoRoll

if TYPE_CHECKING:
    from dsl.diagnostics import Finding


_NO_VOICE = ("W540", "W541")


class Results:
    """One method a message of the live loop."""

    def __init__(
        self, desk: Desk, display: Display, transport: Transporting, auditioning: Auditioning
    ) -> None:
        self.desk, self.display = desk, display
        self.transport, self.auditioning = transport, auditioning
        self._told = ""

    def checked(self, event: Checked) -> None:
        """What the language says of the text."""
        self.desk.housekeeping.stirred()
        session = self.desk.session
        if event.session.take_check(event.check) and event.session is session:
            self.desk.editor.show_document(event.check.document, session.findings)
            self.display.show_findings()
            # Where the text is read too, the arc waits for that instead of being drawn twice.
            self.display.show_music(arc=not self.desk.live.follow(session))

    def read(self, event: Read) -> None:
        """What the text feels, and the film."""
        session = self.desk.session
        shown = session.findings
        if event.session.take_analysis(event.revision, event.analysed) and event.session is session:
            self.display.show_arc()
            self._show_findings(shown)

    def made(self, event: Made) -> None:
        """Music."""
        self.desk.housekeeping.stirred()
        session = self.desk.session
        shown = session.findings
        if event.session.take_composition(event.composed) and event.session is session:
            self._show_findings(shown)
            self.display.show_music()
            self.auditioning.show_takes()
            if event.composed.steer is None:  # else its sound comes along
                self.desk.live.sound(session, at_once=self.transport.is_sounding)
        self.doing("")

    def _show_findings(self, before: "tuple[Finding, ...]") -> None:
        """Problems, where there are others than `before`."""
        session = self.desk.session
        if session.checked and session.findings != before:
            self.desk.editor.show_document(session.checked.document, session.findings)
            self.display.show_findings()

    def sounded(self, event: Sounded) -> None:
        """Its sound."""
        if event.session is self.desk.session and event.session.composed is event.composed:
            self.transport.take_sound(event.composed, event.sounding, event.mix)
            self.desk.after_sound()
            self._tell_of_the_voice(event)

    def _tell_of_the_voice(self, event: Sounded) -> None:
        """Why a voice that the score has is not heard."""
        missing = next((f.message for f in event.session.findings if f.code in _NO_VOICE), "")
        remark = event.sounding.remark or (missing and f"{missing.rstrip('.')}: the music plays alone")
        if remark and remark != self._told:
            self.desk.say(remark, stays=True)
        self._told = remark

    def mixed(self, event: Mixed) -> None:
        """The same sound with other roles silent."""
        if event.mix.silent == event.session.silent:
            self.transport.listening.remix(event.session, event.sounding, event.mix.sound)

    def loaded(self, event: Loaded) -> None:
        """The models are there, or never will be."""
        self.doing("")
        roll = self.desk.pane(PianoRoll)
        if event.problem:
            self.desk.say(f"no music: {event.problem}", stays=True)
            roll.show_busy(f"no music: {event.problem}")
        else:
            roll.show_busy("music appears here as you write")
            self.desk.live.follow(self.desk.session)

    def doing(self, words: str) -> None:
        """What goes on in the background; "" for nothing."""
        self.desk.pane(StatusLine).show_activity(words)

    def failed(self, event: Failed) -> None:
        """Something could not be done."""
        self.transport.wanted_no_longer()
        self.doing("")
        self.desk.say(f"could not {event.what}: {event.why}", stays=True)
