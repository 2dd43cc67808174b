"""`python -m sandbox.engine`: finds or builds the pulumi CLI. `make setup` runs it."""

from __future__ import annotations

import sys

from . import EngineError, locate


def main() -> int:
    try:
        locate()
    except EngineError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
