"""Lines that say outright what is felt, composed from words with known places: for Chinese and English on
one scale.

The story lines mostly show and do not tell; read alone they teach little about the words of feeling
themselves. Here each such word, in both languages, stands in frames that assert, deny or turn it, some
after a plain line of the stories. The places are ours, after the corpus's anchors. Training only, and never
part of the story figures.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Told:
    """A composed line: text, language, (valence, arousal, dominance), emotion intensities."""

    text: str
    language: str
    feeling: tuple[float, float, float]
    emotions: dict[str, float]


# emotion: (valence, arousal, dominance, Chinese words, English nouns, English adjectives)
_WORDS: dict[str, tuple[float, float, float, str, str, str]] = {
    "joy": (
        0.75,
        0.5,
        0.4,
        "喜悦 快乐 高兴 欢乐 开心 欣喜 幸福",
        "joy happiness delight gladness",
        "happy glad joyful",
    ),
    "excitement": (0.65, 0.8, 0.4, "兴奋 激动 雀跃", "excitement exhilaration", "excited thrilled"),
    "triumph": (0.7, 0.8, 0.7, "得意 自豪 骄傲 胜利的狂喜", "triumph pride victory", "triumphant proud"),
    "hope": (0.5, 0.15, 0.25, "希望 期待 信心 盼头", "hope courage faith", "hopeful confident"),
    "love": (0.7, 0.3, 0.3, "爱 爱意 深情 甜蜜", "love devotion affection", "loved adored"),
    "tenderness": (0.5, -0.25, 0.2, "温柔 温暖 怜爱 感激", "tenderness warmth gratitude", "tender grateful"),
    "calm": (0.4, -0.55, 0.3, "平静 安宁 宁静 踏实 安心", "calm peace serenity", "calm peaceful relaxed"),
    "wonder": (0.4, 0.4, -0.1, "惊叹 敬畏 惊奇", "wonder awe amazement", "amazed awestruck"),
    "surprise": (0.1, 0.6, -0.1, "惊讶 意外 吃惊 诧异", "surprise astonishment", "surprised astonished"),
    "nostalgia": (0.1, -0.3, -0.05, "怀念 乡愁 怀旧", "nostalgia homesickness", "nostalgic homesick"),
    "longing": (-0.1, 0.0, -0.2, "思念 渴望 牵挂", "longing yearning", "wistful yearning"),
    "melancholy": (-0.4, -0.4, -0.3, "忧郁 惆怅 失落 落寞", "melancholy gloom regret", "melancholy gloomy"),
    "sadness": (
        -0.6,
        -0.3,
        -0.4,
        "悲伤 难过 伤心 心酸 委屈",
        "sadness sorrow misery",
        "sad miserable unhappy",
    ),
    "grief": (-0.75, -0.1, -0.5, "哀痛 悲痛 心碎 痛苦", "grief anguish heartbreak", "heartbroken devastated"),
    "loneliness": (-0.55, -0.45, -0.4, "孤独 寂寞 凄凉", "loneliness emptiness", "lonely abandoned"),
    "despair": (-0.8, -0.1, -0.6, "绝望 万念俱灰的绝望 无助", "despair hopelessness", "hopeless desperate"),
    "fear": (-0.65, 0.65, -0.6, "恐惧 害怕 恐慌 惊恐", "fear terror panic horror", "afraid terrified scared"),
    "dread": (-0.55, 0.3, -0.5, "忧惧 不安 不祥的预感 担忧", "dread unease worry", "uneasy worried anxious"),
    "suspense": (-0.25, 0.45, -0.2, "悬念 疑虑", "suspense suspicion", "suspicious"),
    "tension": (-0.35, 0.55, -0.2, "紧张 焦虑 焦急", "tension anxiety stress", "tense nervous"),
    "anger": (-0.6, 0.7, 0.2, "愤怒 生气 怒火 怨恨", "anger fury resentment", "angry furious"),
    "rage": (-0.75, 0.9, 0.3, "狂怒 暴怒 仇恨", "rage hatred wrath", "enraged livid"),
    "disgust": (-0.6, 0.25, 0.05, "厌恶 恶心 反感 鄙夷", "disgust revulsion contempt", "disgusted sickened"),
    "mystery": (-0.05, 0.2, -0.15, "神秘 好奇 困惑", "mystery curiosity", "puzzled curious"),
    "playful": (0.5, 0.5, 0.3, "俏皮 调皮的笑意 有趣", "mischief fun laughter", "playful amused"),
}
_ALSO: dict[str, tuple[float, float, float, str, str, str]] = {
    "sadness": (
        -0.5,
        -0.3,
        -0.3,
        "失望 后悔 羞愧 内疚",
        "disappointment shame guilt",
        "ashamed disappointed",
    ),
    "melancholy": (
        -0.35,
        -0.6,
        -0.35,
        "疲惫 麻木 厌倦",
        "weariness exhaustion boredom",
        "tired exhausted bored",
    ),
    "joy": (0.5, -0.1, 0.3, "欣慰 满足 如释重负的轻松", "relief satisfaction", "relieved content"),
    "disgust": (-0.5, 0.4, 0.0, "嫉妒 烦躁", "jealousy irritation", "jealous annoyed"),
}
_ZH = (
    "{who}心里满是{w}。 {who}感到一阵{w}。 {who}的脸上写满了{w}。 {w}涌上{who}的心头。 "
    "{who}的声音里带着{w}。 "
    "{who}心里只有{w}。 整个屋子里都是{w}。 {who}从来没有这样{w}过。 {who}眼里全是{w}。 说不出的{w}。 "
    "那一刻，{who}只觉得{w}。 {who}被{w}淹没了。"
)
_ZH_DENIED = "{who}不再感到{w}。 {who}心里已经没有{w}了。 {w}终于离开了{who}。 {who}再也感觉不到{w}。"
_EN = (
    "{Whose} heart was filled with {w}.|There was {w} in {whose} voice.|A wave of {w} came over the room.|"
    "Nothing was left but {w}.|{Whose} eyes were full of {w}.|All that night it was {w}, only {w}.|"
    "It was written on every face: {w}.|{Whose} hands shook with {w}.|The song was full of {w}."
)
_EN_BEING = (
    "{Who} was {a}.|{Who} had never been so {a}.|I am so {a}, you have no idea.|{Who} looked {a}.|"
    "We were all {a} then."
)
_EN_DENIED = (
    "There was no {w} in {whose} voice any more.|The {w} had left the house at last.|{Who} was no longer {a}."
)
_WHO_ZH = "他 她 我 他们 孩子 老人 士兵 母亲 船长 小林"
_WHO_EN = (("he", "his"), ("she", "her"), ("the captain", "the captain's"), ("Anna", "Anna's"))

Entry = tuple[str, np.ndarray, list[list[str]]]
"""An emotion, its place, and its words: Chinese, English nouns, English adjectives."""


def entries_of(table: dict[str, tuple[float, float, float, str, str, str]]) -> Iterator[Entry]:
    """(name, valence-arousal-dominance [3], its lists of words) of each row of a table of templates."""
    for name, (valence, arousal, dominance, *kinds) in table.items():
        yield name, np.array([valence, arousal, dominance]), [words.split() for words in kinds]


# No longer so: (Chinese words that 不 denies, English adjectives, feeling, emotions).
_NO_LONGER: tuple[tuple[str, str, tuple[float, float, float], dict[str, float]], ...] = (
    (
        "怕 害怕 担心 慌 紧张 恐惧",
        "afraid scared worried nervous frightened",
        (0.42, -0.05, 0.4),
        {"hope": 0.5, "calm": 0.4},
    ),
    (
        "难过 哭 伤心 痛 痛苦 绝望",
        "sad crying unhappy heartbroken in pain hopeless",
        (0.38, -0.2, 0.2),
        {"calm": 0.4, "hope": 0.4},
    ),
    ("生气 恨他 怪你 计较 抱怨", "angry bitter furious resentful", (0.3, -0.3, 0.2), {"calm": 0.5}),
    (
        "孤单 寂寞 孤独",
        "alone lonely forgotten lost",
        (0.48, 0.0, 0.2),
        {"tenderness": 0.5, "hope": 0.3},
    ),
    (
        "开心 快乐 高兴 笑 幸福 相信谁 期待",
        "happy glad hopeful smiling safe welcome",
        (-0.52, -0.25, -0.4),
        {"sadness": 0.5, "melancholy": 0.5},
    ),
    (
        "爱我 爱他 喜欢我 需要我",
        "loved wanted needed",
        (-0.58, -0.15, -0.4),
        {"sadness": 0.5, "loneliness": 0.5},
    ),
)
_NO_LONGER_ZH = (
    "{who}再也不{w}了。 {who}不{w}了。 从那天起，{who}不再{w}。 再也不{w}了。 现在，{who}一点也不{w}了。"
)
_NO_LONGER_EN = (
    "{Who} was not {a} any more.|{Who} would never be {a} again.|"
    "For the first time in years, {who} was not {a}.|Not {a} any more.|"
    "From that day on {who} was no longer {a}."
)


def no_longer() -> Iterator[Told]:
    """Every word of `_NO_LONGER` in every frame of its language."""
    for zh, en, feeling, emotions in _NO_LONGER:
        for index, word in enumerate(zh.split()):
            for number, frame in enumerate(_NO_LONGER_ZH.split()):
                who = _WHO_ZH.split()[(index + number) % len(_WHO_ZH.split())]
                yield Told(frame.format(who=who, w=word), "zh", feeling, emotions)
        for index, word in enumerate(en.replace("in pain", "in_pain").split()):
            for number, frame in enumerate(_NO_LONGER_EN.split("|")):
                who = ("she", "he", "the boy", "my mother")[(index + number) % 4]
                text = frame.format(who=who, Who=who[0].upper() + who[1:], a=word.replace("_", " "))
                yield Told(text, "en", feeling, emotions)


def composed(rng: np.random.Generator, language: str, words: list[list[str]], deny: bool) -> str:
    """One frame with a word of the entry in it."""
    if language == "zh":
        frame = pick(rng, (_ZH_DENIED if deny else _ZH).split())
        return frame.format(who=pick(rng, _WHO_ZH.split()), w=pick(rng, words[0]))
    who, whose = _WHO_EN[int(rng.integers(len(_WHO_EN)))]
    frame = pick(rng, (_EN_DENIED if deny else _EN + "|" + _EN_BEING).split("|"))
    names = {"Who": who[0].upper() + who[1:], "whose": whose, "Whose": whose[0].upper() + whose[1:]}
    return frame.format(**names, w=pick(rng, words[1]), a=pick(rng, words[2]))


def pick(rng: np.random.Generator, items: list[str]) -> str:
    """One of the items, each as likely."""
    return items[int(rng.integers(len(items)))]


def told_lines(plain: dict[str, list[str]], count: int = 40, seed: int = 5) -> list[Told]:
    """`count` lines an entry and language, and each word alone. `plain`: near-neutral story lines by
    language, put before a third of them.

    A denied feeling keeps little of its arousal and turns to the other side, less far: no fear is milder
    than joy, no joy left is worse than no fear. A turn ("once A, now only B") is felt as its end.
    """
    rng = np.random.default_rng(seed)
    entries = [*entries_of(_WORDS), *entries_of(_ALSO)]
    found: dict[str, Told] = {}

    def keep(text: str, language: str, feeling: np.ndarray, emotions: dict[str, float]) -> None:
        valence, arousal, dominance = (round(float(value), 3) for value in feeling)
        found[text] = Told(text, language, (valence, arousal, dominance), emotions)

    for name, place, words in entries:
        for language in ("zh", "en"):
            kind = 0 if language == "zh" else 1
            for number in range(count):
                feeling, emotions = place, {name: 0.9}
                if number % 6 == 5:
                    text = composed(rng, language, words, deny=True)
                    feeling = place * (-0.45, 0.3, -0.4)
                    emotions = (
                        {"calm": 0.4, "hope": 0.3} if place[0] < 0 else {"melancholy": 0.5, "sadness": 0.4}
                    )
                elif number % 6 == 4:
                    before = pick(rng, entries[int(rng.integers(len(entries)))][2][kind])
                    after = pick(rng, words[kind])
                    if language == "zh":
                        text = f"曾经的{before}没有了，如今只剩下{after}。"
                    else:
                        text = f"Once there had been {before} in this house; now there was only {after}."
                else:
                    text = composed(rng, language, words, deny=False)
                if rng.random() < 0.35 and plain.get(language):
                    text = pick(rng, plain[language]) + ("" if language == "zh" else " ") + text
                    feeling = 0.93 * feeling
                keep(text, language, feeling, emotions)
        for kind, part in enumerate(words):
            for word in part:
                keep(word, "zh" if kind == 0 else "en", place, {name: 0.8})
    found |= {told.text: told for told in no_longer()}
    return list(found.values())


_CARRIED_ZH = "{w}。|他说的是：{w}。|那天，所有人都想到了“{w}”。|纸上只写着两个字：{w}。|这件事让人觉得{w}。"
_CARRIED_EN = (
    "It was all about {w}.|The word was {w}.|She wrote one word on the page: {w}.|He said: {w}.|{w}."
)


def carried(
    word: str, language: str, feeling: tuple[float, float, float]
) -> list[tuple[str, tuple[float, float, float]]]:
    """A rated word alone and in one plain sentence, which takes some of its feeling away. Depends on the
    word alone."""
    frames = (_CARRIED_ZH if language == "zh" else _CARRIED_EN).split("|")
    frame = frames[sum(word.encode()) % len(frames)]
    valence, arousal, dominance = feeling
    return [(word, feeling), (frame.format(w=word), (0.8 * valence, 0.7 * arousal, 0.8 * dominance))]
