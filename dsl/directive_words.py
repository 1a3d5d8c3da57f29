"""The directives and the keys of the front matter: their names in both languages, the shape of their
arguments for people, and where they may stand. A new directive is one row here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dsl.output_words import OUTPUTS
from dsl.vocabulary import by_every_name

DirectiveGroup = Literal["declaration", "setting", "event", "cue"]


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
    DirectiveWord("voice", ("旁白", "人声"), '"FILE.wav"', "cue", False),
    DirectiveWord("picture", ("画面", "影片"), '"FILE.mp4" [blend=0…1]', "cue", False),
    DirectiveWord("at", ("时刻", "定位"), "TIMECODE", "event", True),
    DirectiveWord("fit", ("适配", "时长"), "DURATION", "event", False),
    DirectiveWord("pause", ("停顿",), "DURATION", "event", True),
    DirectiveWord("silence", ("静默", "无声"), "DURATION", "event", True),
    DirectiveWord("hit", ("重音", "击点"), "[NAME]", "event", True),
    DirectiveWord(
        "transition",
        ("过渡", "转场"),
        "cut|segue|crossfade [DURATION]|ring-out|button [to=CUE]",
        "event",
        False,
    ),
    DirectiveWord("out", ("终点", "结束"), "TIMECODE", "cue", False),
    DirectiveWord("seed", ("种子",), "N", "cue", False),
    DirectiveWord("take", ("版本", "备选"), "N", "cue", False),
    DirectiveWord("bars", ("小节", "小节数"), "N", "cue", False),
    DirectiveWord("loop", ("循环",), "(nothing)", "cue", False),
    DirectiveWord("layers", ("分层", "层"), "N", "cue", False),
    DirectiveWord("freeze", ("冻结",), '"FILE.mid"', "cue", False),
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

DIRECTIVES: Mapping[str, DirectiveWord] = {word.name: word for word in _DIRECTIVE_TABLE}
FRONT_MATTER: Mapping[str, FrontMatterWord] = {word.name: word for word in _FRONT_MATTER_TABLE}
DIRECTIVE_NAMES: Mapping[str, str] = by_every_name(_DIRECTIVE_TABLE)
FRONT_MATTER_NAMES: Mapping[str, str] = by_every_name(_FRONT_MATTER_TABLE)
