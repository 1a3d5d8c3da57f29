"""The words that `.score` knows: emotions, styles, roles, levels, units, each in English and
Chinese.

Tables in plain sight and the lookups over them, nothing else. Directives, outputs and instruments have files
of their own (`dsl.directive_words`, `dsl.output_words`, `dsl.instruments`). Lookups ignore case and take `_`
for `-`; canonical names are the English ones.

Emotion points are ours, set by hand after Russell's circumplex (1980) and the order of the NRC-VAD norms
(Mohammad 2018): not averages of raters, but places far enough apart for the music to differ.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from dsl.plan import Register, RoleName, TransitionKind


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


EMOTIONS: Mapping[str, Emotion] = {emotion.name: emotion for emotion in _EMOTION_TABLE}
STYLES: Mapping[str, Style] = {style.name: style for style in _STYLE_TABLE}

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
TRANSITION_KEYS: Mapping[str, str] = {"to": "to", "到": "to", "至": "to"}
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


class NamedWord(Protocol):
    """A word with its English name and its Chinese ones."""

    @property
    def name(self) -> str:
        """The canonical name."""

    @property
    def chinese(self) -> tuple[str, ...]:
        """The Chinese names, the preferred one first."""


def by_every_name(table: Iterable[NamedWord]) -> dict[str, str]:
    """Every name in `table`, English and Chinese, to the canonical one."""
    names: dict[str, str] = {}
    for word in table:
        names[word.name] = word.name
        names.update(dict.fromkeys(word.chinese, word.name))
    return names


EMOTION_NAMES: Mapping[str, str] = by_every_name(_EMOTION_TABLE)
STYLE_NAMES: Mapping[str, str] = by_every_name(_STYLE_TABLE)


def fold(name: str) -> str:
    """The form in which names are compared: lower case, `_` as `-`."""
    return name.lower().replace("_", "-")


def canonical(name: str, names: Mapping[str, str]) -> str | None:
    """The canonical English name that `name` stands for in one of the tables above, or None."""
    return names.get(name) or names.get(fold(name))
