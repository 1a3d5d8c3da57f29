"""Sentences that were broken at a width, by whoever set the page: whether a line goes on in the next one."""

import re

_SENTENCE_END = re.compile(r"[.!?…。！？:：;；][\"'”’」』》)）\]]*$")
WRAPPED = 45
"""A line of at least so many columns that ends in mid-sentence was broken by a width, not by its writer."""
WRAPPED_SPEECH = 20
"""The same in the narrow column of a screenplay's speech, where the next line must begin small, too."""


def goes_on(text: str, following: str, least: int = WRAPPED) -> bool:
    """Whether `following`, the next line, continues the sentence that `text` ends with."""
    tail = text[-400:]
    columns = sum(2 if ord(character) > 0x2E80 else 1 for character in tail)
    return columns >= least and not _SENTENCE_END.search(tail) and following[0] not in "-–—*•"


def joined(text: str, following: str) -> str:
    """Both as one line, with a space between them where their script has spaces."""
    wide = ord(text[-1]) > 0x2E80 and ord(following[0]) > 0x2E80
    return text + ("" if wide else " ") + following
