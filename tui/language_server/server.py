"""The server on the wire: pygls speaks the protocol, `OpenScore` knows the answers."""

import asyncio
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import BinaryIO

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from tui.language_server.open_score import SOURCE, OpenScore

PAUSE_S = 0.15
"""So long a writer pauses before what is typed is checked."""


class Server(LanguageServer):
    """One editor's scores, by their URIs."""

    def __init__(self) -> None:
        # Whole texts, not ranges: pygls ends lines at form feeds and U+2028 too, and would put edits behind
        # them into other lines than the editor and the language do.
        super().__init__(SOURCE, _version(), types.TextDocumentSyncKind.Full)
        self.scores: dict[str, OpenScore] = {}
        self.was_shut_down = False

    def open(self, document: types.TextDocumentItem) -> None:
        """Takes in a document that the editor opened; `file:` addresses tell where included files lie."""
        path = to_fs_path(document.uri) if document.uri.startswith("file:") else None
        encoding = str(getattr(self.workspace.position_encoding, "value", self.workspace.position_encoding))
        score = OpenScore(document.uri, Path(path) if path else None, encoding)
        score.edited(document.text, document.version)
        self.scores[document.uri] = score
        self.tell(score)

    def tell(self, score: OpenScore) -> None:
        """Publish what the language says of a score."""
        params = types.PublishDiagnosticsParams(score.uri, score.diagnostics(), score.version)
        self.text_document_publish_diagnostics(params)


def _version() -> str:
    try:
        return version("melodrama")
    except PackageNotFoundError:  # run from a source tree
        return "0"


def serve(stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Serve one editor until it leaves; gives the exit code that the protocol asks for: 1 without
    `shutdown`."""
    server = make_server()
    server.start_io(stdin, stdout)
    return 0 if server.was_shut_down else 1


def make_server() -> Server:
    """The server with all its answers, not yet running."""
    server = Server()
    _keep_texts(server)
    _answer(server)
    return server


def _keep_texts(server: Server) -> None:
    @server.feature(types.SHUTDOWN)
    def shutdown(params: None) -> None:
        server.was_shut_down = True

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.open(params.text_document)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        score = server.scores.get(params.text_document.uri)
        if score is None:
            return
        text = server.workspace.get_text_document(score.uri).source
        score.edited(text, params.text_document.version)
        await asyncio.sleep(PAUSE_S)
        if score.version == params.text_document.version and server.scores.get(score.uri) is score:
            server.tell(score)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        for score in server.scores.values():  # any of them may include what was saved
            score.outdated()
            server.tell(score)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.scores.pop(params.text_document.uri, None)
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(params.text_document.uri, []))


def _answer(server: Server) -> None:
    quick = types.CodeActionKind.QuickFix

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[quick]))
    def fixes(params: types.CodeActionParams) -> list[types.CodeAction] | None:
        score = server.scores.get(params.text_document.uri)
        wanted = params.context.only
        if score is None or (wanted is not None and not {quick, quick.value, ""} & set(wanted)):
            return None
        return score.fixes(params.range)

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["@", "{", " ", "="])
    )
    def completions(params: types.CompletionParams) -> types.CompletionList | None:
        score = server.scores.get(params.text_document.uri)
        return score.completions(params.position) if score else None

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        score = server.scores.get(params.text_document.uri)
        return score.hover(params.position) if score else None

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definitions(params: types.DefinitionParams) -> list[types.Location] | None:
        score = server.scores.get(params.text_document.uri)
        return score.definitions(params.position) if score else None

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatted(params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        score = server.scores.get(params.text_document.uri)
        if score is None:
            return None
        edits, problem = score.formatted()
        if problem:
            warning = types.MessageType.Warning
            server.window_show_message(types.ShowMessageParams(warning, f"not formatted: {problem}"))
        return edits

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
        score = server.scores.get(params.text_document.uri)
        return score.symbols() if score else None
