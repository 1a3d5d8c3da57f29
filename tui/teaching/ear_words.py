"""The words of ear training, English and Chinese: questions, names of kinds, what is said to an answer. Tables and
nothing else."""

from collections.abc import Mapping
from typing import Final

from engine.teach.exercises import EarKind
from tui.teaching.words import Pair

KIND_NAMES: Final[Mapping[EarKind, Pair]] = {
    "mode": {"en": "the mode, major or minor", "zh": "调式（大调或小调）"},
    "tempo": {"en": "the tempo", "zh": "速度"},
    "register": {"en": "the register (all of it higher or lower)", "zh": "音区（整体移高或移低）"},
    "density": {"en": "how many notes there are", "zh": "织体疏密（音的多少）"},
    "dynamics": {"en": "the dynamics", "zh": "力度"},
    "articulation": {"en": "the articulation (long or short notes)", "zh": "奏法（连或断）"},
    "dissonance": {"en": "tones outside the triads", "zh": "三和弦以外的音"},
    "timbre": {"en": "the instrument of the tune", "zh": "旋律的乐器"},
    "bass": {"en": "whether a bass plays", "zh": "低音声部的有无"},
    "contour": {"en": "the tune's shape (turned upside down)", "zh": "旋律的走向（上下倒置）"},
}

QUESTIONS: Final[Mapping[EarKind, tuple[Pair, bool]]] = {
    "mode": ({"en": "Which is sadder?", "zh": "哪一个更悲伤？"}, False),
    "tempo": ({"en": "Which is faster?", "zh": "哪一个更快？"}, True),
    "register": ({"en": "Which lies higher?", "zh": "哪一个音区更高？"}, True),
    "density": ({"en": "Which has fewer notes?", "zh": "哪一个音更少？"}, False),
    "dynamics": ({"en": "Which is louder?", "zh": "哪一个更响？"}, True),
    "articulation": ({"en": "Which has the shorter notes?", "zh": "哪一个音更短、更断？"}, False),
    "dissonance": ({"en": "Which rubs more, is more dissonant?", "zh": "哪一个更不协和？"}, True),
    "bass": ({"en": "In which does a bass play?", "zh": "哪一个有低音声部？"}, True),
}
"""By kind the question, and whether the answer is the one with more of it. Of the other kinds only what changed
can be asked."""

EXPLAINED: Final[Mapping[EarKind, Pair]] = {
    "mode": {
        "en": "The {more} is in major, the {less} in minor: thirds, sixths and sevenths moved by a semitone. Minor is"
        " heard as sadder.",
        "zh": "第{more}段是大调，第{less}段是小调：三、六、七级音移动了半音。小调听来更悲伤。",
    },
    "tempo": {
        "en": "The {more} is faster ({a} against {b}). Faster music is heard as more excited.",
        "zh": "第{more}段更快（{a} 对 {b}）。较快的音乐听来更激动。",
    },
    "register": {
        "en": "The {more} lies higher (around {a} against {b}).",
        "zh": "第{more}段音区更高（中心 {a} 对 {b}）。",
    },
    "density": {
        "en": "The {more} has more notes ({a} against {b}). Fewer notes are heard as calmer.",
        "zh": "第{more}段音更多（{a} 对 {b}）。音少听来更平静。",
    },
    "dynamics": {
        "en": "The {more} is louder ({a} against {b}). Softer playing is heard as calmer.",
        "zh": "第{more}段更响（{a} 对 {b}）。弱奏听来更平静。",
    },
    "articulation": {
        "en": "The {more} is held longer ({a} of what is written against {b}): towards legato; the {less} is nearer to"
        " staccato.",
        "zh": "第{more}段的音保持得更长（为记谱时值的 {a}，另一段 {b}）：近于连奏；第{less}段近于断奏。",
    },
    "dissonance": {
        "en": "The {more} has more tones outside the triads ({a} of the time against {b}); in the {less} they went to the"
        " nearest tone of the chord.",
        "zh": "第{more}段三和弦以外的音更多（占时值 {a}，另一段 {b}）；第{less}段中它们移到了最近的和弦音。",
    },
    "timbre": {
        "en": "In the {less} another instrument plays the tune; the {more} is as it was written.",
        "zh": "第{less}段旋律换了乐器；第{more}段是原样。",
    },
    "bass": {"en": "In the {less} the bass does not play.", "zh": "第{less}段没有低音声部。"},
    "contour": {
        "en": "In the {less} the tune is turned upside down, what rose falls; the {more} is as it was written.",
        "zh": "第{less}段旋律上下倒置，上行变下行；第{more}段是原样。",
    },
}

EAR_SENTENCES: Final[Mapping[str, Pair]] = {
    "head": {
        "en": "{n} of {count} · cue {cue}, from bar {bar}",
        "zh": "第 {n}/{count} 题 · {cue}，第 {bar} 小节起",
    },
    "what changed": {
        "en": "What changed between the first and the second?",
        "zh": "第一段与第二段之间，什么变了？",
    },
    "answer pair": {
        "en": "1 the first, 2 the second, {again}q end: ",
        "zh": "1 第一段，2 第二段，{again}q 结束：",
    },
    "answer choice": {"en": "1–{count}, {again}q end: ", "zh": "1–{count}，{again}q 结束："},
    "again": {"en": "r again, ", "zh": "r 再听，"},
    "written instead": {
        "en": "{problem}; the pairs are written to {folder}",
        "zh": "{problem}；各对音乐写入 {folder}",
    },
    "right": {"en": "Right.", "zh": "正确。"},
    "wrong": {"en": "No, it is {answer}.", "zh": "不对，是{answer}。"},
    "not understood": {"en": "That is no answer here.", "zh": "这不是此题的答案。"},
    "ordinals": {"en": "first second", "zh": "一 二"},
    "first": {"en": "the first", "zh": "第一段"},
    "second": {"en": "the second", "zh": "第二段"},
    "heard": {
        "en": "The recogniser hears the first at valence {v1}, arousal {a1}, the second at {v2}, {a2}.",
        "zh": "识别器听到：第一段效价 {v1}、唤醒度 {a1}，第二段 {v2}、{a2}。",
    },
    "against": {
        "en": "That is the other way round: on so few bars the recogniser may err.",
        "zh": "这与规律相反：小节太少，识别器可能听错。",
    },
    "result": {"en": "{right} of {count} right.", "zh": "{count} 题中答对 {right} 题。"},
    "so far": {"en": "{kind}: {share} of the last answers right", "zh": "{kind}：最近答对 {share}"},
    "none": {
        "en": "nothing in this score can be made into an exercise: there is too little music, or no music of the kind",
        "zh": "此乐谱无法出题：音乐太少，或没有所需的内容",
    },
    "passed over": {
        "en": "{count} lines of {path} could not be read and were passed over",
        "zh": "{path} 中有 {count} 行无法读取，已跳过",
    },
}
