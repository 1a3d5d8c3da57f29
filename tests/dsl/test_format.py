"""The formatter, line by line: what it makes even, and what it leaves to the writer."""

import pytest

from dsl.format import format_document, format_text


@pytest.mark.parametrize(
    ("written", "formatted"),
    [
        ("#  1m1   The   cliff  ", "# 1m1 The   cliff"),
        ("#1m1悬崖", "# 1m1 悬崖"),
        ("@ emotion  joy->hope   over  8s   //  why", "@emotion joy -> hope over 8s   //  why"),
        ("@情感　绝望　0.8", "@情感 绝望 0.8"),
        ("@motif m=[E5  G5 :2 , (C4   E4):4]", "@motif m = [E5 G5:2, (C4 E4):4]"),
        ("@motif m=[E5  G5]   exact", "@motif m = [E5 G5] exact"),
        ("@palette p=melody = cello   bass=none", "@palette p = melody=cello bass=none"),
        ('@temp "a  b.wav"', '@temp "a  b.wav"'),
        (
            "title:悬崖  下\ntempo：60..84   // x\n---   \nGo",
            "title: 悬崖  下\ntempo：60..84   // x\n---\nGo",
        ),
        ("key:F#   minor //  a\noutput: mid,  wav\n---", "key: F# minor //  a\noutput: mid, wav\n---"),
        ("MARA:   Hi {emotion   joy} there", "MARA:   Hi {emotion   joy} there"),
        ("  // a   comment", "  // a   comment"),
        ("@emotoin   joy", "@emotoin   joy"),
    ],
)
def test_spacing_is_made_even_and_words_and_comments_stay(written: str, formatted: str) -> None:
    assert format_text(written) == formatted
    assert format_text(formatted) == formatted
    assert format_document(written) == (formatted, ())


@pytest.mark.parametrize(
    ("written", "formatted"),
    [
        ("@instruments melody=clarinet  bass＝contrabass", "@instruments melody=clarinet bass＝contrabass"),
        ("@mood dusk＝-0.3  0.4", "@mood dusk ＝ -0.3 0.4"),
        ("@palette p ＝ melody ＝ cello", "@palette p ＝ melody＝cello"),
        ("title:// t\n---\nGo.", "title:// t\n---\nGo."),
        ("#\x1c A", "#\x1c A"),
        ("seed:  3\u2003// x\n---\nGo.", "seed: 3\u2003// x\n---\nGo."),
        ("title:\x85drum\n---\nGo.", "title:\x85drum\n---\nGo."),
    ],
)
def test_what_is_no_spacing_stays_as_it_was_typed(written: str, formatted: str) -> None:
    assert format_text(written) == formatted
    assert format_document(written) == (formatted, ())
