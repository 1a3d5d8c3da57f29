"""The panes on their own: what they draw for a score made by hand, and what they post when touched."""

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget

from dsl.plan import ROLES
from tests.tui.conftest import until
from tests.tui.staging import small_score
from tui.listening import crossing
from tui.match_figure import shown_match
from tui.panes import ArcCue, CueRow
from tui.theme import THEMES
from tui.widgets.arc import EmotionArc
from tui.widgets.cues import CueList, match_mark
from tui.widgets.roll import PianoRoll
from tui.widgets.roll_picture import View, note_at, picture
from tui.widgets.transport import Playing, TransportLine
from tui.widgets.words import clock, fit


class Bench(App[None]):
    """One widget and the messages it posts."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.heard: list[Message] = []
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_piano_roll_note_chosen(self, event: PianoRoll.NoteChosen) -> None:
        self.heard.append(event)

    def on_piano_roll_seek(self, event: PianoRoll.Seek) -> None:
        self.heard.append(event)

    def on_piano_roll_loop_chosen(self, event: PianoRoll.LoopChosen) -> None:
        self.heard.append(event)

    def on_emotion_arc_chosen(self, event: EmotionArc.Chosen) -> None:
        self.heard.append(event)

    def on_transport_line_role_pressed(self, event: TransportLine.RolePressed) -> None:
        self.heard.append(event)


def text_of(widget: Widget) -> list[str]:
    return ["".join(s.text for s in widget.render_line(y)) for y in range(widget.size.height)]


async def test_every_row_of_the_roll_is_as_wide_as_the_pane() -> None:
    roll = PianoRoll()
    app = Bench(roll)
    async with app.run_test(size=(77, 20)) as pilot:
        roll.show_score(small_score())
        await pilot.pause()
        rows = text_of(roll)
        assert all(cell_len(row) == roll.size.width for row in rows)
        assert "悬崖" in rows[0]
        assert "▽" in rows[0]
        assert "主人公" in rows[-1]


async def test_a_click_on_a_note_names_it_and_one_on_the_ruler_seeks() -> None:
    roll = PianoRoll()
    app = Bench(roll)
    async with app.run_test(size=(80, 20)) as pilot:
        roll.show_score(small_score())
        await pilot.pause()
        ink = picture(small_score(), roll.view, (roll.size.height - 2) * 2)
        row, x = next((r, c) for r in range(0, len(ink), 2) for c, cell in enumerate(ink[r]) if cell)
        await pilot.click(PianoRoll, offset=(x, 1 + row // 2 + roll.gutter.top))
        await pilot.click(PianoRoll, offset=(40, roll.gutter.top))
        await until(pilot, lambda: len(app.heard) == 2)
        note, seek = app.heard
        assert isinstance(note, PianoRoll.NoteChosen)
        assert note.note.start_s <= roll.view.time(x) + roll.s_per_column
        assert isinstance(seek, PianoRoll.Seek)
        assert abs(seek.t_s - roll.view.time(40)) <= roll.s_per_column


async def test_zooming_keeps_the_playhead_in_view_and_bars_are_stepped_through() -> None:
    roll = PianoRoll()
    app = Bench(roll)
    async with app.run_test(size=(80, 20)) as pilot:
        roll.show_score(small_score())
        roll.show_time(17.0, follow=False)
        for _ in range(4):
            roll.action_zoom(-1)
        assert roll.view.start_s <= 17.0 < roll.view.end_s
        roll.action_seek_bar(1)
        roll.action_seek_bar(-1)
        await until(pilot, lambda: len(app.heard) == 2)
        assert [round(event.t_s, 3) for event in app.heard] == [20.0, 16.0]  # type: ignore[attr-defined]


def test_silent_roles_draw_over_nobody() -> None:
    score = small_score()
    view = View(0.0, 0.5, 64)
    heard = picture(score, view, 24, silent=("chords", "bass", "drums"))
    alone = [[c if c and c.role == "melody" else None for c in row] for row in picture(score, view, 24)]
    assert all(
        not a or (h and h.role == "melody")
        for r, s in zip(heard, alone, strict=True)
        for h, a in zip(r, s, strict=True)
    )


def test_what_is_drawn_is_what_is_found() -> None:
    score, view = small_score(), View(0.0, 0.5, 64)
    for row, line in enumerate(picture(score, view, 24)):
        for x, ink in enumerate(line):
            if ink is not None:
                found = note_at(score, view, 24, x, row)
                assert found is not None


async def test_the_arc_gives_the_time_under_the_pointer() -> None:
    arc = EmotionArc()
    app = Bench(arc)
    async with app.run_test(size=(42, 12)) as pilot:
        arc.show_cues([ArcCue(0.0, 10.0, lambda t: (t / 10, -t / 10), (0.2, -0.3))], 10.0)
        await pilot.pause()
        assert all(cell_len(row) == arc.size.width for row in text_of(arc))
        await pilot.click(EmotionArc, offset=(22, 4))
        await until(pilot, lambda: bool(app.heard))
        assert abs(app.heard[0].t_s - 5.0) < 0.4  # type: ignore[attr-defined]


async def test_wide_titles_keep_the_columns_of_the_cue_list() -> None:
    cues = CueList()
    app = Bench(cues)
    rows = [
        CueRow("1m1", "悬崖边的主人公望着远方的天空", 0, 24, 0.86),
        CueRow("1m2", "Home 🎻", 24, 64, 0.4, busy=False),
    ]
    async with app.run_test(size=(38, 8)) as pilot:
        cues.show_rows(rows, 0)
        await pilot.pause()
        shown = text_of(cues)
        assert all(cell_len(row) == cues.size.width for row in shown)
        assert ".86" in shown[0]
        assert shown[0].startswith("▶")
        assert [cell_len(row[: row.index("0:")]) for row in shown[:2]] == [
            cell_len(shown[0][: shown[0].index("0:")])
        ] * 2


async def test_a_click_on_a_role_asks_to_silence_it() -> None:
    line = TransportLine()
    app = Bench(line)
    async with app.run_test(size=(100, 3)) as pilot:
        line.show_playing(Playing(1.0, 32.0, False, None, ("♩60", "A minor"), ("melody", "bass")))
        await pilot.pause()
        await pilot.click(TransportLine, offset=(text_of(line)[0].index("bass"), 0))
        await until(pilot, lambda: bool(app.heard))
        assert app.heard[0].role == "bass"  # type: ignore[attr-defined]


def test_a_new_version_comes_in_at_the_same_bar_of_the_same_cue() -> None:
    score = small_score()
    assert crossing(score, score, 5.0) == (8.0, 8.0)
    assert crossing(score, score, 16.0) == (16.0, 16.0)


def test_times_and_widths_read_as_people_write_them() -> None:
    assert clock(64.32, tenths=True) == "1:04.3"
    assert clock(59.99, tenths=True) == "0:59.9"
    assert clock(3729) == "1:02:09"
    assert fit("悬崖边", 5) == "悬崖…"
    assert cell_len(fit("悬崖边", 4)) == 4


FACTS = ("♩116", "A♭ major", "orchestra", "take 3/8")


@pytest.mark.parametrize("width", [40, 64, 80, 100, 120, 200])
async def test_the_take_and_the_slider_are_seen_at_every_width(width: int) -> None:
    line = TransportLine()
    app = Bench(line)
    async with app.run_test(size=(width, 3)) as pilot:
        line.show_playing(Playing(61.0, 132.0, True, None, FACTS, ROLES, frozenset({"bass"})))
        await pilot.pause()
        shown = text_of(line)[0]
        assert cell_len(shown) == width
        assert "1:01.0 / 2:12.0" in shown
        assert "take 3/8" in shown
        if width >= 80:
            assert "─" in shown, "no slider"
            assert shown.count("●") + shown.count("○") == 6, "a role is missing"
            assert "♩116" in shown
        if width >= 120:
            assert all(role in shown for role in ROLES)
            assert all(fact in shown for fact in FACTS)


@pytest.mark.parametrize("width", [29, 37, 63])
async def test_the_arc_s_legend_is_whole_and_in_the_colours_of_the_plot(width: int) -> None:
    arc = EmotionArc()
    app = Bench(arc)
    async with app.run_test(size=(width, 12)) as pilot:
        arc.show_cues([ArcCue(0.0, 10.0, lambda t: (0.9, -0.9), (0.3, -0.3))], 10.0)
        await pilot.pause()
        rows = [arc.render_line(y) for y in range(arc.size.height)]
        legend = rows[-1]
        assert "valence" in legend.text
        assert "arousal" in legend.text
        assert "heard" in legend.text
        assert "…" not in legend.text

        def colours(segments) -> set[str]:  # type: ignore[no-untyped-def]
            return {s.style.color.name for s in segments if s.style and s.style.color}

        middle = len(rows) // 2
        plotted = colours(s for row in rows[3:middle] for s in row if s.text.strip("┈ ┊0┃"))
        marks = colours(s for s in legend if "⠂" in s.text)
        assert plotted <= marks
        assert len(marks) == 2


def test_a_match_has_the_sign_of_the_number_that_is_shown() -> None:
    assert match_mark(0.4995)[0] == "◐.50"
    assert match_mark(0.4949)[0] == "○.49"
    assert match_mark(0.7451)[0] == "●.75"
    assert match_mark(0.9951)[0] == "●1.0"


@pytest.mark.parametrize(
    ("match", "said"), [(0.955, "0.96"), (0.95496, "0.96"), (0.954949, "0.95"), (0.8958, "0.90")]
)
def test_a_match_is_one_figure_in_lists_tables_and_sentences(match: float, said: str) -> None:
    in_json = round(match, 4)
    assert f"{shown_match(match):.2f}" == f"{shown_match(in_json):.2f}" == said
    assert match_mark(match)[0][1:] == said[1:]
