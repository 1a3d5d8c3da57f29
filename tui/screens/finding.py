"""The part that finds and replaces in the script."""

from tui.screens.desk import Desk
from tui.widgets.find import FindBar


class Finding:
    """The bar below the script, and what its buttons do there."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @property
    def bar(self) -> FindBar:
        """The bar."""
        return self.desk.pane(FindBar)

    @property
    def is_beside(self) -> bool:
        """Whether the bar is open while the keys go to the script."""
        return self.bar.has_class("open") and self.desk.editor.has_focus

    def open(self, with_replace: bool = False) -> None:
        """Open the bar with what is selected."""
        self.bar.open(self.desk.editor.selected_text, with_replace)

    def find_next(self) -> None:
        """The same once more, or the bar where nothing was looked for yet."""
        if self.bar.query_text:
            self.find(self.bar.query_text)
        else:
            self.open()

    def find(self, query: str, backwards: bool = False) -> None:
        """Go to where the text says this next, and tell how often it does."""
        where = self.desk.editor.find(query, backwards)
        count = self.desk.editor.count(query)
        self.bar.show_count(where, count)
        if not count:
            self.desk.say(f"“{query}” is not in this score")

    def replace(self, query: str, replacement: str, all_of_them: bool) -> None:
        """Replace what was found, or all there is."""
        done = self.desk.editor.replace_found(query, replacement, all_of_them)
        self.bar.show_count(0, self.desk.editor.count(query))
        self.desk.say(f"replaced {done}" if done else f"“{query}” is not in this score")
