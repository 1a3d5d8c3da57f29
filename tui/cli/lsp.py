"""`melodrama lsp`: the language server, over stdin and stdout, for editors. pygls is an optional extra."""

import argparse
import importlib.util
import os
import signal
import sys

from tui.cli.console import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stdio", action="store_true", help="what it does anyway; editors like to say it")
    parser.add_argument("--clientProcessId", help=argparse.SUPPRESS)  # said by VS Code's client library


def run(arguments: argparse.Namespace) -> int:
    if importlib.util.find_spec("pygls") is None:
        say("melodrama lsp needs the package pygls: pip install 'melodrama[lsp]'")
        return 1
    from tui.language_server.server import serve

    if sys.stdin.isatty():
        say("melodrama lsp waits for an editor's frames on stdin; the README tells how editors start it")
    # There is nothing to put in order, and the thread that waits on stdin would hold up an orderly end.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Whatever else might print must not get between the frames: stdout is the protocol's alone.
    sys.stdout.flush()
    frames = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return serve(sys.stdin.buffer, frames)
