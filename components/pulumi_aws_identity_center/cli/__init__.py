"""The command `identity-center`. Exit 0 good, 1 bad, 2 could not tell, on every command.

`application.py` has the commands. It takes a tenth of a second to import, in which Ctrl-C must be answered too.
"""

from __future__ import annotations

import sys

_CTRL_C_IN_TYPER = 130  # while it reads the arguments


def main() -> None:
    """Entry point of the console script."""
    try:
        from .application import run

        run(sys.argv[1:])
    except (KeyboardInterrupt, SystemExit) as end:
        if isinstance(end, SystemExit) and end.code != _CTRL_C_IN_TYPER:
            raise
        print("Interrupted: nothing is known.", file=sys.stderr)
        sys.exit(2)
