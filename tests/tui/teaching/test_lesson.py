"""Explanations in words: both languages say the same things, each level in its own terms."""

import re
from dataclasses import replace
from typing import get_args

import pytest

from engine.match.note_recogniser import NoteRecogniser
from engine.music.score import ScorePhrase, ScoreTheme
from engine.report import Feeling
from engine.teach.cadences import CadenceKind
from engine.teach.explanation import DecidingWord, Explanation, Unsaid
from engine.teach.harmony_reading import read_cadences, read_harmony
from engine.teach.numerals import Function
from engine.teach.parameters import PARAMETERS, ParameterName
from engine.teach.shares import heard_shares
from engine.teach.smallest import GOALS, SmallestChange, Towards, smallest_changes
from tests.engine.teach.made_scores import CLOSING, made_score
from tui.locale_language import Language
from tui.teaching import words
from tui.teaching.here import here_text
from tui.teaching.lesson import lesson
from tui.teaching.words import LANGUAGES, LEVELS, Level

SCORE = made_score(CLOSING * 2)
HARMONY = read_harmony(SCORE)
ONE = Explanation(
    id="1",
    title="Made",
    start_s=0.0,
    end_s=32.0,
    style="piano",
    key="C major",
    felt=Feeling(0.4, 0.1),
    words=(DecidingWord("laughing", 0.5, "positive"), DecidingWord("fire", 0.1, "negative")),
    written_share=0.25,
    match=0.9,
    shares=heard_shares(SCORE, NoteRecogniser.load("debug")),
    harmony=HARMONY,
    cadences=read_cadences(SCORE, HARMONY),
    form=(ScorePhrase("A", 1, 4, "new", 0.0), ScorePhrase("A", 5, 4, "new ending", 16.0)),
    motifs=(ScoreTheme("rope", 1, 2, "quoted"), ScoreTheme("rope", 5, 2, "sequence")),
    changes=smallest_changes(SCORE, NoteRecogniser.load("debug")),
    unsaid=(),
)


def text_of(one: Explanation, level: Level, language: Language) -> str:
    return "\n".join(f"{heading}\n{text}" for heading, text in lesson(one, level, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", LEVELS)
def test_every_level_says_something_of_words_music_harmony_and_form(level: Level, language: Language) -> None:
    headings = [heading for heading, _ in lesson(ONE, level, language)]
    assert headings == [
        words.HEADINGS[name][language] for name in ("felt", "music", "harmony", "form", "changes")
    ]
    assert "{" not in text_of(ONE, level, language)


def test_beginners_read_no_figures_and_no_numerals() -> None:
    text = text_of(ONE, "beginner", "en")
    assert "V7" not in text
    assert "velocity" not in text
    assert "major key (C major)" in text
    assert "full stop" in text


def test_the_next_level_reads_numerals_and_cadences_by_name() -> None:
    text = text_of(ONE, "intermediate", "en")
    assert "1: I vi | 2: IV V | 3: I6 ii6 | 4: V7 I" in text
    assert "perfect authentic cadence, bar 4" in text
    assert "完满正格终止，第 4 小节" in text_of(ONE, "intermediate", "zh")


def test_the_last_level_reads_functions_and_shares() -> None:
    text = text_of(ONE, "advanced", "en")
    assert "V7 (dominant)" in text
    assert "of all effects" in text
    assert "V7 (属功能)" in text_of(ONE, "advanced", "zh")


def test_words_do_not_count_where_a_directive_decides() -> None:
    assert "laughing" in text_of(ONE, "beginner", "en")
    directed = replace(ONE, written_share=1.0, words=(), unsaid=("directive",))
    assert "laughing" not in text_of(directed, "beginner", "en")
    assert "counted for nothing" in text_of(directed, "beginner", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_said_is_told(language: Language) -> None:
    bare = replace(
        ONE, shares=None, harmony=(), cadences=(), form=(), motifs=(), unsaid=("too few notes", "frozen")
    )
    text = text_of(bare, "advanced", language)
    assert words.UNSAID["frozen"][language] in text
    assert words.UNSAID["too few notes"][language] in text
    assert words.HEADINGS["harmony"][language] not in text


def test_the_bar_at_hand_is_told_with_its_chords_cadence_and_phrase() -> None:
    here = here_text(ONE, 4, "en")
    assert here == "Bar 4, C major: V7 (dominant) · I (tonic); perfect authentic cadence; A, new"
    assert here_text(replace(ONE, harmony=(), cadences=(), form=()), 4, "en") == ""


def test_at_a_beat_the_chord_that_sounds_is_told_first_and_a_motif_that_is_there() -> None:
    one = replace(ONE, motifs=(ScoreTheme("rope", 4, 1, "sequence"),))
    first, second = here_text(one, 4, "en", 2.5).split("\n")
    assert first == "Bar 4, beat 2: V7 (dominant)"
    assert second.endswith("“rope” at another pitch (sequence)")
    assert here_text(one, 4, "zh", 3.0).startswith("第 4 小节第 3 拍：I (主功能)\n第 4 小节，C 大调：V7")
    assert "rope" not in here_text(one, 3, "en", 1.0)


@pytest.mark.parametrize("level", LEVELS)
def test_chinese_is_set_with_its_own_signs(level: Level) -> None:
    text = text_of(ONE, level, "zh") + here_text(ONE, 4, "zh", 1.0)
    assert not re.findall(r"[\u4e00-\u9fff][:,;]|[。：，] |（[^（）]*（", text)


def test_a_chord_that_sounds_on_into_the_bar_is_told_of_it() -> None:
    late = tuple(replace(read, beat=read.beat + 1) if read.bar == 4 else read for read in ONE.harmony)
    one = replace(ONE, harmony=late)
    assert "ii6 (predominant) · V7 (dominant) · I (tonic)" in here_text(one, 4, "en")


def test_beginners_are_told_what_to_do_and_no_measures() -> None:
    assert ONE.changes
    text = dict(lesson(ONE, "beginner", "en"))[words.HEADINGS["changes"]["en"]]
    assert "→" not in text
    assert "%" not in text
    told = [line.strip() for line in text.splitlines() if line.startswith("  ")]
    plain = {pair["en"] for both in words.CHANGES_PLAINLY.values() for pair in both}
    assert all(line.split(" · ")[0] in plain or line == words.SENTENCES["no way"]["en"] for line in told)


def test_minor_that_is_heard_as_brighter_is_not_taught_as_a_rule() -> None:
    assert ONE.shares is not None
    mode = next(one for one in ONE.shares.parameters if one.name == "mode")
    odd = replace(mode, effect=Feeling(-0.3, 0.0))
    shares = replace(ONE.shares, parameters=(odd,))
    assert "major mode" not in text_of(replace(ONE, shares=shares), "beginner", "en")
    assert "may err" in text_of(replace(ONE, shares=shares), "intermediate", "en")


def share_of(name: ParameterName, value: float, effect: Feeling) -> Explanation:
    """The explanation with one share alone, of a parameter that is more (or less) than a neutral 10."""
    assert ONE.shares is not None
    own = next(one for one in ONE.shares.parameters if one.name == "density")
    odd = replace(own, name=name, value=value, neutral=10.0, effect=effect)
    return replace(ONE, shares=replace(ONE.shares, parameters=(odd,)), changes=())


@pytest.mark.parametrize(
    ("name", "value", "effect"),
    [
        ("register", 5.0, Feeling(0.2, 0.0)),
        ("tempo", 15.0, Feeling(-0.2, 0.0)),
        ("dissonance", 15.0, Feeling(0.3, 0.0)),
        ("dynamics", 5.0, Feeling(0.0, 0.2)),
    ],
)
def test_effects_against_what_is_usual_are_marked_and_not_taught_to_beginners(
    name: ParameterName, value: float, effect: Feeling
) -> None:
    assert words.SENTENCES["nothing"]["en"] in text_of(share_of(name, value, effect), "beginner", "en")
    assert "may err" in text_of(share_of(name, value, effect), "intermediate", "en")
    usual = Feeling(-effect.valence, -effect.arousal)
    assert words.SENTENCES["nothing"]["en"] not in text_of(share_of(name, value, usual), "beginner", "en")
    assert "may err" not in text_of(share_of(name, value, usual), "intermediate", "en")


@pytest.mark.parametrize(("name", "value"), [("articulation", 5.0), ("density", 5.0), ("density", 15.0)])
def test_beginners_are_not_taught_what_listeners_do_not_agree_on(name: ParameterName, value: float) -> None:
    """Shorter notes were told as darkening a cue, and as the way to make the same cue happier."""
    text = text_of(share_of(name, value, Feeling(-0.12, 0.01)), "beginner", "en")
    assert words.SENTENCES["nothing"]["en"] in text


def test_beginners_are_not_told_that_a_mode_calms_or_excites() -> None:
    text = text_of(share_of("mode", 15.0, Feeling(0.9, -0.2)), "beginner", "en")
    assert "The major mode makes it brighter." in text


@pytest.mark.parametrize(
    ("goal", "name", "changed", "measured"),
    [
        ("tenser", "dissonance", 5.0, Feeling(-0.26, 0.04)),
        ("happier", "tempo", 5.0, Feeling(0.16, -0.09)),
        ("happier", "register", 5.0, Feeling(0.15, 0.0)),
    ],
)
def test_advice_against_what_is_usual_is_marked_and_not_given_to_beginners(
    goal: Towards, name: ParameterName, changed: float, measured: Feeling
) -> None:
    odd = SmallestChange(goal, name, 10.0, changed, measured, measured, reaches=True)
    one = replace(ONE, changes=(odd,))
    changes = words.HEADINGS["changes"]["en"]
    assert words.CHANGES_PLAINLY[name][0]["en"] not in dict(lesson(one, "beginner", "en"))[changes]
    assert "may err" in dict(lesson(one, "intermediate", "en"))[changes]
    usual = replace(ONE, changes=(replace(odd, changed=15.0),))
    assert words.CHANGES_PLAINLY[name][1]["en"] in dict(lesson(usual, "beginner", "en"))[changes]
    assert "may err" not in dict(lesson(usual, "intermediate", "en"))[changes]


@pytest.mark.parametrize(
    ("felt", "name"),
    [
        (Feeling(-0.23, 0.0), "dark"),
        (Feeling(0.3, -0.07), "bright"),
        (Feeling(-0.06, 0.12), "excited"),
        (Feeling(0.01, -0.4), "calm"),
        (Feeling(-0.06, -0.02), "neutral"),
        (Feeling(-0.2, 0.2), "dark and tense"),
    ],
)
def test_a_feeling_is_named_by_what_there_is_of_it(felt: Feeling, name: str) -> None:
    assert f"The story feels {name} here." in text_of(replace(ONE, felt=felt), "beginner", "en")


def test_a_unit_is_said_once_and_drums_that_nobody_expects_are_not_told_of() -> None:
    assert "velocity 15 (neutral 10)" in text_of(
        share_of("dynamics", 15.0, Feeling(0.0, 0.2)), "advanced", "en"
    )
    assert ONE.shares is not None
    drums = replace(
        share_of("percussion", 0.0, Feeling(0.0, 0.0)).shares.parameters[0],
        value=0.0,
        neutral=0.0,  # type: ignore[union-attr]
    )
    text = text_of(
        replace(ONE, shares=replace(ONE.shares, parameters=(drums,)), changes=()), "advanced", "en"
    )
    assert "percussion" not in text


def test_changes_tell_what_was_predicted_and_what_was_measured() -> None:
    text = text_of(ONE, "advanced", "en")
    assert "predicted valence" in text
    assert "measured" in text
    assert "@key C minor" in text or "@tempo" in text


def test_every_name_has_words_in_both_languages() -> None:
    for table, names in (
        (words.PARAMETER_NAMES, PARAMETERS),
        (words.MORE_OR_LESS, PARAMETERS),
        (words.CHANGES_PLAINLY, PARAMETERS),
        (words.LEVEL_NAMES, LEVELS),
        (words.FUNCTIONS, get_args(Function)),
        (words.CADENCES, get_args(CadenceKind)),
        (words.CADENCES_PLAINLY, get_args(CadenceKind)),
        (words.UNSAID, get_args(Unsaid)),
        (words.GOALS, GOALS),
        (words.PHRASES, ("new", "same", "new ending", "varied", "sequence")),
        (words.MOTIFS, ("quoted", "same", "varied", "sequence", "answer", "lengthened")),
    ):
        assert set(table) == set(names)
        for row in table.values():
            for pair in row if isinstance(row, tuple) else (row,):
                assert set(pair) == set(LANGUAGES)
                assert all(pair.values())
                assert pair["en"].isascii() or "♭" in pair["en"] or "°" in pair["en"]
