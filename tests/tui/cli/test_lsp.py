"""`melodrama lsp` as an editor runs it: a real process, frames over its pipes, nothing else on stdout."""

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

pytest.importorskip("pygls")

from dsl.format import format_document
from tests.dsl.score_strategies import scores
from tui.cli.main import main
from tui.language_server.open_score import OpenScore

ROOT = Path(__file__).parents[3]
PATIENCE_S = 60
COMMON = "@motif rope = [E5 G5 B5:2]\n"
TEXT = (
    '@include "common.score"\n'
    "@character 林 motif=rope\n"
    "@motif 灯 = [C5 D5]\n"
    "# 1m1   悬崖\n"
    "风从谷底😀吹上来。{hitt} 雪\u2028落下。\n"
    "@emotion   hope  0.5\n"
    "林: 我不会回头。{motif 灯}\n"
    "\n"
    "# Homecoming\n"
    "She ran. {motif rope}\n"
)


class Editor:
    """The other end of the pipes. Whatever comes that is no frame fails the test."""

    def __init__(self, encodings: list[str] | None = None) -> None:
        program = "from tui.cli.main import entry; entry()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, "lsp", "--stdio"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.said: queue.Queue[dict[str, Any]] = queue.Queue()
        self.rest = b""
        threading.Thread(target=self._read, daemon=True).start()
        self.number = 0
        general = {"positionEncodings": encodings} if encodings else {}
        self.capabilities = self.ask(
            "initialize", {"processId": None, "rootUri": None, "capabilities": {"general": general}}
        )["capabilities"]
        self.tell("initialized", {})

    def _read(self) -> None:
        assert self.process.stdout
        stream = self.process.stdout
        while header := stream.readline():
            if not header.startswith(b"Content-Length: "):
                self.rest += header + stream.read()
                break
            while line := stream.readline().strip():
                assert line.startswith(b"Content-Type")
            self.said.put(json.loads(stream.read(int(header[16:]))))

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any = None) -> Any:
        self.number += 1
        self._send({"id": self.number, "method": method, "params": params})
        while True:
            message = self.said.get(timeout=PATIENCE_S)
            if message.get("id") == self.number:
                assert "error" not in message, message
                return message["result"]

    def diagnostics(self, uri: str, version: int | None) -> list[dict[str, Any]]:
        """The next ones published of a text, which are of this version of it."""
        while True:
            message = self.said.get(timeout=PATIENCE_S)
            params = message.get("params", {})
            if message.get("method") == "textDocument/publishDiagnostics" and params["uri"] == uri:
                assert params.get("version") == version
                return list(params["diagnostics"])

    def about(self, method: str, uri: str, line: int, character: int) -> Any:
        place = {"line": line, "character": character}
        return self.ask(f"textDocument/{method}", {"textDocument": {"uri": uri}, "position": place})

    def leave(self) -> int:
        self.ask("shutdown")
        self.tell("exit", None)
        return self.process.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    one = Editor()
    yield one
    one.process.kill()
    one.process.communicate()


def opened(editor: Editor, folder: Path, text: str = TEXT) -> str:
    (folder / "common.score").write_text(COMMON, encoding="utf-8")
    uri = (folder / "a.score").as_uri()
    document = {"uri": uri, "languageId": "melodrama", "version": 1, "text": text}
    editor.tell("textDocument/didOpen", {"textDocument": document})
    return uri


def between(line: int, start: int, end: int) -> dict[str, Any]:
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    """The text after the edits, as an editor makes them: lines end at LF, CRLF and CR, units are UTF-16's."""
    starts, at = [0], 0
    while at < len(text):
        at += 2 if text.startswith("\r\n", at) else 1
        if text[at - 1] in "\r\n":
            starts.append(at)

    def offset(position: dict[str, int]) -> int:
        start = starts[position["line"]]
        units = text[start:].encode("utf-16-le", "surrogatepass")[: 2 * position["character"]]
        return start + len(units.decode("utf-16-le", "surrogatepass"))

    for edit in sorted(edits, key=lambda one: offset(one["range"]["start"]), reverse=True):
        start, end = (offset(edit["range"][side]) for side in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


def test_an_error_behind_wide_characters_is_found_and_mended(editor: Editor, tmp_path: Path) -> None:
    uri = opened(editor, tmp_path)
    (finding,) = editor.diagnostics(uri, 1)
    assert (finding["code"], finding["severity"], finding["source"]) == ("E301", 1, "melodrama")
    # Ten characters stand before it, and the emoji takes two units.
    assert finding["range"] == between(4, 11, 15)
    context = {"diagnostics": [finding]}
    params = {"textDocument": {"uri": uri}, "range": between(4, 12, 12), "context": context}
    (action,) = editor.ask("textDocument/codeAction", params)
    assert action["kind"] == "quickfix"
    assert action["diagnostics"][0]["code"] == "E301"
    mended = applied(TEXT, action["edit"]["changes"][uri])
    assert mended == TEXT.replace("{hitt}", "{hit}")
    change = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": mended}]}
    editor.tell("textDocument/didChange", change)
    assert editor.diagnostics(uri, 2) == []
    elsewhere = {**params, "range": between(0, 0, 0)}
    assert editor.ask("textDocument/codeAction", elsewhere) == []


def test_only_the_last_of_quick_changes_is_told_of(editor: Editor, tmp_path: Path) -> None:
    uri = opened(editor, tmp_path)
    editor.diagnostics(uri, 1)
    for version in range(2, 8):
        changes = [{"text": TEXT + "Go.\n" * version}]
        editor.tell(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": changes},
        )
    assert len(editor.diagnostics(uri, 7)) == 1


@pytest.mark.parametrize(("encoding", "start"), [("utf-8", 3 * 8 + 4 + 1), ("utf-32", 10)])
def test_the_editor_may_ask_for_other_units(tmp_path: Path, encoding: str, start: int) -> None:
    editor = Editor([encoding])
    assert editor.capabilities["positionEncoding"] == encoding
    uri = opened(editor, tmp_path)
    assert editor.diagnostics(uri, 1)[0]["range"] == between(4, start, start + 4)
    assert editor.leave() == 0


def test_completion_knows_both_languages_and_the_scores_own_names(editor: Editor, tmp_path: Path) -> None:
    lines = ["@em", "@情感 绝", "@style noi", "风😀{motif r", "林", "@emotion desp"]
    uri = opened(editor, tmp_path, TEXT + "\n".join(lines))
    first = TEXT.count("\n")
    expected = ["emotion ", "绝望", "noir", "rope", "林: ", "despair"]
    for row, (line, inserted) in enumerate(zip(lines, expected, strict=True), first):
        end = len(line.encode("utf-16-le")) // 2
        best = min(editor.about("completion", uri, row, end)["items"], key=lambda item: item["sortText"])
        done = applied(TEXT + "\n".join(lines), [best["textEdit"]])
        typed = line.rpartition(" ")[2].removeprefix("@")
        assert best["textEdit"]["newText"] == inserted
        assert done.split("\n")[row] == line.removesuffix(typed) + inserted
    assert editor.about("completion", uri, 4, 2)["items"] == []


def test_hover_explains_words_and_findings(editor: Editor, tmp_path: Path) -> None:
    uri = opened(editor, tmp_path)
    hover = editor.about("hover", uri, 5, 13)
    assert "hope – an emotion" in hover["contents"]["value"]
    assert hover["range"] == between(5, 11, 15)
    assert "E301" in editor.about("hover", uri, 4, 13)["contents"]["value"]
    assert "@motif" in editor.about("hover", uri, 6, 10)["contents"]["value"]
    assert editor.about("hover", uri, 9, 1) is None


def test_a_name_leads_to_its_declaration_and_an_include_to_its_file(editor: Editor, tmp_path: Path) -> None:
    uri = opened(editor, tmp_path)
    common = (tmp_path / "common.score").as_uri()
    assert editor.about("definition", uri, 6, 17) == [{"uri": uri, "range": between(2, 7, 8)}]
    assert editor.about("definition", uri, 6, 0) == [{"uri": uri, "range": between(1, 11, 12)}]
    assert editor.about("definition", uri, 9, 18) == [{"uri": common, "range": between(0, 7, 11)}]
    assert editor.about("definition", uri, 0, 12) == [{"uri": common, "range": between(0, 0, 0)}]
    assert editor.about("definition", uri, 9, 1) in ([], None)


def test_formatting_and_the_outline(editor: Editor, tmp_path: Path) -> None:
    uri = opened(editor, tmp_path)
    options = {"tabSize": 4, "insertSpaces": True}
    edits = editor.ask("textDocument/formatting", {"textDocument": {"uri": uri}, "options": options})
    expected = TEXT.replace("1m1   悬崖", "1m1 悬崖").replace("   hope  0.5", " hope 0.5")
    assert applied(TEXT, edits) == expected == format_document(TEXT)[0]
    assert all(not edit["newText"].strip() for edit in edits)
    cues = editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    assert [cue["name"] for cue in cues] == ["1m1 悬崖", "Homecoming"]
    assert cues[0]["range"]["start"]["line"] == 3
    assert cues[0]["range"]["end"]["line"] == 7


def test_an_included_file_that_was_saved_is_read_again(editor: Editor, tmp_path: Path) -> None:
    uri = opened(editor, tmp_path, TEXT.replace("hitt", "hit"))
    assert editor.diagnostics(uri, 1) == []
    (tmp_path / "common.score").write_text("@motif other = [E5]\n", encoding="utf-8")
    editor.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
    assert "E314" in {finding["code"] for finding in editor.diagnostics(uri, 1)}


def test_a_score_that_has_no_file_yet_is_served_too(editor: Editor) -> None:
    uri = "untitled:Untitled-1"
    document = {
        "uri": uri,
        "languageId": "melodrama",
        "version": 1,
        "text": "# One\n@hop\n",
    }
    editor.tell("textDocument/didOpen", {"textDocument": document})
    assert [finding["code"] for finding in editor.diagnostics(uri, 1)] == ["E301"]
    editor.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert editor.diagnostics(uri, None) == []


def test_it_leaves_as_the_protocol_says_and_says_nothing_else(tmp_path: Path) -> None:
    editor = Editor()
    opened(editor, tmp_path)
    assert editor.leave() == 0
    assert editor.process.stderr
    assert editor.process.stderr.read() == b""
    assert editor.rest == b""
    rude = Editor()
    rude.tell("exit", None)
    assert rude.process.wait(PATIENCE_S) == 1
    gone = Editor()
    assert gone.process.stdin
    gone.process.stdin.close()
    assert gone.process.wait(PATIENCE_S) == 1


def test_an_interruption_ends_it_at_once() -> None:
    editor = Editor()
    editor.process.send_signal(signal.SIGINT)
    assert editor.process.wait(PATIENCE_S) == -signal.SIGINT


def test_without_pygls_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["lsp"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "pip install 'melodrama[lsp]'" in said.err


@settings(max_examples=60, deadline=None)
@given(scores())
def test_formatting_edits_make_the_formatted_text_of_any_score(text: str) -> None:
    from lsprotocol.types import TextEdit

    def wire(edit: TextEdit) -> dict[str, Any]:
        start, end = edit.range.start, edit.range.end
        places = {
            name: {"line": p.line, "character": p.character} for name, p in (("start", start), ("end", end))
        }
        return {"range": places, "newText": edit.new_text}

    score = OpenScore("untitled:a", None, "utf-16", text)
    edits, problem = score.formatted()
    formatted, problems = format_document(text)
    assert bool(problem) == bool(problems)
    assert applied(text, [wire(edit) for edit in edits]) == formatted


def test_a_script_that_was_never_saved_is_told_what_does_not_work_out_in_time() -> None:
    script = OpenScore("untitled:1", None, "utf-16", "# a\nGo.\n@at 00:30\nRun.\n@at 00:20\nStop.")
    assert [finding.code for finding in script.findings()] == ["E401"]


def test_a_transition_leads_to_the_heading_of_its_cue() -> None:
    text = '# A1 Gate\nGo.\n@transition cut to="Old hall"\n# A2 Old hall\nStay.'
    from lsprotocol.types import Position

    script = OpenScore("untitled:1", None, "utf-16", text)
    (place,) = script.definitions(Position(2, 25))
    assert place.range.start == Position(3, 0)
    assert script.definitions(Position(2, 14)) == []
