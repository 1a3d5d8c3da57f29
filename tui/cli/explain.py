"""`melodrama explain`: what a diagnostic means and what would be right; the language's lists and words."""

import argparse

from tui.cli.console import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "code",
        nargs="*",
        metavar="CODE|LIST|WORD",
        help="a code such as E203, a list (directives, marks, front-matter, emotions, styles, instruments …) "
        "or a word such as @tempo; without it, all codes and lists are named",
    )


def run(arguments: argparse.Namespace) -> int:
    from dsl.explain import EXPLANATIONS
    from dsl.lists import LISTS, list_text

    asked = " ".join(arguments.code).strip()
    if not asked:
        for code, explanation in sorted(EXPLANATIONS.items()):
            print(f"{code}  {explanation.strip().splitlines()[0]}")
        print(f"\nLists: {', '.join(LISTS)}.")
        return 0
    code = asked.upper()
    if code in EXPLANATIONS:
        print(f"{code}: {EXPLANATIONS[code].strip()}")
        return 0
    text = list_text(asked)
    if text is not None:
        print(text)
        return 0
    from tui.word_help import explain_player, explain_word

    words = [*explain_word(asked, None), *explain_player(asked)]
    if words:
        print("\n\n".join(f"{heading}\n{says}" for heading, says in words))
        return 0
    import difflib

    near = difflib.get_close_matches(code, EXPLANATIONS, n=3, cutoff=0.4)
    near += difflib.get_close_matches(asked.lower(), LISTS, n=2, cutoff=0.5)
    nearest = f"; near: {', '.join(near)}" if near else ""
    say(f"melodrama explain: no code, list or word {asked!r}{nearest}")
    return 1
