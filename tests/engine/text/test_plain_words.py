"""Internet words, faces made of marks, unknown emoji: written as what the tokenizer knows, and only they."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.analyze import SHIPPED
from engine.text.plain_words import with_plain_words
from engine.text.scorer import UNKNOWN
from engine.text.tokens import PieceTokens


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("我又emo了", "我又难过了"),
        ("YYDS！！我人都喊裂开了", "永远最棒！！我人都喊裂开了"),
        ("栓q，真的", "谢谢你，真的"),
        ("他走了 QAQ", "他走了 😭"),
        ("sorry T_T", "sorry 😭"),
        ("生日快乐🥳🥳", "生日快乐🎉🎉"),
    ],
)
def test_what_the_model_never_saw_is_written_as_what_it_knows(text: str, plain: str) -> None:
    assert with_plain_words(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "an emo band",
        "the demo 很长",
        "TATTOO",
        "a-_b",
        "x<30",
        "我直接破防了",
        "lol rip",
        "memory 不够",
        "😭",
    ],
)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert with_plain_words(text) == text


@given(st.text(max_size=80))
def test_any_text_may_come_and_once_is_enough(text: str) -> None:
    plain = with_plain_words(text)
    assert with_plain_words(plain) == plain


@pytest.mark.skipif(not (SHIPPED / "tokenizer.json").exists(), reason="no tokenizer here")
def test_no_emoji_of_the_table_is_unknown_to_the_tokenizer_any_more() -> None:
    tokens = PieceTokens(SHIPPED / "tokenizer.json")
    for text in ("🥲", "🥳 🤬", "🎆🎆", "🥺", "🌚", "🫶", "🫠"):
        assert UNKNOWN in tokens.tokenizer.encode(text, add_special_tokens=False).ids, text
        assert UNKNOWN not in tokens.encode([text])[0], text
