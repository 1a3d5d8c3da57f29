"""`melodrama`: chooses the command and imports only that one, so that help and checks start in a blink.

Exit codes: 0 fine, 1 findings or a failure the user can mend, 2 wrong usage, 130 interrupted.
"""

import argparse
import contextlib
import errno
import importlib
import os
import sys
from collections.abc import Sequence

# name → (module with `add_arguments` and `run`, one line of help)
COMMANDS = {
    "edit": ("tui.cli.edit", "open the workstation (also: melodrama [FILE…])"),
    "render": ("tui.cli.render", "score files → MIDI, audio, stems, sheets"),
    "check": ("tui.cli.check", "find mistakes in score files"),
    "fmt": ("tui.cli.fmt", "format score files"),
    "plan": ("tui.cli.plan", "the timeline: cues, lines, emotions, tempo map, events"),
    "analyze": ("tui.cli.analyze", "what the text alone feels, and the words that decided"),
    "feel": ("tui.cli.feel", "how a line or a word is to be read, kept beside the score"),
    "why": ("tui.cli.why", "why a score sounds as it does: words, music, harmony, form"),
    "taste": ("tui.cli.taste", "what was learnt from what you keep"),
    "ear": ("tui.cli.ear", "ear training: pairs of your own music that differ in one thing"),
    "play": ("tui.cli.play", "listen to a score, a MIDI or an audio file"),
    "live": ("tui.cli.live", "music that follows text and play while it sounds"),
    "match": ("tui.cli.match", "which MIDI and audio files suit a text best"),
    "import": (
        "tui.cli.importing",
        "a screenplay, subtitles, a text, or a film's cuts and markers → a score",
    ),
    "spot": ("tui.cli.spot", "a film's cuts, pace and loudness → cues and hits in a score"),
    "diff": ("tui.cli.diff", "what changed in the music between two versions"),
    "train": ("tui.cli.train", "rebuild the models"),
    "evaluate": ("tui.cli.evaluate", "judge the models"),
    "explain": ("tui.cli.explain", "the long form of a diagnostic code"),
    "new": ("tui.cli.new", "start a score file from a template"),
    "lsp": ("tui.cli.lsp", "the language server, for your own editor"),
    "doctor": ("tui.cli.doctor", "what works on this machine and what is missing"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["help"] and len(arguments) > 1 and arguments[1] in COMMANDS:
        arguments = [arguments[1], "--help"]
    if arguments and arguments[0] in ("-h", "--help", "help"):
        print(_usage())
        return 0
    if arguments and arguments[0] in ("-V", "--version"):
        from importlib.metadata import version

        print(f"melodrama {version('melodrama')}")
        return 0
    if not arguments or arguments[0] not in COMMANDS:
        problem = _not_a_file(arguments)
        if problem:
            print(problem, file=sys.stderr)
            return 2
        arguments.insert(0, "edit")
    name = arguments.pop(0)
    module_name, summary = COMMANDS[name]
    module = importlib.import_module(module_name)
    parser = argparse.ArgumentParser(
        prog=f"melodrama {name}", description=summary[0].upper() + summary[1:] + "."
    )
    module.add_arguments(parser)
    try:
        parsed = parser.parse_args(arguments)
    except SystemExit as stop:  # argparse ends the process itself: 0 after --help, 2 after a usage error
        return int(stop.code or 0)
    return int(module.run(parsed))


def entry() -> None:
    """The console script: `main` with the process's manners (interruption, closed pipes, UTF-8)."""
    # A stream that was closed (`>&-`, a daemon's) is None here: nothing is read from it, and nothing shown.
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # Data is UTF-8 whatever the locale says; a terminal that cannot show a character must not end the
        # program.
        with contextlib.suppress(AttributeError, ValueError):
            if stream.isatty():
                stream.reconfigure(errors="replace")  # type: ignore[union-attr]
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = 130
    except BrokenPipeError:  # the reader of a pipe (head, less) has gone: nothing is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT) or error.filename is not None:
            raise
        print(f"error: what was to be printed could not be written: {error.strerror}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    raise SystemExit(code)


def _usage() -> str:
    lines = [
        "usage: melodrama COMMAND [OPTION…] [FILE…]",
        "",
        "Turns a story into its score.",
        "",
        "commands:",
    ]
    lines += [f"  {name:<9} {summary}" for name, (_, summary) in COMMANDS.items()]
    lines += ["", "melodrama COMMAND --help tells a command's options; melodrama --version the version."]
    return "\n".join(lines)


def _not_a_file(arguments: Sequence[str]) -> str | None:
    """Why the words are neither a command nor files to edit; None where they may be."""
    if not arguments or arguments[0].startswith("-"):
        return None if not arguments else f"melodrama: unknown option {arguments[0]}; see melodrama --help"
    first = arguments[0]
    if os.path.exists(first) or first.endswith(".score") or os.sep in first:
        return None
    import difflib

    near = difflib.get_close_matches(first, COMMANDS, n=1)
    hint = f"; did you mean {near[0]}?" if near else "; see melodrama --help"
    return f"melodrama: {first!r} is neither a command nor a file{hint}"
