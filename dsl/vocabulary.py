"""The words that `.score` knows: emotions, styles, directives, roles, levels, units, each in English and
Chinese.

Tables in plain sight and the lookups over them, nothing else. Instruments have a file of their own
(`dsl.instruments`). Lookups ignore case and take `_` for `-`; canonical names are the English ones.

Emotion points are ours, set by hand after Russell's circumplex (1980) and the order of the NRC-VAD norms
(Mohammad 2018): not averages of raters, but places far enough apart for the music to differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dsl.plan import Register, RoleName, TransitionKind

DirectiveGroup = Literal["declaration", "setting", "event", "cue"]


@dataclass(frozen=True, slots=True)
class Emotion:
    """A named point: `valence` and `arousal` in −1…1. `chinese` lists its Chinese names, the preferred one
    first.
    """

    name: str
    chinese: tuple[str, ...]
    valence: float
    arousal: float


@dataclass(frozen=True, slots=True)
class Style:
    """A style's English name and its Chinese ones, the first being what is shown."""

    name: str
    chinese: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DirectiveWord:
    """A directive's names, its argument shape for people, and where it may stand."""

    name: str
    chinese: tuple[str, ...]
    usage: str
    group: DirectiveGroup
    in_mark: bool


@dataclass(frozen=True, slots=True)
class FrontMatterWord:
    """A key of the front matter, its Chinese names (the first is shown) and the shape of its value for
    people."""

    name: str
    chinese: tuple[str, ...]
    usage: str


_EMOTION_TABLE: tuple[Emotion, ...] = (
    Emotion("joy", ("喜悦", "快乐", "欢乐"), 0.85, 0.50),
    Emotion("excitement", ("兴奋", "激动"), 0.65, 0.85),
    Emotion("triumph", ("胜利", "凯旋"), 0.80, 0.70),
    Emotion("hope", ("希望",), 0.60, 0.25),
    Emotion("love", ("爱", "爱情"), 0.80, 0.30),
    Emotion("tenderness", ("温柔", "温情"), 0.65, -0.25),
    Emotion("calm", ("平静", "宁静"), 0.50, -0.75),
    Emotion("wonder", ("惊奇", "惊叹"), 0.55, 0.45),
    Emotion("surprise", ("惊讶", "意外"), 0.25, 0.80),
    Emotion("nostalgia", ("怀旧", "怀念"), 0.15, -0.30),
    Emotion("longing", ("思念", "渴望"), -0.20, -0.05),
    Emotion("melancholy", ("忧郁", "惆怅"), -0.45, -0.40),
    Emotion("sadness", ("悲伤", "伤心"), -0.65, -0.35),
    Emotion("grief", ("哀痛", "悲痛"), -0.90, 0.10),
    Emotion("loneliness", ("孤独", "寂寞"), -0.60, -0.55),
    Emotion("despair", ("绝望",), -0.80, -0.10),
    Emotion("fear", ("恐惧", "害怕"), -0.70, 0.70),
    Emotion("dread", ("忧惧", "惶恐"), -0.70, 0.40),
    Emotion("suspense", ("悬疑", "悬念"), -0.30, 0.50),
    Emotion("tension", ("紧张",), -0.40, 0.65),
    Emotion("anger", ("愤怒", "生气"), -0.65, 0.75),
    Emotion("rage", ("狂怒", "暴怒"), -0.80, 0.95),
    Emotion("disgust", ("厌恶", "恶心"), -0.75, 0.25),
    Emotion("mystery", ("神秘",), -0.10, 0.20),
    Emotion("playful", ("俏皮", "顽皮"), 0.65, 0.50),
    Emotion("neutral", ("中性", "中立"), 0.0, 0.0),
)

_STYLE_TABLE: tuple[Style, ...] = (
    Style("piano", ("钢琴",)),
    Style("strings", ("弦乐",)),
    Style("orchestra", ("管弦乐", "交响")),
    Style("ambient", ("氛围",)),
    Style("folk", ("民谣",)),
    Style("guofeng", ("国风",)),
    Style("chiptune", ("芯片",)),
    Style("noir", ("黑色电影",)),
    Style("epic", ("史诗",)),
    Style("musicbox", ("八音盒",)),
)

_DIRECTIVE_TABLE: tuple[DirectiveWord, ...] = (
    DirectiveWord(
        "character", ("角色", "人物"), "NAME [motif=NAME] [register=low|mid|high]", "declaration", False
    ),
    DirectiveWord(
        "motif",
        ("动机", "主题"),
        'NAME, or NAME = [notes] [exact] | seed N | "file.mid" [exact]',
        "event",
        True,
    ),
    DirectiveWord("mood", ("情绪", "心情", "心境"), "NAME = VALENCE AROUSAL", "declaration", False),
    DirectiveWord("palette", ("音色", "配色"), "NAME = [from=STYLE] ROLE=INSTRUMENT …", "declaration", False),
    DirectiveWord("feel", ("读作", "读为"), '"LINE or word" EMOTION [INTENSITY]', "declaration", False),
    DirectiveWord("include", ("包含", "引入"), '"FILE.score"', "declaration", False),
    DirectiveWord(
        "emotion",
        ("情感",),
        "NAME [INTENSITY] | v=V a=A | A -> B [over DURATION] | auto",
        "setting",
        True,
    ),
    DirectiveWord("style", ("风格",), "NAME", "setting", True),
    DirectiveWord("tempo", ("速度",), "BPM | LOW..HIGH | xFACTOR", "setting", True),
    DirectiveWord("key", ("调", "调性"), "TONIC major|minor | auto", "setting", True),
    DirectiveWord("meter", ("拍号", "节拍"), "BEATS/UNIT", "setting", True),
    DirectiveWord("dynamics", ("力度",), "ppp…fff | A -> B [over DURATION]", "setting", True),
    DirectiveWord("density", ("密度",), "0…1 | A -> B [over DURATION]", "setting", True),
    DirectiveWord("tension", ("张力",), "0…1 | A -> B [over DURATION]", "setting", True),
    DirectiveWord("register", ("音区",), "low|mid|high | 0…1 | A -> B [over DURATION]", "setting", True),
    DirectiveWord("instruments", ("乐器", "配器"), "ROLE=INSTRUMENT …", "setting", True),
    DirectiveWord("mute", ("静音",), "ROLE …", "setting", True),
    DirectiveWord("pace", ("语速",), "PER_MINUTE", "setting", True),
    DirectiveWord("temp", ("参考",), '"FILE.wav"', "setting", False),
    DirectiveWord("at", ("时刻", "定位"), "TIMECODE", "event", True),
    DirectiveWord("fit", ("适配", "时长"), "DURATION", "event", False),
    DirectiveWord("pause", ("停顿",), "DURATION", "event", True),
    DirectiveWord("silence", ("静默", "无声"), "DURATION", "event", True),
    DirectiveWord("hit", ("重音", "击点"), "[NAME]", "event", True),
    DirectiveWord(
        "transition", ("过渡", "转场"), "cut|segue|crossfade DURATION|ring-out|button", "event", False
    ),
    DirectiveWord("out", ("终点", "结束"), "TIMECODE", "cue", False),
    DirectiveWord("seed", ("种子",), "N", "cue", False),
    DirectiveWord("take", ("版本", "备选"), "N", "cue", False),
    DirectiveWord("bars", ("小节", "小节数"), "N", "cue", False),
    DirectiveWord("loop", ("循环",), "(nothing)", "cue", False),
    DirectiveWord("freeze", ("冻结",), '"FILE.mid"', "cue", False),
)

OUTPUTS: tuple[str, ...] = (
    "mid",
    "wav",
    "flac",
    "ogg",
    "mp3",
    "musicxml",
    "stems",
    "cues",
    "roll",
    "json",
)

_FRONT_MATTER_TABLE: tuple[FrontMatterWord, ...] = (
    FrontMatterWord("melodrama", (), "1"),
    FrontMatterWord("title", ("标题",), "text"),
    FrontMatterWord("author", ("作者",), "text"),
    FrontMatterWord("language", ("语言",), "auto|zh|en"),
    FrontMatterWord("style", ("风格",), "NAME"),
    FrontMatterWord("tempo", ("速度",), "BPM | LOW..HIGH | xFACTOR"),
    FrontMatterWord("key", ("调", "调性"), "TONIC major|minor | auto"),
    FrontMatterWord("meter", ("拍号", "节拍"), "BEATS/UNIT"),
    FrontMatterWord("pace", ("语速",), "PER_MINUTE"),
    FrontMatterWord("seed", ("种子",), "N"),
    FrontMatterWord("fps", ("帧率",), "FRAMES_PER_SECOND | 24000/1001"),
    FrontMatterWord("start", ("起点",), "TIMECODE"),
    FrontMatterWord("output", ("输出",), " ".join(OUTPUTS)),
)

EMOTIONS: Mapping[str, Emotion] = {emotion.name: emotion for emotion in _EMOTION_TABLE}
STYLES: Mapping[str, Style] = {style.name: style for style in _STYLE_TABLE}
DIRECTIVES: Mapping[str, DirectiveWord] = {word.name: word for word in _DIRECTIVE_TABLE}
FRONT_MATTER: Mapping[str, FrontMatterWord] = {word.name: word for word in _FRONT_MATTER_TABLE}

ROLE_NAMES: Mapping[str, RoleName] = {
    "melody": "melody",
    "counter": "counter",
    "chords": "chords",
    "bass": "bass",
    "drums": "drums",
    "旋律": "melody",
    "对位": "counter",
    "副旋律": "counter",
    "和声": "chords",
    "和弦": "chords",
    "低音": "bass",
    "鼓": "drums",
    "打击乐": "drums",
}
REGISTERS: Mapping[str, Register] = {
    "low": "low",
    "mid": "mid",
    "high": "high",
    "低": "low",
    "中": "mid",
    "高": "high",
}
REGISTER_VALUES: Mapping[Register, float] = {"low": 0.0, "mid": 0.5, "high": 1.0}
"""Where the named registers lie on the register axis 0…1."""
TRANSITIONS: Mapping[str, TransitionKind] = {
    "cut": "cut",
    "segue": "segue",
    "crossfade": "crossfade",
    "ring-out": "ring-out",
    "button": "button",
    "切": "cut",
    "连奏": "segue",
    "交叉淡化": "crossfade",
    "余音": "ring-out",
    "收束": "button",
}
DYNAMICS: Mapping[str, float] = {
    "ppp": 0.05,
    "pp": 0.15,
    "p": 0.30,
    "mp": 0.45,
    "mf": 0.55,
    "f": 0.70,
    "ff": 0.85,
    "fff": 0.95,
    "极弱": 0.05,
    "很弱": 0.15,
    "弱": 0.30,
    "中弱": 0.45,
    "中强": 0.55,
    "强": 0.70,
    "很强": 0.85,
    "极强": 0.95,
}
"""Dynamic marks on the loudness axis 0…1, the one that `Plan` curves use."""
MODES: Mapping[str, Literal["major", "minor"]] = {
    "major": "major",
    "minor": "minor",
    "大调": "major",
    "小调": "minor",
}
UNITS: Mapping[str, Literal["s", "ms", "bars", "beats"]] = {
    "s": "s",
    "ms": "ms",
    "bars": "bars",
    "bar": "bars",
    "beats": "beats",
    "beat": "beats",
    "秒": "s",
    "毫秒": "ms",
    "小节": "bars",
    "拍": "beats",
}
LANGUAGES: Mapping[str, Literal["auto", "zh", "en"]] = {
    "auto": "auto",
    "zh": "zh",
    "en": "en",
    "自动": "auto",
    "中文": "zh",
    "英文": "en",
}
_OUTPUT_MEANT: Mapping[str, str] = {
    "midi": "mid",
    "smf": "mid",
    "vorbis": "ogg",
    "oga": "ogg",
    "opus": "ogg",
    "m4a": "mp3",
    "aac": "mp3",
    "aiff": "wav",
    "aif": "wav",
    "audio": "wav",
    "xml": "musicxml",
    "mxl": "musicxml",
    "pdf": "musicxml",
    "sheet": "musicxml",
    "sheets": "musicxml",
    "score": "musicxml",
    "png": "roll",
    "svg": "roll",
    "picture": "roll",
    "csv": "cues",
    "multitrack": "stems",
    "report": "json",
}
"""What people call a format, or expect in its place; suggested, not taken."""
AUTO: frozenset[str] = frozenset({"auto", "自动"})
NONE: frozenset[str] = frozenset({"none", "无"})
OVER: frozenset[str] = frozenset({"over", "历时"})
SEED: frozenset[str] = frozenset({"seed", "种子"})
EXACT: Mapping[str, str] = {"exact": "exact", "原调": "exact", "原样": "exact"}
"""After a written theme: at the pitches written, whatever the key."""

CHARACTER_KEYS: Mapping[str, str] = {
    "motif": "motif",
    "动机": "motif",
    "主题": "motif",
    "register": "register",
    "音区": "register",
}
POINT_KEYS: Mapping[str, str] = {
    "v": "v",
    "valence": "v",
    "效价": "v",
    "a": "a",
    "arousal": "a",
    "唤醒": "a",
    "唤醒度": "a",
    "blend": "blend",
    "混合": "blend",
}
PALETTE_BASE: frozenset[str] = frozenset({"from", "基于"})


def _by_every_name(table: Iterable[Emotion | Style | DirectiveWord | FrontMatterWord]) -> dict[str, str]:
    names: dict[str, str] = {}
    for word in table:
        names[word.name] = word.name
        names.update(dict.fromkeys(word.chinese, word.name))
    return names


EMOTION_NAMES: Mapping[str, str] = _by_every_name(_EMOTION_TABLE)
STYLE_NAMES: Mapping[str, str] = _by_every_name(_STYLE_TABLE)
DIRECTIVE_NAMES: Mapping[str, str] = _by_every_name(_DIRECTIVE_TABLE)
FRONT_MATTER_NAMES: Mapping[str, str] = _by_every_name(_FRONT_MATTER_TABLE)


def fold(name: str) -> str:
    """The form in which names are compared: lower case, `_` as `-`."""
    return name.lower().replace("_", "-")


def canonical(name: str, names: Mapping[str, str]) -> str | None:
    """The canonical English name that `name` stands for in one of the tables above, or None."""
    return names.get(name) or names.get(fold(name))


def output_meant(name: str) -> str | None:
    """The output format that an unknown name most likely stands for, by meaning first, then by spelling."""
    return _OUTPUT_MEANT.get(fold(name).lstrip(".")) or nearest(name, OUTPUTS)


def nearest(name: str, names: Sequence[str]) -> str | None:
    """The known name that `name` was most likely meant to be, or None when nothing is close.

    Close is: at most a third of its letters to change, a swap of neighbours counting once (Damerau 1964).
    `sad` may mean sadness, and a Chinese name may be meant by any of its characters.
    """
    wanted = fold(name[:64])
    limit = max(1, len(wanted) // 3)
    best: str | None = None
    best_distance = limit + 1
    letters = set(wanted)
    for candidate in names:
        if abs(len(candidate) - len(wanted)) >= best_distance or len(letters & set(candidate)) * 2 < len(
            letters
        ):
            continue
        distance = _distance(wanted, fold(candidate), best_distance)
        if distance < best_distance:
            best, best_distance = candidate, distance
    if best is not None:
        return best
    if wanted.isascii():
        return next((word for word in names if len(wanted) > 2 and word.startswith(wanted[:5])), None)
    sharing = [word for word in names if not word.isascii() and letters & set(word)]
    return min(sharing, key=len, default=None)


def _distance(one: str, other: str, limit: int) -> int:
    """Edit distance with swaps of neighbours, `limit` where it is that or more."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, against in enumerate(other, 1):
            cost = min(above[column] + 1, current[-1] + 1, above[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) >= limit:
            return limit
        before, above = above, current
    return min(above[-1], limit)
