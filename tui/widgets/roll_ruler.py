"""The roll's first and last rows: bar numbers, the letters of phrases, cue names and hits above, the script's
lines below."""

from collections.abc import Collection, Mapping

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from engine.music.score import Score
from tui.score_bars import bars_of_cue
from tui.widgets.roll_picture import View
from tui.widgets.words import cue_name, cut

VOICE_MARK = "▖"
"""Before a line that a recorded voice says there."""
_SAME_S = 0.05


def bar_times(score: Score, view: View) -> list[float]:
    """When bars begin within the view, seconds. Bars are counted along the metres, cue by cue."""
    return [
        t_s
        for cue in score.cues
        if cue.end_s > view.start_s and cue.start_s < view.end_s
        for _, t_s in bars_of_cue(score, cue)
        if view.start_s <= t_s < view.end_s
    ]


def ruler_row(
    score: Score, view: View, loop: tuple[float, float] | None, base: Style, variables: Mapping[str, str]
) -> Strip:
    """Bar numbers as they fit, behind them the letter of the phrase that begins there, cue names at their
    bounds, a triangle where a hit lands, the loop underlaid."""
    row = [" "] * view.columns
    styles = [base + Style(color=variables["foreground"], dim=True)] * view.columns
    named = base + Style(color=variables["accent"], bold=True)
    free_from = 0
    starts = sorted(view.column(cue.start_s) for cue in score.cues)
    for cue in score.cues:
        x = view.column(cue.start_s)
        end = min(next((s for s in starts if s > x), view.columns), view.columns)
        x = max(x, 0)  # a cue that began before the view is named at its edge
        room = end - x - 1
        if room > 1 and free_from <= x:
            free_from = 1 + _put(row, styles, x, cut(f"▏{cue_name(cue.id, cue.title)}", room), named)
        bars = [(number, t_s) for number, t_s in bars_of_cue(score, cue) if number > 1]
        phrases = {phrase.bar: phrase.name for phrase in cue.form}
        for number, t_s in bars:
            x = view.column(t_s)
            if max(free_from, 0) <= x < view.columns:
                free_from = _put(row, styles, x, f"{number}{phrases.get(number, '')}", styles[x]) + 1
    for marker in score.markers:
        x = view.column(marker.t_s)
        if marker.kind == "hit" and 0 <= x < view.columns:
            row[x], styles[x] = "▽", base + Style(color=variables["accent"], bold=True)
    if loop is not None:
        for x in range(max(view.column(loop[0]), 0), min(view.column(loop[1]), view.columns)):
            styles[x] += Style(bgcolor=variables["panel"], underline=True)
    segments = [Segment(character, style) for character, style in zip(row, styles, strict=True)]
    return Strip(segments, view.columns).simplify()


def _put(row: list[str], styles: list[Style], x: int, text: str, style: Style) -> int:
    """Write a text into cells (a wide character fills two); gives the first column behind it."""
    for character in text:
        width = cell_len(character)
        if x >= 0 and x + width <= len(row):
            row[x] = character
            styles[x] = style
            if width == 2:
                row[x + 1] = ""
        x += width
    return x


def lyric_row(
    score: Score,
    view: View,
    base: Style,
    variables: Mapping[str, str],
    spoken: Collection[float] = frozenset(),
) -> Strip:
    """What is read over the music, each line from where it begins to where the next one does; a mark before
    those that a recorded voice begins to say at one of the seconds `spoken`."""
    marked = [any(abs(lyric.start_s - t_s) < _SAME_S for t_s in spoken) for lyric in score.lyrics]
    style = base + Style(color=variables["foreground"], dim=True)
    segments: list[Segment] = []
    at = 0
    starts = [view.column(lyric.start_s) for lyric in score.lyrics]
    for index, lyric in enumerate(score.lyrics):
        start = starts[index]
        later = next((s for s in starts[index + 1 :] if s > start), view.columns + 1)
        room = min(later - 1, view.columns) - max(start, at)
        if later <= 0 or start >= view.columns or room < 2:
            continue
        start = max(start, at)
        said = f"{lyric.speaker}: {lyric.text}" if lyric.speaker else lyric.text
        mark = VOICE_MARK if marked[index] else ""
        text = cut(said, room - len(mark))
        segments.append(Segment(" " * (start - at), base))
        if mark:
            segments.append(Segment(mark, base + Style(color=variables["secondary"])))
        segments.append(Segment(text, style))
        at = start + len(mark) + cell_len(text)
    return Strip(segments).adjust_cell_length(view.columns, base)
