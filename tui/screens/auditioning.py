"""The desk's part that chooses: takes tried, kept and frozen, and what may help a cue that matches poorly."""

from textual import on

from dsl.vocabulary import STYLES
from engine.errors import OutputError
from tui.screens.ask import Choose
from tui.screens.transporting import Transporting
from tui.widgets.takes import TakeList
from tui.widgets.words import cue_name

_MORE = 8
_TRY_AFTER_S = 0.15
"""A step through the list is heard when nobody steps on at once."""


class Auditioning(Transporting):
    """Mixed into the workstation."""

    _choosing: tuple[str, int | None] | None = None
    """While the list of takes is open: the cue's id, and the take that was being tried before."""

    @property
    def _cue_at_hand(self) -> int | None:
        """The cue whose takes are listed, else the one that plays, else the one the cursor is in."""
        if self._choosing is not None:
            return self._index_of(self._choosing[0])
        if self.listening.is_playing:
            return self.session.cue_at(self.t_s)
        return self.session.cue_of_line(self.session.cursor[0])

    def _index_of(self, cue_id: str) -> int | None:
        cues = self.session.plan.cues if self.session.plan else ()
        return next((n for n, cue in enumerate(cues) if cue.id == cue_id), None)

    # ------------------------------------------------------------------------------------- one after another

    def action_take(self, step: int) -> None:
        index = self._cue_at_hand
        count = self.studio.settings.takes + self.session.more_takes
        number = self.session.try_take(index, step, count) if index is not None else None
        if number is None or index is None or self.session.plan is None:
            self.say("no take to choose: put the cursor in a cue that is composed")
            return
        self.say(f"{self.session.plan.cues[index].id}: trying take {number}; F9 keeps it")
        self.live.compose(self.session)
        self.show_takes()

    def action_keep(self) -> None:
        self.when_checked(self._keep_take)

    def _keep_take(self) -> None:
        index = self._cue_at_hand
        fix = self.session.keep_take(index) if index is not None else None
        if fix is None or index is None or self.session.plan is None:
            self.say("no take to keep: put the cursor in a cue that is composed")
            return
        cue = self.session.plan.cues[index]
        self.close_takes()
        self.session.auditions.pop(cue.id, None)
        self.editor.apply_fix(fix)
        self.say(f"{cue.id}: kept; ^Z takes it back")

    def action_freeze(self) -> None:
        self.when_checked(self._freeze_take)

    def _freeze_take(self) -> None:
        """Write the notes that sound to a MIDI file beside the score, and play those from now on."""
        index = self._cue_at_hand
        session = self.session
        report = (
            session.report_of(session.plan.cues[index].id) if session.plan and index is not None else None
        )
        if index is None or report is None or session.composed is None or not report.takes:
            self.say("no take to freeze: put the cursor in a cue that is composed")
            return
        if not session.is_current:
            self.say("still composing; freeze when it is done")
            return
        # Deferred: it writes MIDI, which pulls in pretty_midi.
        from tui.freezing import write_take

        try:
            file = write_take(session.composed.composition.score, report.id, session.folder)
        except (OutputError, OSError) as error:
            self.say(f"{error}; nothing was changed")
            return
        fix = session.freeze_take(index, file)
        if fix is None:
            return
        self.close_takes()
        session.auditions.pop(report.id, None)
        self.editor.apply_fix(fix)
        self.say(f"{report.id}: frozen to {file}; ^Z brings the composing back")

    # ------------------------------------------------------------------------------------------- the list

    def action_takes(self) -> None:
        if self._choosing is not None:
            self.takes_left()
            return
        index, plan = self._cue_at_hand, self.session.plan
        rows = self.session.take_rows(index) if index is not None else []
        if not rows or index is None or plan is None:
            self.say("no takes yet: put the cursor in a cue that is composed")
            return
        cue = plan.cues[index]
        self._choosing = (cue.id, self.session.auditions.get(cue.id))
        takes = self.query_one(TakeList)
        takes.show_rows(cue_name(cue.id, cue.title), rows)
        takes.chosen = next((n for n, row in enumerate(rows) if row.sounds), 0)
        self.add_class("takes")
        takes.focus()
        self.say("↑↓ hear · Enter keeps · F freezes to MIDI · M makes more · Esc back")

    def show_takes(self) -> None:
        """Bring the list to what was composed last."""
        if self._choosing is None:
            return
        index = self._index_of(self._choosing[0])
        rows = self.session.take_rows(index) if index is not None else []
        if index is None or not rows or self.session.plan is None:
            self.close_takes()
            return
        cue = self.session.plan.cues[index]
        self.query_one(TakeList).show_rows(
            cue_name(cue.id, cue.title), rows, trying=self.session.auditions.get(cue.id)
        )

    @on(TakeList.Tried)
    def take_tried(self, event: TakeList.Tried) -> None:
        if self._choosing is None:
            return
        self.session.auditions[self._choosing[0]] = event.number
        self.live.compose(self.session, after_s=_TRY_AFTER_S)
        self.show_takes()

    @on(TakeList.Kept)
    def take_kept(self) -> None:
        self.action_keep()

    @on(TakeList.Frozen)
    def take_frozen(self) -> None:
        self.action_freeze()

    @on(TakeList.MoreWanted)
    def more_takes_wanted(self) -> None:
        index = self._cue_at_hand
        if index is not None:
            more = self.session.more_takes + _MORE
            self.session.want_more_takes(index, more)
            self.say(
                f"makes {_MORE} more takes; they are there as long as this list is open, Enter keeps one"
            )
            self.live.compose(self.session)

    @on(TakeList.Left)
    def takes_left(self) -> None:
        """Back to what sounded before."""
        if self._choosing is None:
            return
        cue_id, before = self._choosing
        tried = self.session.auditions.get(cue_id)
        if before is None:
            self.session.auditions.pop(cue_id, None)
        else:
            self.session.auditions[cue_id] = before
        had_more = bool(self.session.more_takes)
        self.close_takes()
        if tried != before or had_more:
            self.live.compose(self.session)

    def close_takes(self) -> None:
        """Fold the list away; more candidates than usual are no longer wanted."""
        if self._choosing is None:
            return
        self._choosing = None
        self.session.want_more_takes(0, 0)
        self.remove_class("takes")
        self.editor.focus()

    # ------------------------------------------------------------------------------------------ what helps

    def action_improve(self) -> None:
        self.when_checked(self._offer_help)

    def _offer_help(self) -> None:
        """Offer what may help the cue at hand, each an edit that can be undone."""
        index, plan = self._cue_at_hand, self.session.plan
        report = self.session.report_of(plan.cues[index].id) if plan and index is not None else None
        if index is None or plan is None or report is None:
            self.say("nothing to improve yet: put the cursor in a cue that is composed")
            return
        cue = plan.cues[index]
        offers = self.session.improvements(index, tuple(STYLES))
        entries = [("more takes", "listen to others and keep one")] if report.takes else []
        first = len(entries)
        entries += [(what, why) for what, why, _ in offers]

        def chosen(number: int | None) -> None:
            if number is None:
                return
            if number < first:
                self.action_takes()
                return
            self.editor.apply_fix(offers[number - first][2])
            self.say(f"{offers[number - first][0]}; ^Z takes it back")

        match = f"{report.match:.2f}".removeprefix("0")
        question = f"{cue_name(cue.id, cue.title)} matches {match}. What may help?"
        self.app.push_screen(Choose(question, entries), chosen)
