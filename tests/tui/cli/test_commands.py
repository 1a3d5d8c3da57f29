"""Each command as its user runs it, on the debug model."""

import io
import json
import subprocess
import sys
from pathlib import Path

import mido
import pretty_midi
import pytest

from dsl.output_words import OUTPUTS
from tui.cli.main import COMMANDS, main

ROOT = Path(__file__).parents[3]
CLIFF = ROOT / "scores" / "cliff.score"


def run(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(words)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_render_reports_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "render",
        str(CLIFF),
        "-o",
        str(tmp_path),
        "--weights",
        "debug",
        "--json",
        "--quiet",
        "--takes",
        "2",
    ]
    code, out, err = run([*words, "--format", "mid,musicxml,cues,roll,json"], capsys)
    assert code == 0, err
    report = json.loads(out)
    assert report["format"] == 1
    assert {
        "score",
        "device",
        "seed",
        "weights",
        "files",
        "duration_s",
        "timings_s",
        "cues",
        "findings",
    } <= set(report)
    for file in report["files"]:
        assert Path(file["path"]).stat().st_size == file["bytes"]
    for cue in report["cues"]:
        assert 0 <= cue["match"] <= 1
        assert 0 <= cue["confidence"] <= 1
        assert cue["notes"] > 0
        assert cue["takes"] == 2
    midi = pretty_midi.PrettyMIDI(str(tmp_path / "cliff.mid"), charset="utf-8")
    assert midi.get_end_time() == pytest.approx(report["duration_s"], abs=0.1)
    assert sum(len(track.notes) for track in midi.instruments) > 50


def test_hits_and_cue_starts_are_where_the_report_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["render", str(ROOT / "scores" / "last-train.score"), "-o", str(tmp_path / "a.mid")]
    code, out, err = run([*words, "--weights", "debug", "--json", "--quiet", "--takes", "1"], capsys)
    assert code == 0, err
    report = json.loads(out)
    hits = [hit for cue in report["cues"] for hit in cue["hits"]]
    assert len(hits) == 2
    file = mido.MidiFile(tmp_path / "a.mid", charset="utf-8")
    onsets, at = [], 0.0
    for message in file:
        at += message.time
        if message.type == "note_on" and message.velocity > 0:
            onsets.append(at)
    for hit in hits:
        assert min(abs(hit["asked_s"] - onset) for onset in onsets) <= 0.020
        assert abs(hit["asked_s"] - hit["got_s"]) <= 0.020


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = []
    for name, seed in (("a", "5"), ("b", "5"), ("c", "6")):
        path = tmp_path / f"{name}.mid"
        words = [
            "render",
            str(CLIFF),
            "-o",
            str(path),
            "--weights",
            "debug",
            "--quiet",
            "--takes",
            "1",
            "--seed",
            seed,
        ]
        assert run(words, capsys)[0] == 0
        made.append(path.read_bytes())
    assert made[0] == made[1]
    assert made[0] != made[2]


def test_one_broken_score_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.score"
    broken.write_text("# 1 A\n@emotoin joy\nHello.\n", encoding="utf-8")
    good = tmp_path / "good.score"
    good.write_text("# 1 A\nHello there, old friend.\n", encoding="utf-8")
    words = ["render", str(broken), str(good), "-o", str(tmp_path / "out"), "--weights", "debug", "--json"]
    code, out, _ = run([*words, "--quiet", "--takes", "1", "--format", "mid"], capsys)
    assert code == 1
    report = json.loads(out)
    first, second = report["renders"]
    assert [report["format"], first["format"], second["format"]] == [1, 1, 1]
    assert "error" in first
    assert "files" not in first
    assert Path(second["files"][0]["path"]).is_file()


def test_check_json_has_the_promised_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score = tmp_path / "a.score"
    score.write_text("# 1 A\nHello {hitt}.\n", encoding="utf-8")
    code, out, _ = run(["check", str(score), "--format", "json"], capsys)
    assert code == 1
    (file,) = json.loads(out)["files"]
    (finding,) = [f for f in file["findings"] if f["severity"] == "error"]
    assert set(finding) == {"code", "severity", "message", "hint", "span"}
    assert finding["span"]["line"] == 2
    assert "hit" in (finding["hint"] or "")


def test_check_github_escapes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score = tmp_path / "a.score"
    score.write_text("# 1 A\n@style 100%polka\nHello.\n", encoding="utf-8")
    _, out, _ = run(["check", str(score), "--format", "github"], capsys)
    assert out.startswith("::error file=")
    assert "line=2" in out


def test_fmt_check_diff_stdin_and_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    messy = "title:   A\n---\n#   1   A\n@emotion   joy    0.5\nHello   there.\n"
    score = tmp_path / "a.score"
    score.write_text(messy, encoding="utf-8")
    assert run(["fmt", "--check", str(score)], capsys)[0] == 1
    code, out, _ = run(["fmt", "--diff", str(score)], capsys)
    assert code == 1
    assert "-@emotion   joy    0.5" in out
    assert score.read_text(encoding="utf-8") == messy
    assert run(["fmt", str(score)], capsys)[0] == 0
    tidy = score.read_text(encoding="utf-8")
    assert "@emotion joy 0.5" in tidy
    assert "Hello   there." in tidy
    assert run(["fmt", "--check", str(score)], capsys)[0] == 0


def test_plan_json_has_the_promised_names(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(["plan", str(CLIFF), "--json"], capsys)
    assert code == 0, err
    plan = json.loads(out)
    assert {"format", "title", "duration_s", "cues", "findings"} <= set(plan)
    cue = plan["cues"][0]
    names = {"id", "title", "start_s", "end_s", "style", "key", "meter", "bars", "tempo_map", "seed", "take"}
    assert names | {"loop", "transition", "lines", "emotion", "events"} <= set(cue)
    assert {"text", "speaker", "start_s", "end_s", "span"} <= set(cue["lines"][0])
    assert cue["lines"][0]["text"] == "主人公站在悬崖边，望着远方的天空，心中充满了绝望。"
    assert all(point["source"] != "text" for point in cue["emotion"])


def test_plan_analyze_fills_in_what_the_text_feels(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(["plan", str(CLIFF), "--json", "--analyze", "--weights", "debug"], capsys)
    assert code == 0, err
    sources = {point["source"] for cue in json.loads(out)["cues"] for point in cue["emotion"]}
    assert "text" in sources


def test_analyze_json_has_the_promised_names(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(["analyze", str(CLIFF), "--json", "--weights", "debug", "--quiet"], capsys)
    assert code == 0, err
    analysis = json.loads(out)
    assert {"format", "model", "sentences", "arc"} <= set(analysis)
    names = {"text", "language", "span", "polarity", "intensity", "signed_intensity", "valence", "arousal"}
    assert names | {"dominance", "emotions", "keywords"} <= set(analysis["sentences"][0])


def test_analyze_reads_stdin_and_draws(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "She laughed.\n但是天黑了。\n"
    stdin = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stdin)
    code, out, err = run(["analyze", "-", "--weights", "debug", "--quiet"], capsys)
    assert code == 0, err
    assert "但是天黑了。" in out
    assert "v valence" in out


@pytest.mark.parametrize("asked", ["output", "front-matter", "outputs"])
def test_explain_names_every_output_format(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["explain", asked], capsys)
    assert code == 0
    assert all(kind in out for kind in OUTPUTS)


def test_explain_knows_every_code(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["explain"], capsys)
    assert code == 0
    first = out.split()[0]
    assert run(["explain", first.lower()], capsys)[0] == 0
    code, _, err = run(["explain", "E99999"], capsys)
    assert code == 1
    assert "no code" in err


@pytest.mark.parametrize("template", ["story", "film", "tale", "loop", "radio"])
def test_new_makes_a_score_without_findings(
    template: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "my-story.score"
    assert run(["new", str(path), "--template", template], capsys)[0] == 0
    code, out, _ = run(["check", "--strict", str(path)], capsys)
    assert code == 0, out
    assert run(["fmt", "--check", str(path)], capsys)[0] == 0
    before = path.read_bytes()
    assert run(["new", str(path)], capsys)[0] == 1
    assert path.read_bytes() == before


def test_doctor_tells_names_and_status(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(["doctor", "--json"], capsys)
    doctor = json.loads(out)
    assert isinstance(doctor["ok"], bool)
    assert all(c["status"] in ("ok", "missing", "failed", "unknown") for c in doctor["checks"])
    said = {c["name"]: c["detail"] for c in doctor["checks"]}
    assert "soundfont" in said
    assert said["text reading"].startswith(("int8 products", "float32 products"))


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        code, out, _ = run([name, "--help"], capsys)
        assert code == 0
        assert f"melodrama {name}" in out


@pytest.mark.parametrize("words", [["check"], ["fmt", "--check"], ["plan", "--json"]])
def test_the_language_commands_load_neither_torch_nor_textual(words: list[str]) -> None:
    program = (
        "import sys; from tui.cli.main import main; code = main(sys.argv[1:]); "
        "heavy = {'torch', 'textual', 'transformers', 'librosa', 'numpy'} & set(sys.modules); "
        "print(sorted(heavy), file=sys.stderr); sys.exit(3 if heavy else code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words, str(CLIFF)], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize(
    "words", [["check", str(CLIFF), "--format", "json"], ["plan", str(CLIFF)], ["--help"]]
)
def test_a_full_disk_behind_stdout_is_one_line(words: list[str]) -> None:
    program = "from tui.cli.main import entry; entry()"
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", program, *words],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[-1].startswith("error: what was to be printed could not be")
    assert b"Traceback" not in done.stderr


def test_output_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    words = ["render", str(CLIFF), "--weights", "debug", "--takes", "1", "--format", "mid", "--quiet"]
    code, _, err = run([*words, "-o", str(tmp_path / "file" / "out")], capsys)
    assert code == 1
    assert "cannot make the folder" in err
    assert (tmp_path / "file").read_text(encoding="utf-8") == "in the way"


@pytest.mark.parametrize(
    "words", [["plan"], ["analyze", "--weights", "debug"], ["diff", str(CLIFF)], ["import", "-o", "x.score"]]
)
def test_json_of_a_failure_is_one_value_that_says_what_is_wrong(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score = tmp_path / "bad.score"
    score.write_bytes(b"# 1 A\n@emotoin joy\nHello.\n" if words[0] != "import" else b"\x89PNG" + bytes(99))
    code, out, err = run([*words, str(score), "--json"], capsys)
    assert code == 1
    failure = json.loads(out)
    assert (failure["format"], bool(failure["error"])) == (1, True)
    assert failure["error"] in err
    assert [f["code"] for f in failure["findings"]] == (["E301"] if words[0] != "import" else [])


def test_plan_json_tells_what_check_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score = tmp_path / "a.score"
    score.write_text("# 1 A\nHello there.\n@at 00:01\nGo.\n@emotion joy\n# 2 B\n", encoding="utf-8")
    checked = json.loads(run(["check", str(score), "--format", "json"], capsys)[1])["files"][0]["findings"]
    planned = json.loads(run(["plan", str(score), "--json"], capsys)[1])["findings"]
    assert {f["code"] for f in checked} == {"W402", "W321", "W407"}
    assert planned == checked


def test_errors_in_time_are_told_beside_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score = tmp_path / "a.score"
    score.write_text("# 1 A\n@at 00:20\nGo.\n@at 00:10\nLate.\n@emotoin joy\nMore.\n", encoding="utf-8")
    code, out, _ = run(["check", str(score), "--format", "json"], capsys)
    findings = json.loads(out)["files"][0]["findings"]
    assert (code, [f["code"] for f in findings]) == (1, ["E401", "E301"])
    assert all(f["message"][0].isupper() and f["message"][-1] == "." for f in findings)


def test_the_excerpt_of_a_finding_shows_its_line_and_marks_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score = tmp_path / "a.score"
    score.write_bytes("\ufeff@emotoin joy\nA\u2028B\u0085C.\n林\t说：{hitt}\n".encode())
    _, out, _ = run(["check", str(score)], capsys)
    shown = out.splitlines()
    for head, line, marks in (
        ("1:2: error E301", "@emotoin joy", " ^^^^^^^"),
        ("3:6", "林·说：{hitt}", 8 * " " + "^^^^"),
    ):
        at = next(n for n, text in enumerate(shown) if f"a.score:{head}" in text)
        assert shown[at + 1 : at + 3] == ["    " + line, "    " + marks]


def test_a_diff_of_the_formatter_ends_every_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO("A\u2028B\n@emotion   joy".encode()), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stdin)
    _, out, _ = run(["fmt", "--diff", "-"], capsys)
    assert out.split("\n")[3:] == [
        " A\u2028B",
        "-@emotion   joy",
        "\\ No newline at end of file",
        "+@emotion joy",
        "\\ No newline at end of file",
        "",
    ]
