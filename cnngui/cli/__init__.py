"""The command line. Apart from `demo` and the window itself, nothing here imports Qt."""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from cnngui.assets import version_text
from cnngui.cli import subcommands
from cnngui.cli.status import UNHEARD, USAGE, status_of
from cnngui.cli.streams import give_up, prepare_streams, say
from core.errors import CoreError
from core.native.environment import check_environment

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""A disk, a person's part of it, or a file can take no more."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def build_parser() -> Parser:
    """The parser with all commands."""
    parser = Parser(
        prog="cnngui",
        usage="cnngui [FILE ...] | COMMAND ...",
        description="Design a convolutional network from blocks and watch it learn. "
        "Without a command, the window opens, with FILE where one is given, and one for each further FILE.",
    )
    parser.add_argument("--version", action="version", version=f"cnngui {version_text()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="cnngui", required=True)
    subcommands.add_parsers(commands)
    return parser


def main(argv: Sequence[str]) -> int:
    """Runs one command; gives the exit status. What a user can mend is said in one line on stderr."""
    prepare_streams()
    try:
        if _wants_window(argv):
            return _window(argv)
        arguments = build_parser().parse_args(argv)
        check_environment()
        status: int = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except CoreError as error:
        return _refuse(str(error.problem), status_of(error))
    except MemoryError:
        return _refuse("There is not enough memory. Use a smaller batch, network or data source.")
    except BrokenPipeError:
        give_up(sys.stdout)  # its reader has gone
        return 0
    except OSError as error:
        if error.filename is None and error.errno in _FULL:  # where files are full, it is a FormatError
            give_up(sys.stdout)
            return _refuse(f"The output can't be written: {error.strerror}.", UNHEARD)
        return _refuse(f"{error.filename or 'The system'}: {error.strerror or error}.")


def _refuse(reason: str, status: int = USAGE) -> int:
    say(reason)
    return status


def _wants_window(argv: Sequence[str]) -> bool:
    """Whether there is nothing but files; a single word may be an example's name, too."""
    if not argv:
        return True
    if argv[0] in subcommands.NAMES or any(word.startswith("-") for word in argv):
        return False
    from cnngui.models.designs import looks_like_file  # noqa: PLC0415  # an empty window does without it

    return len(argv) == 1 or all(map(looks_like_file, argv))


def _window(names: Sequence[str]) -> int:
    from cnngui.window.start import open_window  # noqa: PLC0415  # Qt only where a window is wanted

    check_environment()
    return open_window(names)
