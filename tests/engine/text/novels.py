"""Fiction at doll's-house size: labels, translations, a second pass, and the sentences of a data folder."""

from pathlib import Path

from engine.train.text.fiction import sha_of

SENTENCES = ("The dog ran.", "He met Mr.", "Hal at the sled.", "It was cold.", "Mr.")
TRANSLATED = ("狗跑了。", "他在雪橇旁", "遇见了哈尔先生。", "很冷。", "先生")
HEAD = "work\tscene\tline\t"


def write_novels(folder: Path, data: Path) -> None:
    """A test work (`wild`) and a train work (`poe`) of one scene each, five lines; lines 1 and 4 are heads of
    cut sentences. The last sentence of `poe` in `data` is another than the labelled one."""
    folder.mkdir()
    (data / "fiction").mkdir()
    texts, fragments, second = ["text"], ["part"], ["valence\tarousal\tdominance\temotions"]
    for work in ("wild", "poe"):
        key = f"jack_{work}\tone:1\t"
        labels = ["sha\tvalence\tarousal\tdominance\temotions"]
        labels += [f"{key}{n}\t{sha_of(text)}\t0.{n}\t-0.{n}\t0\tjoy" for n, text in enumerate(SENTENCES)]
        chinese = ["text_zh", *(f"{key}{n}\t{text}" for n, text in enumerate(TRANSLATED))]
        write(folder / f"{work}.tsv", labels)
        write(folder / f"zh-{work}.tsv", chinese)
        there = SENTENCES if work == "wild" else (*SENTENCES[:3], "Another sentence.", SENTENCES[4])
        texts += [f"{key}{n}\t{text}" for n, text in enumerate(there)]
        fragments += [f"{key}1\thead", f"{key}2\trest", f"{key}4\thead"]
        second += [f"{key}{n}\t0.{n + 1}\t0\t0\tjoy" for n in range(5)]
    write(folder / "fragments.tsv", fragments)
    write(folder / "second_pass.txt", second)
    write(data / "fiction" / "scenes.tsv", texts)


def write(path: Path, rows: list[str]) -> None:
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
