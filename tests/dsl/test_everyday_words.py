"""What people say for a word of the language is understood as a hint, in both languages."""

from collections.abc import Mapping

import pytest

from dsl import everyday_words
from dsl.check import check_source
from dsl.diagnostics import Finding
from dsl.directive_words import DIRECTIVE_NAMES, FRONT_MATTER_NAMES
from dsl.everyday_words import emotion_meant
from dsl.instruments import PITCHED_NAMES
from dsl.vocabulary import EMOTION_NAMES, EMOTIONS, ROLE_NAMES, STYLE_NAMES, fold
from dsl.words_of_feeling import FEELINGS

TABLES = [
    (FEELINGS, EMOTION_NAMES),
    (everyday_words._STYLES, STYLE_NAMES),
    (everyday_words._DIRECTIVES, DIRECTIVE_NAMES),
    (everyday_words._ROLES, ROLE_NAMES),
    (everyday_words._INSTRUMENTS, PITCHED_NAMES),
    (everyday_words._FRONT_MATTER, FRONT_MATTER_NAMES),
]


def mended(line: str, finding: Finding) -> str:
    """The line with the finding's fix in its place."""
    assert finding.fix is not None, line
    span = finding.fix.span
    return line[: span.column - 1] + finding.fix.text + line[span.end_column - 1 :]


def only(text: str) -> Finding:
    findings = check_source(text).findings
    assert len(findings) == 1
    return findings[0]


@pytest.mark.parametrize(
    ("line", "code", "meant"),
    [
        ("@bpm 90", "E301", "tempo"),
        ("@transpose 2", "E301", "key"),
        ("@Volume 3", "E301", "dynamics"),
        ("@time_signature 3/4", "E301", "meter"),
        ("@移调 2", "E301", "调"),
        ("@音量 3", "E301", "力度"),
        ("@emotion happy", "E302", "joy"),
        ("@emotion Terrified", "E302", "fear"),
        ("@emotion 难过", "E302", "悲伤"),
        ("@情感 开心 0.5", "E302", "喜悦"),
        ("@emotion dispair", "E302", "despair"),
        ("@style jazz", "E303", "noir"),
        ("@风格 中国风", "E303", "国风"),
        ("@mute percussion", "E305", "drums"),
        ("@style horror", "E303", "noir"),
        ("@风格 恐怖", "E303", "黑色电影"),
        ("@style synthwave", "E303", "ambient"),
        ("@instruments melody=synth", "E304", "saw-lead"),
        ("@乐器 旋律=葫芦丝", "E304", "单簧管"),
        ("@静音 伴奏", "E305", "和声"),
    ],
)
def test_an_everyday_word_is_answered_with_the_languages_own_and_the_fix_is_right(
    line: str, code: str, meant: str
) -> None:
    finding = only(f"{line}\nGo.")
    assert (finding.code, finding.hint) == (code, f"Did you mean {meant}?")
    assert code not in [found.code for found in check_source(f"{mended(line, finding)}\nGo.").findings]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("@joy 0.8", "Did you mean emotion joy?"),
        ("@sad", "Did you mean emotion sadness?"),
        ("@难过 0.5", "Did you mean 情感 悲伤?"),
        ("@piano", "Did you mean style piano?"),
        ("@民谣", "Did you mean 风格 民谣?"),
        ("@violin", "Did you mean instruments melody=violin?"),
        ("@小提琴", "Did you mean 乐器 旋律=小提琴?"),
        ("@pp", "Did you mean dynamics pp?"),
        ("@forte", "Did you mean dynamics f?"),
        ("@crossfade 2s", "Did you mean transition crossfade?"),
    ],
)
def test_a_value_without_its_directive_is_answered_with_both_and_the_fix_leaves_no_finding(
    line: str, hint: str
) -> None:
    finding = only(f"# 1 A\n{line}\nGo.\n# 2 B\nRun.")
    assert (finding.code, finding.hint) == ("E301", hint)
    assert check_source(f"# 1 A\n{mended(line, finding)}\nGo.\n# 2 B\nRun.").findings == ()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("@scene 2", "# 1m1 Title"),
        ("@场景 二", "# 1m1 Title"),
        ("@note louder here", "// …"),
        ("@备注 大声", "// …"),
        ("@title Rain", "front matter"),
        ("@帧率 25", "front matter"),
    ],
)
def test_what_no_directive_says_is_answered_with_how_it_is_written(line: str, words: str) -> None:
    assert words in (only(f"# 1 A\n{line}\nGo.").hint or "")


@pytest.mark.parametrize("word", ["rit", "quiet", "和声", "淡入淡出"])
def test_a_word_that_is_spelt_like_another_directive_is_not_taken_for_it(word: str) -> None:
    assert only(f"@{word}\nGo.").hint not in (
        f"Did you mean {w}?" for w in ("fit", "silence", "人声", "引入")
    )


BRIGHT = """glad jubilant festive carefree sunny radiant giddy exuberant lively groovy adventurous daring
    regal patriotic resolute forgiven trust seductive lovesick adoring cozy safe nurturing mellow chill
    ethereal sacred solemn reflective thoughtful intrigued awestruck goofy sly
    得意 惬意 放心 踏实 淡定 从容 自在 慵懒 恬淡 空灵 虔诚 沉思 释怀 欣慰 治愈 缠绵 暧昧
    天真 燃 豪情 无畏 崇拜 兴高采烈 喜气洋洋 侠义 霸气"""
DARK = """mournful tragic bleak hollow drained tired lethargic devastated crushed shattered humiliated
    embarrassed
    insecure betrayed suicidal apprehensive paranoid spooky demonic frantic chaotic hysterical enraged livid
    vindictive cruel ruthless fierce grumpy cynical disillusioned resigned
    疲倦 无力 沉重 苍凉 迷茫 懊悔 羞耻 尴尬 自卑 心寒 心慌 悲壮 愤恨 残酷 阴险 戒备 急促
    混乱 惊悚 哀怨 决绝 怀疑"""


@pytest.mark.parametrize("words", [BRIGHT, DARK])
def test_words_of_feeling_are_answered_with_an_emotion_of_their_own_side(words: str) -> None:
    side = 1 if words is BRIGHT else -1
    for word in words.split():
        fix = only(f"@emotion {word} 0.5\nGo.").fix
        assert fix is not None, word
        assert side * EMOTIONS[EMOTION_NAMES[fix.text]].valence > 0, (word, fix.text)


@pytest.mark.parametrize(
    ("before", "table", "code"),
    [
        ("@", everyday_words.DIRECTIVES_MEANT, "E301"),
        ("@emotion ", everyday_words.EMOTIONS_MEANT, "E302"),
        ("@style ", everyday_words.STYLES_MEANT, "E303"),
        ("@mute ", everyday_words.ROLES_MEANT, "E305"),
        ("@instruments melody=", everyday_words.INSTRUMENTS_MEANT, "E304"),
    ],
)
def test_every_everyday_word_is_answered_with_a_fix_that_mends_it(
    before: str, table: Mapping[str, str], code: str
) -> None:
    for word in table:
        line = f"{before}{word}"
        finding = next((one for one in check_source(f"{line}\nGo.").findings if one.code == code), None)
        assert finding is not None, line
        again = check_source(f"{mended(line, finding)}\nGo.").findings
        assert code not in [one.code for one in again], line


def test_front_matter_keys_are_known_by_what_other_programs_call_them() -> None:
    assert only("title: x\nbpm: 90\n---\nGo.").hint == "Did you mean tempo?"
    assert only("title: x\nframe-rate: 25\n---\nGo.").hint == "Did you mean fps?"


def test_an_emotion_said_with_the_directive_that_declares_moods_is_answered_with_the_right_one() -> None:
    assert only("@情绪 悲伤\n走。").hint == "To feel it here: @情感 悲伤."
    assert only("@mood grief\nGo.").hint == "To feel it here: @emotion grief."


@pytest.mark.parametrize(("word", "kit"), [("drums", "drums"), ("percussion", "percussion"), ("鼓", "鼓")])
def test_drums_in_another_role_are_answered_with_their_own(word: str, kit: str) -> None:
    assert only(f"@instruments melody={word}\nGo.").hint == f"Write drums={kit}."
    assert check_source(f"@instruments drums={kit}\nGo.").findings == ()


@pytest.mark.parametrize("line", ["@情感 自动", "@emotion auto", "@调 自动", "@key auto"])
def test_auto_is_understood_in_both_languages(line: str) -> None:
    assert check_source(f"{line}\nGo.").findings == ()


def test_some_hundreds_of_words_of_feeling_are_known_in_each_language() -> None:
    words = everyday_words.EMOTIONS_MEANT
    assert sum(word.isascii() for word in words) > 300
    assert sum(not word.isascii() for word in words) > 300


@pytest.mark.parametrize(("rows", "names"), TABLES)
def test_a_word_stands_once_in_its_table_and_is_no_name_of_the_language(
    rows: Mapping[str, str], names: Mapping[str, str]
) -> None:
    words = [word for row in rows.values() for word in row.split()]
    assert len(words) == len(set(words))
    assert [word for word in words if word in names or fold(word) != word] == []
    assert set(rows) <= set(names.values())


def test_moods_of_the_writers_own_are_not_taken_for_everyday_words() -> None:
    assert check_source("@mood happy = 0.5 0.5\n@emotion happy\nGo.").findings == ()
    assert emotion_meant("xyzzy") is None
