"""The help's own words beside those of the commands, English and Chinese: headings, and the keys that belong
to a pane."""

from collections.abc import Mapping

from tui.locale_language import Language

Rows = tuple[tuple[str, str], ...]
"""(keys, what they do) each."""

SCRIPT_KEYS: Mapping[Language, Rows] = {
    "en": (
        ("^X ^C ^V", "cut, copy, paste; the terminal's own paste works as well"),
        ("Shift ←→↑↓", "select · ^← ^→ word by word"),
        ("^W ^U ^K", "delete a word, to the line's start, to its end"),
        ("Tab", "completes a directive, emotion or name that has been begun; else: the piano roll"),
    ),
    "zh": (
        ("^X ^C ^V", "剪切、复制、粘贴；终端自己的粘贴也可用"),
        ("Shift ←→↑↓", "选择 · ^← ^→ 逐词移动"),
        ("^W ^U ^K", "删除一个词、删到行首、删到行尾"),
        ("Tab", "补全刚开始输入的指令、情感或名字；否则到钢琴卷帘"),
    ),
}
ROLL_KEYS: Mapping[Language, Rows] = {
    "en": (
        ("← →", "bar by bar"),
        ("Home End", "to the start, to the end"),
        ("+ − 0", "zoom in, out, show all"),
        ("F1", "why the music at the playhead sounds as it does: chord, bar, cue"),
        ("1 … 5", "mute melody, counter, chords, bass, drums"),
        ("Shift 1 … 5", "hear that role alone"),
        ("click", "a note or the ground: its line · the ruler: go there · drag the ruler: loop"),
        ("click a role", "below the roll: mute it; with Shift or Ctrl: hear it alone"),
    ),
    "zh": (
        ("← →", "逐小节移动"),
        ("Home End", "到开头、到结尾"),
        ("+ − 0", "放大、缩小、显示全部"),
        ("F1", "播放头处的音乐为什么这样响：和弦、小节、段落"),
        ("1 … 5", "静音旋律、副旋律、和弦、低音、鼓"),
        ("Shift 1 … 5", "只听这一个声部"),
        ("单击", "音符或空白处：到它的那一行 · 标尺：跳到那里 · 在标尺上拖动：循环"),
        ("单击声部名", "在卷帘下方：静音；按住 Shift 或 Ctrl：只听它"),
    ),
}
LIST_KEYS: Mapping[Language, Rows] = {
    "en": (
        ("↑ ↓ Enter", "cues and problems: to its line"),
        ("F12 ↑ ↓", "takes: hear one · Enter keeps it, F freezes it to MIDI, M makes more, Esc goes back"),
        ("● ◐ ○", "matches what is asked well, fairly, poorly · .60+: not tried yet, may gain by it"),
    ),
    "zh": (
        ("↑ ↓ Enter", "段落与问题：到它的那一行"),
        ("F12 ↑ ↓", "版本：试听 · Enter 留用，F 冻结为 MIDI，M 再作几个，Esc 返回"),
        ("● ◐ ○", "与要求匹配得好、尚可、不佳 · .60+：尚未试听，试听后可能更好"),
    ),
}
HELP_KEYS: Mapping[Language, Rows] = {
    "en": (("l", "why the music here sounds as it does; again: at another level"),),
    "zh": (("l", "这里的音乐为什么这样响；再按一次：换一个层次"),),
}
HEADINGS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "title": "Help · Esc closes",
        "keys": "Keys",
        "script": "In the script",
        "roll": "In the piano roll (Tab goes there)",
        "lists": "In the lists",
        "keyless": "Without a key, by name with ^P",
        "help": "In this help",
    },
    "zh": {
        "title": "帮助 · Esc 关闭",
        "keys": "按键",
        "script": "在谱文里",
        "roll": "在钢琴卷帘里（按 Tab 到那里）",
        "lists": "在列表里",
        "keyless": "没有按键的，用 ^P 按名字找",
        "help": "在这个帮助里",
    },
}
WHERE_KEYS_ARE: Mapping[Language, str] = {
    "en": "Keys are changed in {path}, under [keys].",
    "zh": "按键可在 {path} 的 [keys] 下更改。",
}
