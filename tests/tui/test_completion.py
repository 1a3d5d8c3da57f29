"""Completion: what is offered where, in the writer's language."""

from time import process_time

import pytest

from dsl.check import check_source
from tui.completion import complete
from tui.word_help import explain_word

DOCUMENT = check_source(
    "---\n@character 林 motif=rope\n@motif rope = [E5]\n@mood unease = -0.4 0.3\n# One\nGo.\n"
    "# L2 Boss door\nGo.\n# Game over\nGo.\n"
).document


@pytest.mark.parametrize(
    ("before", "label"),
    [
        ("@em", "emotion"),
        ("@情", "情感"),
        ("@emotion une", "unease"),
        ("@emotion despair 0.8 -> ho", "hope"),
        ("@情感 绝", "绝望"),
        ("@style str", "strings"),
        ("He fell. {hi", "hit"),
        ("He fell. {motif r", "rope"),
        ("@instruments melody=cell", "cello"),
        ("@transition ring", "ring-out"),
        ("@transition cut t", "to="),
        ("@transition cut to=", "One"),
        ("@transition cut to=l", "L2"),
        ('@transition crossfade 2s to="Game o', '"Game over"'),
        ("@过渡 切 到=g", '"Game over"'),
        ("@lay", "layers"),
        ("@分", "分层"),
        ("@key D", "D minor"),
        ('@feel "She left." ho', "hope"),
        ('@feel "She left." une', "unease"),
        ("@读作 “走吧” 绝", "绝望"),
        ("@motif rope = [E5 G5] ex", "exact"),
        ('@motif rope = "rope.mid" ', "exact"),
        ("@动机 绳 = [E5 G5] 原", "原调"),
        ("林", "林:"),
    ],
)
def test_the_likeliest_word_comes_first(before: str, label: str) -> None:
    found = complete(before, DOCUMENT)
    assert found
    assert found[0].label == label


@pytest.mark.parametrize("before", ["She ran down", "", "// @em", "# 1m1 The cli", "{hit} and"])
def test_ordinary_text_is_left_alone(before: str) -> None:
    assert complete(before, DOCUMENT) == []


def test_what_is_inserted_takes_the_place_of_what_was_typed() -> None:
    one = complete("@emotion desp", DOCUMENT)[0]
    assert "@emotion desp"[: -one.typed] + one.insert == "@emotion despair"


def test_a_cues_name_takes_the_place_of_all_that_was_typed_of_it() -> None:
    before = '@transition cut to="Game o'
    one = complete(before, DOCUMENT)[0]
    assert before[: -one.typed] + one.insert == '@transition cut to="Game over"'


def test_front_matter_has_its_own_words() -> None:
    assert complete("sty", DOCUMENT, in_front_matter=True)[0].insert == "style: "
    assert complete("style: no", DOCUMENT, in_front_matter=True)[0].label == "noir"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("@tempo", "@tempo"),
        ("绝望", "despair"),
        ("国风", "guofeng"),
        ("rope", "motif"),
        ("林:", "character"),
        ("crossfade", "transition"),
        ("@分层", "layers"),
        ("L2", "cue of this score"),
    ],
)
def test_help_knows_the_word(word: str, said: str) -> None:
    assert any(said in heading for heading, _ in explain_word(word, DOCUMENT))


def test_help_leaves_ordinary_words_alone() -> None:
    assert explain_word("mountain", DOCUMENT) == []


@pytest.mark.parametrize(
    ("before", "label"),
    [
        ("@emotion hap", "joy"),
        ("@情感 难过", "悲伤"),
        ("@style jaz", "noir"),
        ("He fell. {emotion terrif", "fear"),
    ],
)
def test_an_everyday_word_is_completed_to_what_the_language_calls_it(before: str, label: str) -> None:
    offered = complete(before, DOCUMENT)
    assert label in [one.label for one in offered]
    assert all(one.typed == len(before.split()[-1]) for one in offered)


@pytest.mark.parametrize("before", ["@ou", "@终"])
def test_new_directives_are_offered_and_explained(before: str) -> None:
    offered = complete(before, DOCUMENT)
    assert offered
    assert "ends exactly here" in explain_word("@" + offered[0].label, None)[0][1]


def test_thousands_of_names_are_offered_within_a_key() -> None:
    moods = "".join(f"@mood mood{n} = 0 0\n" for n in range(6000))
    document = check_source(moods + "Go.").document
    started = process_time()
    assert complete("@emotion moo", document, False)[0].label == "mood0"
    assert process_time() - started < 0.3
