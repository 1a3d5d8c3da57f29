"""What may help a cue whose match is poor. No screen."""

from collections.abc import Sequence

from dsl.diagnostics import Fix
from tui.cue_edits import style_edit, tempo_edit
from tui.match_figure import shown_match
from tui.panes import POOR_MATCH
from tui.session import Session


def improvements(session: Session, index: int, styles: Sequence[str]) -> list[tuple[str, str, Fix]]:
    """What may help a cue that matches poorly, as edits: (what, why, edit)."""
    found = session.written_cue(index)
    if found is None:
        return []
    document, block, cue = found
    low, high = cue.tempo_range
    offers = []
    if high - low < 70:
        wider = (max(int(low) - 20, 30), min(int(high) + 30, 220))
        offers.append(
            (f"@tempo {wider[0]}..{wider[1]}", "a wider tempo range", tempo_edit(document, block, *wider))
        )
    now = cue.styles[0].value if cue.styles else ""
    for style in styles:
        if style != now:
            offers.append((f"@style {style}", "another style", style_edit(document, block, style)))
    return offers


def advice(session: Session, index: int) -> str | None:
    """What helps a cue whose match is poor; None where it is fair or unknown."""
    plan = session.plan
    if plan is None or not 0 <= index < len(plan.cues):
        return None
    cue = plan.cues[index]
    report = session.report_of(cue.id)
    if report is None or shown_match(report.match) >= POOR_MATCH:
        return None
    first = "another take (F12 lists them)" if report.takes else "no @freeze"
    low, high = cue.tempo_range
    wider = "" if high - low > 60 else f", a wider @tempo than {low:.0f}..{high:.0f}"
    return (
        f"{cue.id} matches poorly ({shown_match(report.match):.2f}): {first}, another @style{wider} may help"
    )
