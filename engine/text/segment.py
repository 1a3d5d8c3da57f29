"""Words and language of script text, Chinese and English mixed as they come. No model here."""

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from engine.text.reading import Language

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUNS = re.compile(rf"(?:栓|芭比)[Qq](?![A-Za-z])|[{_HAN}]+|[^\W\d_{_HAN}]+(?:['’][^\W\d_{_HAN}]+)*|\d+")
_HAN_ONE = re.compile(f"[{_HAN}]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LATIN_WORDS = re.compile(r"[A-Za-z\u00c0-\u024f]+")

_GRAMMAR = """
a an the and or of to in on at by for from with into as is are was were be been being am do does did have has
had i you he she it we they me him her us them my your his its our their this that these those there here what
which who whom whose when where how than so if then while will would can could shall should may might must
just up down out over under again very too also about after before because until through
的 了 着 过 地 得 在 是 有 和 与 跟 同 及 或 就 都 也 还 又 再 很 太 更 最 把 被 给 让 向 往 从 到 对 对于 为
为了 以 我 你 您 他 她 它 我们 你们 他们 她们 它们 自己 这 那 这个 那个 这些 那些 这里 那里 这样 那样 什么 谁
哪 哪里 怎么 一 一个 一只 一把 一张 一条 个 只 张 条 里 上 下 中 前 后 内 外 时 时候 啊 吧 呢 吗 呀 嘛 哦 之
其 而 于 所 们 們 我們 你們 他們 這 這個 個 裡 過 還 為 從 對 給 讓 與 嗎 會 说 說 道 会 要 去 来 來
兮 乎 者 矣 焉 哉 曰 乃 则 遂 亦 皆 此
"""
STOP_WORDS: frozenset[str] = frozenset(_GRAMMAR.split())
"""Words that carry grammar, not feeling: never offered as keywords. Negations are missing on purpose."""

_ENDINGS = (
    ("ly", "ADV"),
    *(
        (end, "NOUN")
        for end in ("ness", "ment", "tion", "sion", "ship", "hood", "ity", "ism", "ance", "ence")
    ),
    *((end, "ADJ") for end in ("ful", "less", "ous", "ive", "able", "ible", "ish", "al", "ic")),
    *((end, "VERB") for end in ("ing", "ed", "ise", "ize", "ify")),
)
_CLOSED = {
    "PRON": "i you he she it we they me him her us them nobody everyone nothing something everything myself",
    "DET": "a an the this that these those my your his its our their no every each some any all",
    "ADP": "of to in on at by for from with into over under through between against without upon",
    "CCONJ": "and or but nor yet",
    "PART": "not never",
    "AUX": "is are was were be been am do does did have has had will would can could may might must shall",
}
CLOSED_CLASS = {word: tag for tag, words in _CLOSED.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Word:
    """A word at `start` … `end` (code points, end exclusive) of its text; `pos` as in `Keyword`, or ""."""

    text: str
    start: int
    end: int
    pos: str = ""


def plain_forms(text: str) -> str:
    """`text` with full-width, mathematical and other letters in disguise, and radicals that stand for
    characters (⼈ for 人, as PDF files have them), in the forms that the tokenizer reads them as."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def has_words(text: str) -> bool:
    """Whether there is a letter of any script in it (radicals that stand for characters are letters, too)."""
    return any(c.isalpha() or "\u2e80" <= c <= "\u2fd5" for c in text)


def language_of(text: str) -> Language:
    """`zh` or `en` when most letters are Han or Latin, else `mixed` (other scripts too, and no letters).

    A Chinese character weighs as two Latin letters: a name or a brand should not turn a sentence. Latin
    letters that are pinyin or another language (`looks_foreign`) are `mixed`.
    """
    text = plain_forms(text)
    if is_japanese(text):
        return "mixed"
    han = len(_HAN_ONE.findall(text))
    latin = len(_LATIN.findall(text))
    total = han + sum(c.isalpha() for c in text)
    if 2 * han >= 0.8 * total > 0:
        return "zh"
    return "en" if latin >= 0.8 * total > 0 and not looks_foreign(text) else "mixed"


FOREIGN = 0.3
"""What is left of the confidence where the words are of a language that the model did not learn."""


def known_share(text: str) -> float:
    """How far (0…1) the letters are what the model learned: Han and plain Latin in English words. 0 without
    letters."""
    text = plain_forms(text)
    letters = [c for c in text if c.isalpha()]
    known = sum(1 for c in letters if c.isascii() or _HAN_ONE.match(c))
    share = known / len(letters) if letters else 0.0
    return share * FOREIGN if looks_foreign(text) or is_japanese(text) else share


_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff]")


def is_japanese(text: str) -> bool:
    """Whether kana are more than a flourish in it (one の among Chinese is one): its characters are Japanese
    then, whatever their number."""
    kana = len(_KANA.findall(text))
    return kana > 1 and kana >= 0.2 * sum(c.isalpha() for c in text)


_ENGLISH_WORDS = """
the and of to in is was were be been that it he she they we you i his her him my your our their this
these that those with for on at by from not but or as are have has had do did does will would can could
should may might must what which who when where how why if then than so no all there here out up down
into over about after before again only more some any just never said one an a me them us its am went go
come came got get like know see look
"""
_OTHER_WORDS = """
de le la les un une des du et est il elle je tu nous vous ils que qui dans sur avec pour pas ce cette
mais au aux son sa ses ne se der das und ist nicht ich du er sie wir ihr ein eine einen dem den mit von
zu auf im sich auch wie nur noch el los las una y es yo ella en con por para su lo pero muy mi del al di
che non sono per ma gli nel alla o os as uma um e em com mas ao na het een van niet ik zij op met maar
jag och att det som inte en og ikke nie w z jest sie ve bir bu ben da yang dan itu tidak ini saya ke
dari
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_OTHERS = frozenset(_OTHER_WORDS.split()) - _ENGLISH - {"van"}
_PINYIN = re.compile(
    r"(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?"
    r"(?:iang|iong|uang|ueng|ang|eng|ing|ong|ian|iao|uan|uai|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ue|ui|er|[aeiouv])"
)


def looks_foreign(text: str) -> bool:
    """Whether Latin words of a text are pinyin, or of a language other than English, by their commonest
    words.

    A guess, made only from three different words on; names and single words are left in peace.
    """
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    latin = _LATIN_WORDS.findall(plain)
    if len(set(latin)) < 3:
        return False
    english = sum(word in _ENGLISH for word in latin) / len(latin)
    other = sum(word in _OTHERS for word in latin) / len(latin)
    pinyin = sum(bool(_PINYIN.fullmatch(word)) for word in latin) / len(latin)
    return (other >= 0.15 and other > english) or (pinyin >= 0.8 and english < 0.5)


_NEW_WORDS = (
    "尊嘟假嘟",
    "蚌埠住",
    "绷不住",
    "内卷",
    "打工人",
    "吃瓜",
    "人间清醒",
    "主打一个",
    "不李姐",
    "针不戳",
)
"""Words younger than jieba's dictionary that it cuts in two."""
_NEW_COUNT = 1000


@cache
def _jieba() -> tuple[Any, dict[str, str]]:
    """jieba's segmenter and the parts of speech in its dictionary, which takes most of a second on first use.

    Read in one pass here: jieba itself would log, leave a cache file in the temporary folder, and read the
    dictionary a second time for its tagger.
    """
    import jieba

    segmenter = jieba.Tokenizer()
    with segmenter.get_dict_file() as file:
        entries = file.read().decode("utf-8").splitlines()
    counts: dict[str, int] = {}
    tags: dict[str, str] = {}
    total = 0
    for entry in entries:
        word, count, tag = entry.split(" ")
        counts[word] = int(count)
        total += int(count)
        tags[word] = tag
        # jieba looks words up letter by letter and goes on only where a longer word may follow.
        for length in range(len(word) - 1, 0, -1):
            if word[:length] in counts:
                break
            counts[word[:length]] = 0
    for word in _NEW_WORDS:
        counts[word], tags[word] = _NEW_COUNT, "l"
        for length in range(1, len(word)):
            counts.setdefault(word[:length], 0)
    segmenter.FREQ, segmenter.total, segmenter.initialized = counts, total, True
    return segmenter, tags


_MODERN = re.compile("[的了着吗呢吧啊呀嘛这那们個个]|什么|没有|知道|现在|时候|已经|因为|所以|但是")
_OLD_STRONG = re.compile("[兮曰矣焉哉耶欤乎]")
_OLD_WEAK = re.compile("[之其而于乃则遂吾汝亦皆此岂弗者也且何]")
_CLAUSES = re.compile("[，。！？；、：,.!?;:\\s“”「」]+")


def is_classical(text: str) -> bool:
    """Whether it reads like Classical Chinese: its particles and none of today's, or verse of even length.

    A guess from a few marks, for cutting into words only.
    """
    if len(text) > 400 or not _HAN_ONE.search(text) or _MODERN.search(text):
        return False
    if _OLD_STRONG.search(text) or len(set(_OLD_WEAK.findall(text))) >= 2:
        return True
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    return len(clauses) > 1 and {len(clause) for clause in clauses} in ({5}, {7})


LONGEST_IDIOM = 4
"""Characters of the longest word that is left whole; dictionaries have whole lines of verse as idioms."""


def _cut(run: str, old: bool) -> list[str]:
    """Words of a run of Chinese characters. Classical ones (`old`) are of one or two characters, or idioms
    of four; of today's, jieba's own cut, and lines of verse in its dictionary cut once more."""
    if old:
        return _likeliest(run, 2)
    found: list[str] = []
    for word in _jieba()[0].cut(run, HMM=True):
        verse = len(word) > LONGEST_IDIOM and _jieba()[1].get(word) in ("i", "l")
        found += _likeliest(word, 3) if verse else [word]
    return found


def _likeliest(run: str, longest: int) -> list[str]:
    """The likeliest cut into the dictionary's words of up to `longest` characters, and its idioms of four."""
    segmenter, tags = _jieba()
    # ends[n]: how unlikely the best cut of the first n characters is, and where its last word begins.
    ends: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(run) + 1):
        ways = []
        for size in range(1, min(LONGEST_IDIOM, end) + 1):
            word = run[end - size : end]
            count = segmenter.FREQ.get(word, 0)
            known = count > 0 and (size <= longest or (size == LONGEST_IDIOM and tags.get(word) == "i"))
            if size == 1 or (known and tags.get(word) not in _NO_OLD_WORDS):
                cost = math.log(segmenter.total) - math.log(max(count, 1))
                ways.append((ends[end - size][0] + cost, end - size))
        ends.append(min(ways))
    cuts, end = [], len(run)
    while end:
        cuts.append(run[ends[end][1] : end])
        end = ends[end][1]
    return cuts[::-1]


_NO_OLD_WORDS = frozenset(("nr", "nrt", "nrfg", "nt", "x", "eng"))
"""Parts of speech of people, firms and scraps: a dictionary of today finds them in old verse (莫悲兮)."""


def words(text: str, tagged: bool = False) -> list[Word]:
    """Words in order: jieba's for Chinese, runs of letters for the rest; digits too, punctuation left
    out."""
    found: list[Word] = []
    old = is_classical(text)
    for run in _RUNS.finditer(text):
        if not _HAN_ONE.match(run.group()) or run.group()[-1] in "Qq":
            found.append(
                Word(run.group(), run.start(), run.end(), english_tag(run.group()) if tagged else "")
            )
            continue
        place = run.start()
        tags = _jieba()[1]
        for word in _cut(run.group(), old):
            found.append(Word(word, place, place + len(word), tags.get(word, "x") if tagged else ""))
            place += len(word)
    return found


def english_tag(word: str) -> str:
    """A universal part-of-speech tag by closed lists and endings: a guess, meant for display only."""
    folded = word.lower().replace("’", "'")
    if folded.isdigit():
        return "NUM"
    if folded in CLOSED_CLASS:
        return CLOSED_CLASS[folded]
    if folded.endswith("n't"):
        return "AUX"
    for ending, tag in _ENDINGS:
        if folded.endswith(ending) and len(folded) > len(ending) + 2:
            return tag
    return "PROPN" if word[0].isupper() else "NOUN"
