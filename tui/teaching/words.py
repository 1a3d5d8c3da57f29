"""The words of explanations, English and Chinese: names of parameters, functions, cadences, forms, and the
sentences that they stand in. Tables and nothing else; `tui.teaching.lesson` puts them together.
"""

from collections.abc import Mapping
from typing import Final, Literal

from engine.teach.cadences import CadenceKind
from engine.teach.explanation import Unsaid
from engine.teach.numerals import Function
from engine.teach.parameters import ParameterName
from engine.teach.smallest import Towards
from tui.locale_language import Language

Level = Literal["beginner", "intermediate", "advanced"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
LEVELS: Final[tuple[Level, ...]] = ("beginner", "intermediate", "advanced")

Pair = Mapping[Language, str]

HEADINGS: Final[Mapping[str, Pair]] = {
    "felt": {"en": "From words to feeling", "zh": "从文字到情感"},
    "music": {"en": "From feeling to music", "zh": "从情感到音乐"},
    "harmony": {"en": "Harmony", "zh": "和声"},
    "form": {"en": "Form and motifs", "zh": "曲式与动机"},
    "changes": {"en": "What would change it", "zh": "怎样改变它"},
    "unsaid": {"en": "What cannot be said", "zh": "无法断言的"},
}

LEVEL_NAMES: Final[Mapping[Level, Pair]] = {
    "beginner": {"en": "beginner", "zh": "入门"},
    "intermediate": {"en": "intermediate", "zh": "中级"},
    "advanced": {"en": "advanced", "zh": "高级"},
}

PARAMETER_NAMES: Final[Mapping[ParameterName, Pair]] = {
    "mode": {"en": "mode", "zh": "调式"},
    "tempo": {"en": "tempo", "zh": "速度"},
    "register": {"en": "register", "zh": "音区"},
    "density": {"en": "density", "zh": "织体疏密"},
    "dynamics": {"en": "dynamics", "zh": "力度"},
    "articulation": {"en": "articulation", "zh": "奏法"},
    "dissonance": {"en": "tones outside the triads", "zh": "三和弦以外的音"},
    "percussion": {"en": "percussion", "zh": "打击乐"},
}

MORE_OR_LESS: Final[Mapping[ParameterName, tuple[Pair, Pair]]] = {
    "mode": ({"en": "the minor mode", "zh": "小调"}, {"en": "the major mode", "zh": "大调"}),
    "tempo": ({"en": "the slower tempo", "zh": "较慢的速度"}, {"en": "the faster tempo", "zh": "较快的速度"}),
    "register": (
        {"en": "the lower register", "zh": "较低的音区"},
        {"en": "the higher register", "zh": "较高的音区"},
    ),
    "density": (
        {"en": "the fewer notes", "zh": "较疏的织体"},
        {"en": "the busier notes", "zh": "较密的织体"},
    ),
    "dynamics": (
        {"en": "the softer playing", "zh": "较弱的力度"},
        {"en": "the louder playing", "zh": "较强的力度"},
    ),
    "articulation": (
        {"en": "the shorter, more detached notes", "zh": "较短、较断的音"},
        {"en": "the longer, more connected notes", "zh": "较长、较连的音"},
    ),
    "dissonance": (
        {"en": "the plainer chords", "zh": "较单纯的和弦"},
        {"en": "the tones that rub against the chords", "zh": "与三和弦相摩擦的音"},
    ),
    "percussion": ({"en": "the fewer drums", "zh": "较少的鼓"}, {"en": "the drums", "zh": "鼓"}),
}
"""(less than neutral, more than neutral)."""

CHANGES_PLAINLY: Final[Mapping[ParameterName, tuple[Pair, Pair]]] = {
    "mode": (
        {"en": "turn to the minor mode", "zh": "改为小调"},
        {"en": "turn to the major mode", "zh": "改为大调"},
    ),
    "tempo": ({"en": "play it slower", "zh": "放慢速度"}, {"en": "play it faster", "zh": "加快速度"}),
    "register": ({"en": "play it lower", "zh": "移低音区"}, {"en": "play it higher", "zh": "移高音区"}),
    "density": ({"en": "use fewer notes", "zh": "让音符更疏"}, {"en": "use more notes", "zh": "让音符更密"}),
    "dynamics": ({"en": "play it softer", "zh": "奏得更弱"}, {"en": "play it louder", "zh": "奏得更强"}),
    "articulation": (
        {"en": "play shorter, more detached notes", "zh": "把音奏得更短、更断"},
        {"en": "play longer, more connected notes", "zh": "把音奏得更长、更连"},
    ),
    "dissonance": (
        {"en": "use fewer tones that rub against the chords", "zh": "减少与和弦相摩擦的音"},
        {"en": "use more tones that rub against the chords", "zh": "增加与和弦相摩擦的音"},
    ),
    "percussion": ({"en": "use fewer drums", "zh": "减少鼓声"}, {"en": "use more drums", "zh": "增加鼓声"}),
}
"""What to do for a change to (less, more)."""

BRIGHTER: Final[Pair] = {"en": "brighter", "zh": "更明亮"}
DARKER: Final[Pair] = {"en": "darker", "zh": "更阴暗"}
LIVELIER: Final[Pair] = {"en": "more excited", "zh": "更激动"}
CALMER: Final[Pair] = {"en": "calmer", "zh": "更平静"}

FEELINGS: Final[Mapping[str, Pair]] = {
    "++": {"en": "bright and lively", "zh": "明亮而活跃"},
    "+-": {"en": "bright and calm", "zh": "明亮而平静"},
    "-+": {"en": "dark and tense", "zh": "阴暗而紧张"},
    "--": {"en": "dark and still", "zh": "阴暗而沉静"},
    "+0": {"en": "bright", "zh": "明亮"},
    "-0": {"en": "dark", "zh": "阴暗"},
    "0+": {"en": "excited", "zh": "激动"},
    "0-": {"en": "calm", "zh": "平静"},
    "00": {"en": "neutral", "zh": "中性"},
}
"""By the signs of valence and arousal, 0 where there is too little of it to have one."""

MODES: Final[Mapping[str, Pair]] = {
    "major": {"en": "major", "zh": "大调"},
    "minor": {"en": "minor", "zh": "小调"},
}

FUNCTIONS: Final[Mapping[Function, Pair]] = {
    "tonic": {"en": "tonic", "zh": "主功能"},
    "tonic substitute": {"en": "tonic substitute", "zh": "主和弦的代理"},
    "mediant": {"en": "mediant", "zh": "中音和弦"},
    "predominant": {"en": "predominant", "zh": "下属功能"},
    "dominant": {"en": "dominant", "zh": "属功能"},
    "minor dominant": {"en": "minor dominant, no leading tone", "zh": "小属和弦，无导音"},
    "subtonic": {"en": "subtonic", "zh": "下主音和弦"},
    "applied dominant": {"en": "applied dominant", "zh": "副属和弦"},
    "chromatic": {"en": "chromatic", "zh": "变音和弦"},
    "none": {"en": "no chord", "zh": "无和弦"},
}

CADENCES: Final[Mapping[CadenceKind, Pair]] = {
    "perfect authentic": {"en": "perfect authentic cadence", "zh": "完满正格终止"},
    "imperfect authentic": {"en": "imperfect authentic cadence", "zh": "不完满正格终止"},
    "half": {"en": "half cadence", "zh": "半终止"},
    "Phrygian half": {"en": "Phrygian half cadence", "zh": "弗里吉亚半终止"},
    "deceptive": {"en": "deceptive cadence", "zh": "阻碍终止"},
    "plagal": {"en": "plagal cadence", "zh": "变格终止"},
    "subtonic": {"en": "modal cadence, ♭VII to I", "zh": "调式终止（♭VII–I）"},
}

CADENCES_PLAINLY: Final[Mapping[CadenceKind, Pair]] = {
    "perfect authentic": {"en": "comes home and closes like a full stop", "zh": "回到主音，像句号一样收住"},
    "imperfect authentic": {
        "en": "comes home, but lightly, like a semicolon",
        "zh": "回到主和弦，但收得较轻，像分号",
    },
    "half": {
        "en": "stops on the chord that wants to go on, like a comma",
        "zh": "停在想要继续的和弦上，像逗号",
    },
    "Phrygian half": {
        "en": "sinks by a half step in the bass and waits, like a question",
        "zh": "低音下行半音后停住等待，像一个问号",
    },
    "deceptive": {"en": "seems to come home and turns aside", "zh": "似乎要回到主和弦，却转向别处"},
    "plagal": {"en": "comes home gently, as an Amen does", "zh": "柔和地回到主和弦，如“阿门”"},
    "subtonic": {
        "en": "comes home from the whole tone below, as old modes do",
        "zh": "从下方全音回到主和弦，带有古调式色彩",
    },
}

PHRASES: Final[Mapping[str, Pair]] = {
    "new": {"en": "new", "zh": "新材料"},
    "same": {"en": "returns as it was", "zh": "原样再现"},
    "new ending": {"en": "returns with a new ending", "zh": "换尾再现"},
    "varied": {"en": "returns varied", "zh": "变化再现"},
    "sequence": {"en": "returns at another pitch (sequence)", "zh": "移高或移低再现（模进）"},
}

MOTIFS: Final[Mapping[str, Pair]] = {
    "quoted": {"en": "as it was written", "zh": "原形"},
    "same": {"en": "again, unchanged", "zh": "原样再现"},
    "varied": {"en": "varied", "zh": "变奏"},
    "sequence": {"en": "at another pitch (sequence)", "zh": "模进"},
    "answer": {"en": "answered: its rhythm, other notes", "zh": "以其节奏应答，音高不同"},
    "lengthened": {"en": "in longer notes (augmentation)", "zh": "时值扩大"},
}

UNSAID: Final[Mapping[Unsaid, Pair]] = {
    "frozen": {
        "en": "This cue is a frozen MIDI take: which chords and which form were meant is not known, so neither is told.",
        "zh": "本段是冻结的 MIDI：原先的和弦与曲式无从得知，故不作判断。",
    },
    "no notes": {"en": "Nothing sounds in this cue.", "zh": "本段没有任何音符。"},
    "too few notes": {
        "en": "There are too few notes for a feeling to be heard in them, so no parameter's share can be measured.",
        "zh": "音符太少，听不出情感，因此无法测量各参数的作用。",
    },
    "no chords": {
        "en": "No chords were planned here, so there is no harmony to name.",
        "zh": "这里没有规划和弦，无和声可言。",
    },
    "no form": {"en": "No form was planned here.", "zh": "这里没有规划曲式。"},
    "no words": {
        "en": "No words decided: nothing that could be read stands in this cue.",
        "zh": "没有起决定作用的词：本段没有可读的文字。",
    },
    "directive": {
        "en": "A directive says what is felt in all of this cue; its words counted for nothing.",
        "zh": "本段的情感全部由指令规定，文字没有起作用。",
    },
}

GOALS: Final[Mapping[Towards, Pair]] = {
    "happier": {"en": "happier", "zh": "更快乐"},
    "calmer": {"en": "calmer", "zh": "更平静"},
    "tenser": {"en": "tenser", "zh": "更紧张"},
}

SENTENCES: Final[Mapping[str, Pair]] = {
    "felt": {
        "en": "It feels {feeling} (valence {v}, arousal {a}).",
        "zh": "情感：{feeling}（效价 {v}，唤醒度 {a}）。",
    },
    "felt plainly": {"en": "The story feels {feeling} here.", "zh": "故事在这里的情感是：{feeling}。"},
    "words": {"en": "The words that decided: {words}.", "zh": "起决定作用的词：{words}。"},
    "directed": {
        "en": "For {share} of the time a directive says what is felt; there the words count for nothing.",
        "zh": "其中 {share} 的时间由指令规定情感，那里文字不起作用。",
    },
    "heard": {
        "en": "The recogniser hears valence {v}, arousal {a} (sure {c}); match {m}.",
        "zh": "识别器听到：效价 {v}，唤醒度 {a}（把握 {c}）；契合度 {m}。",
    },
    "heard plainly": {"en": "The music is heard as {feeling}.", "zh": "音乐听起来：{feeling}。"},
    "unsure": {"en": "The recogniser is little sure of it.", "zh": "识别器对此没有多少把握。"},
    "makes": {"en": "{what} makes it {how}.", "zh": "{what}使它{how}。"},
    "make": {"en": "{what} make it {how}.", "zh": "{what}使它{how}。"},
    "and": {"en": " and ", "zh": "、"},
    "nothing": {"en": "No single thing stands out.", "zh": "没有哪一个因素特别突出。"},
    "against neutral": {
        "en": "Each was changed alone to what a neutral cue of the style has (the mode to its parallel) and heard"
        " again; effect is what it adds to what is heard.",
        "zh": "逐一改为该风格中性段落的数值（调式改为同主音调）再听一遍；作用即它给听感增加的量。",
    },
    "together": {
        "en": "All of them at once: valence {v}, arousal {a}. Effects need not add up to this.",
        "zh": "全部一起改变：效价 {v}，唤醒度 {a}。各项之和不必等于它。",
    },
    "timbre": {
        "en": "The recogniser reads notes, not timbre: what the instruments add cannot be said.",
        "zh": "识别器只读音符，不听音色：乐器音色的作用无法断言。",
    },
    "row": {
        "en": "{name}: {value} (neutral {neutral}) · valence {v}, arousal {a}",
        "zh": "{name}：{value}（中性 {neutral}）· 效价 {v}，唤醒度 {a}",
    },
    "row mode": {
        "en": "{name}: {value} (beside {neutral}) · valence {v}, arousal {a}",
        "zh": "{name}：{value}（对比{neutral}）· 效价 {v}，唤醒度 {a}",
    },
    "row unknown": {
        "en": "{name}: {value} (neutral {neutral}) · finished notes cannot be changed that way: its share is not known",
        "zh": "{name}：{value}（中性 {neutral}）· 写成的音符无法这样更改，作用未知",
    },
    "against usual": {
        "en": " · against what is usual: the recogniser may err here",
        "zh": " · 与常情相反：识别器在此可能有误",
    },
    "row share": {"en": " · {sv} and {sa} of all effects", "zh": " · 占全部作用的 {sv} 与 {sa}"},
    "goal": {"en": "To make it {goal}:", "zh": "若要{goal}："},
    "change": {
        "en": "{name}: {value} → {changed} · predicted valence {pv}, arousal {pa} · measured {mv}, {ma}",
        "zh": "{name}：{value} → {changed} · 预计效价 {pv}、唤醒度 {pa} · 实测 {mv}、{ma}",
    },
    "falls short": {"en": " · not enough by itself", "zh": " · 单凭它不够"},
    "write": {"en": " · in the score: {directive}", "zh": " · 写在乐谱里：{directive}"},
    "no way": {
        "en": "no single change of these notes does it; it would have to be composed anew",
        "zh": "对这些音符作任何单项更改都做不到，须重新作曲",
    },
    "in key": {"en": "In {key}.", "zh": "{key}。"},
    "bar": {"en": "bar {bar}", "zh": "第 {bar} 小节"},
    "bars": {"en": "bars {first}–{last}", "zh": "第 {first}–{last} 小节"},
    "over": {"en": " over {tone}", "zh": "（低音 {tone}）"},
    "phrase ends": {"en": "Around bar {bar} the phrase {how}.", "zh": "第 {bar} 小节前后，乐句{how}。"},
    "no cadence": {
        "en": "No phrase ends in a cadence: they stay open.",
        "zh": "没有乐句以终止式收束：都保持开放。",
    },
    "major plainly": {"en": "The music is in a major key ({key}).", "zh": "音乐是大调（{key}）。"},
    "minor plainly": {"en": "The music is in a minor key ({key}).", "zh": "音乐是小调（{key}）。"},
    "chord count": {"en": "{count} chords in {bars} bars.", "zh": "{bars} 小节中有 {count} 个和弦。"},
    "here": {"en": "The music here", "zh": "这里的音乐"},
    "place": {"en": "Bar {bar}, beat {beat}", "zh": "第 {bar} 小节第 {beat} 拍"},
    "level": {"en": "level: {level}; l tells it at another", "zh": "程度：{level}；按 l 换一种程度"},
    "none yet": {
        "en": "There is none yet, or it is being listened to …",
        "zh": "还没有音乐，或者正在聆听……",
    },
    "not now": {"en": "It cannot be explained just now: {problem}.", "zh": "暂时无法解释：{problem}。"},
    "motif": {"en": "“{name}”: {places}", "zh": "“{name}”：{places}"},
}
