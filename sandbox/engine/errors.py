"""What can go wrong on the way to an engine, each in one sentence that says what to do."""

from __future__ import annotations


class EngineError(Exception):
    """There is no `pulumi` to run, and none can be had; the text says what to install or do."""


class BuildFailed(EngineError):
    """Go was there and could not build; `log` is where its whole output is."""

    def __init__(self, text: str, log: str) -> None:
        super().__init__(text)
        self.log = log
