"""Text to token ids, framed as the encoder was trained to read: `query: …`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from engine.text.plain_words import with_plain_words

START, END = 0, 2
"""XLM-RoBERTa's <s> and </s>."""


class Tokens(Protocol):
    """What turns text into ids; `prefix` are the ids that go ahead of every text."""

    prefix: list[int]

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text without any frame. Any text, never an error."""
        ...

    def places(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Where each of those ids stands in its text: code points from 0, the end exclusive."""
        ...


def readable(text: str) -> str:
    """Control characters and lone surrogates replaced by spaces, so that the tokenizer takes any string."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else " " for c in text)


def framed(prefix: list[int], ids: list[int], longest: int) -> list[int]:
    """<s> prefix ids </s>, cut to `longest` tokens."""
    head = [START, *prefix]
    return [*head, *ids[: longest - len(head) - 1], END]


class PieceTokens:
    """The shipped Unigram tokenizer, by `tokenizers`."""

    def __init__(self, path: Path) -> None:
        # Imported here: the contract of readings must be importable without it.
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.prefix: list[int] = self.tokenizer.encode("query:", add_special_tokens=False).ids

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without start and end."""
        found = self.tokenizer.encode_batch(
            [with_plain_words(readable(text)) for text in texts], add_special_tokens=False
        )
        return [encoding.ids for encoding in found]

    def places(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Where each token stands in its text."""
        found = self.tokenizer.encode_batch([readable(text) for text in texts], add_special_tokens=False)
        return [encoding.offsets for encoding in found]


class CharacterTokens:
    """The debug model's tokenizer: a character, a token (code point folded into the vocabulary)."""

    def __init__(self, vocabulary: int) -> None:
        self.vocabulary = vocabulary
        self.prefix: list[int] = []

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """A token id a character: for tests, where no tokenizer is at hand."""
        return [[3 + ord(c) % (self.vocabulary - 3) for c in text] for text in texts]

    def places(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """A character each."""
        return [[(place, place + 1) for place in range(len(text))] for text in texts]
