"""The `newsclaims` command: look at releases, compare them, show rows, verify and tidy the lake, export tables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from pipeline import __version__
from pipeline.cli import changes, export, show, store
from pipeline.lake import Lake, LakeError
from pipeline.settings import Settings

GROUPS = (store, show, changes, export)  # modules with `add_commands`, in the order of the help


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status: 0, 1 when something is wrong, 2 for unusable arguments."""
    options = _parser().parse_args(arguments)
    console = Console(soft_wrap=True)
    try:
        settings = Settings(**({"data": options.data} if options.data else {}))
        command: Callable[[argparse.Namespace, Lake, Settings, Console], int] = options.command
        return command(options, Lake(settings.data), settings, console)
    except (LakeError, ValueError) as error:
        Console(stderr=True, soft_wrap=True).print(Text(f"newsclaims: {error}"))
        return 1
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone: nothing more to say, not even at exit
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="newsclaims", description=__doc__)
    parser.add_argument("--version", action="version", version=f"newsclaims {__version__}")
    parser.add_argument("--data", type=Path, help="data folder (default: NEWSCLAIMS_DATA, else data)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, function: Callable[..., int], description: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=description, description=description)
        command.set_defaults(command=function)
        return command

    for group in GROUPS:
        group.add_commands(add)
    return parser
