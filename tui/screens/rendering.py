"""The part that renders to files."""

from pathlib import Path

from tui.checking import check
from tui.live import Doing, Failed
from tui.screens.desk import Desk
from tui.screens.render_dialog import RenderDialog, Wanted
from tui.studio.protocol import GoOn

_FORMATS = ("mid", "wav")


class Rendering:
    """Renders the score at hand."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def render(self) -> None:
        self.desk.when_typed(self._ask_what)

    def render_as(self) -> None:
        self.desk.when_typed(lambda: self._ask_what(folder_first=True))

    def _ask_what(self, folder_first: bool = False) -> None:
        session = self.desk.session
        if self.desk.studio.problem:
            self.desk.say(f"nothing to render: {self.desk.studio.problem}", stays=True)
            return

        def chosen(wanted: Wanted | None) -> None:
            if wanted is not None:
                session.rendered_as = wanted
                self.render_to(*wanted)

        asked = session.plan.output if session.plan else ()
        formats, folder = session.rendered_as or (asked or _FORMATS, session.folder)
        self.desk.ask(RenderDialog(formats, folder, folder_first), chosen)

    def render_to(self, formats: tuple[str, ...], folder: Path) -> None:
        """Write the score in these formats."""
        session = self.desk.session
        made, known = session.composed, session.checked
        is_as_written = made is not None and session.is_current and made.steer is None
        ready = made.composition if made is not None and is_as_written else None
        fresh = known if known is not None and known.revision == session.revision else None
        text, revision, stem = session.text, session.revision, session.file.path.stem

        def work(go_on: GoOn) -> None:
            from engine.render.export import Target

            def announce(words: str) -> None:
                self.desk.post(Doing(f"render: {words}"))

            try:
                # Typed a moment ago: what is rendered is what stands there now.
                asked = (fresh or check(text, revision, session.folder)).asked()
                if asked is None:
                    self.desk.post(Failed("render", "write a line of script first"))
                    return
                composition = ready or self.desk.studio.compose(asked, go_on, announce)
                target = Target(folder, stem, formats, soundfont=self.desk.studio.settings.soundfont)
                written = self.desk.studio.render(composition, target, go_on, announce)
            except Exception as error:
                said = str(error).strip().splitlines()
                self.desk.post(Failed("render", said[0] if said else type(error).__name__))
                return
            names = ", ".join(Path(file.path).name for file in written)
            self.desk.screen.app.call_from_thread(self.desk.say, f"rendered {names} into {folder}")
            self.desk.post(Doing(""))

        self.desk.say(f"rendering into {folder} …")
        self.desk.live.jobs.start("render", work)
