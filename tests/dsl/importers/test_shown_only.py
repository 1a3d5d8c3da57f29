"""Subtitles as they are shown: of sounds, credits, labels and tags nothing is heard, and words are."""

import pytest

from tests.dsl.importers.reading_back import comments, heard, imported, said
from tests.dsl.importers.test_subtitle_habits import words


def shown(*lines: str, gap_s: int = 3) -> str:
    """An SRT file with a subtitle for each of `lines`, two seconds long."""
    return "".join(
        f"{n}\n00:00:{gap_s * n:02d},000 --> 00:00:{gap_s * n + 2:02d},000\n{line}\n\n"
        for n, line in enumerate(lines, 1)
    )


@pytest.mark.parametrize(
    ("line", "said_line", "comment"),
    [
        ("[door slams]", None, "[door slams]"),
        ("(DOOR SLAMS)", None, "(DOOR SLAMS)"),
        ("[door\nslams]", None, "[door slams]"),
        ("- [door slams]\n- Who's there?", "- Who's there?", "[door slams]"),
        ("[whispering] Come here.", "Come here.", "[whispering]"),
        ("(sighs) Fine.", "Fine.", "(sighs)"),
        ("Fine. [laughs]", "Fine.", "[laughs]"),
        ("Fine. (laughs)", "Fine.", "(laughs)"),
        ("（敲门声）", None, "（敲门声）"),
        ("[音乐]", None, "[音乐]"),
        ("【第三集】", None, "【第三集】"),
        ("♪♪", None, "♪♪"),
        ("Both? - (chuckles)", "Both?", "(chuckles)"),
        ("(sobs) - Daddy.", "- Daddy.", "(sobs)"),
        ("[bleep], you're free!", "[bleep], you're free!", None),
        ("I said [bleep]!", "I said [bleep]!", None),
        ("[sighs] ...I know.", "...I know.", "[sighs]"),
        ("♪ Let it be ♪", "♪ Let it be ♪", None),
        ("I was there (in Paris) once.", "I was there (in Paris) once.", None),
        ("He was born in Rome (Italy)", "He was born in Rome (Italy)", None),
    ],
)
def test_sounds_in_brackets_are_comments_and_words_are_heard(
    line: str, said_line: str | None, comment: str | None
) -> None:
    _, document = imported(shown("Hello there.", line), "film.srt")
    assert heard(document) == [(None, one) for one in ("Hello there.", said_line) if one]
    time = "" if said_line else "00:00:06.000 "
    assert comments(document) == ([time + comment] if comment else [])


def test_music_that_goes_on_is_no_words_beside_words() -> None:
    _, document = imported(shown("<i>- ♪♪ [continues]</i>\n- It's strong.", "<b>♪</b>", "Yes."), "film.srt")
    assert heard(document) == [(None, "- It's strong."), (None, "Yes.")]
    assert comments(document) == ["♪♪", "[continues]", "00:00:06.000 ♪"]


@pytest.mark.parametrize(
    "credit",
    [
        "Subtitles by explosiveskull",
        "Sync and corrections by GoldenBeard\nwww.addic7ed.com",
        "<font color='#ffff80'>Advertise your product or brand here\n"
        "contact www.OpenSubtitles.org today</font>",
        "Support us and become VIP member to remove all ads from www.OpenSubtitles.org",
        "Translated by A. B.",
        "本字幕由YYeTs人人影视字幕组制作",
        "翻译：小明 校对：小红",
    ],
)
def test_who_made_the_subtitles_is_not_heard(credit: str) -> None:
    result, document = imported(shown("Hello, Tom.", credit), "film.srt")
    assert heard(document) == [(None, "Hello, Tom.")]
    assert len(comments(document)) >= 1
    assert said(result, "who made")


@pytest.mark.parametrize(
    "line", ["I was saved by you.", "Translate this by noon.", "Captain, by your leave.", "翻译：他说什么？"]
)
def test_what_only_reads_like_a_credit_is_heard(line: str) -> None:
    assert words(shown("Hello, Tom.", line)) == ["Hello, Tom.", line]


def test_names_in_brackets_above_the_words_and_behind_arrows_speak() -> None:
    lines = [
        "[Walter] Hey.",
        "MRS. SMITH:\nCome in.",
        "[SPEAKER_00]: Hi.",
        "[Walter] Who?",
        "[SPEAKER_01]: Me.",
        ">> JOHN: Yes.\n>> No.",
        "JOHN (softly): Go.",
    ]
    _, document = imported(shown(*lines), "film.srt")
    assert heard(document) == [
        ("Walter", "Hey."),
        ("MRS-SMITH", "Come in."),
        ("SPEAKER_00", "Hi."),
        ("Walter", "Who?"),
        ("SPEAKER_01", "Me."),
        ("JOHN", "Yes."),
        (None, "No."),
        ("JOHN", "Go."),
    ]
    assert comments(document) == ["(softly)"]


def test_two_languages_in_one_subtitle_are_two_lines() -> None:
    assert words(shown("我不会回头\nI won't turn back.")) == ["我不会回头", "I won't turn back."]
    assert words(shown("I won't turn back\n我不会回头")) == ["I won't turn back", "我不会回头"]
    assert words(shown("我在\nABC\n公司")) == ["我在 ABC 公司"]


def test_a_song_that_is_coloured_word_by_word_is_sung_once() -> None:
    lines = ["<b>La</b> le lu", "La <b>le</b> lu", "La le <b>lu</b>"]
    assert words(shown(*lines, gap_s=2)) == ["La le lu"]


@pytest.mark.parametrize(
    "line", ["< i >Hello.< / i >", "{an8}Hello.", "{\\an8Hello.", "[i]Hello.[/i]", "<I>Hello.</I>"]
)
def test_tags_that_came_apart_are_not_heard(line: str) -> None:
    assert words(shown(line)) == ["Hello."]


def test_segments_of_a_stream_put_together_leave_no_headers_in_the_words() -> None:
    segment = (
        "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n"
        "{0}\n00:0{0}.000 --> 00:0{1}.000\n{2}\n\n"
    )
    text = segment.format(1, 2, "One.") + "X-TIMESTAMP-MAP=MPEGTS:1,LOCAL:00:00.000\n\n"
    assert words(text + segment.format(3, 4, "Two."), "film.vtt") == ["One.", "Two."]


def test_voices_without_a_name_and_in_capitals_are_not_heard_as_tags() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v>Nobody.</v>\n\n00:03.000 --> 00:04.000\n<V Bob>Upper.</V>\n"
    _, document = imported(text, "film.vtt")
    assert heard(document) == [(None, "Nobody."), ("Bob", "Upper.")]


def test_words_that_begin_like_a_block_of_webvtt_are_heard() -> None:
    text = (
        "WEBVTT\n\nSTYLE\n::cue { color: red }\n\n00:01.000 --> 00:02.000\nOne.\n\nSTYLE matters, she said.\n"
    )
    assert words(text, "film.vtt") == ["One.", "STYLE matters, she said."]


def test_what_is_not_seen_parts_no_words_and_is_no_line() -> None:
    text = shown("un\xadhap\u200bpy\xa0man", "\u200b", "\u202bNo.\u202c")
    result, _ = imported(text, "film.srt")
    assert words(text) == ["unhappy man", "No."]
    assert said(result, "not seen")


def test_a_film_of_brackets_alone_is_heard() -> None:
    assert words(shown("[Rain falls on Berlin.]", "(Nobody comes.)")) == [
        "[Rain falls on Berlin.]",
        "(Nobody comes.)",
    ]
