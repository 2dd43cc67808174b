"""`python -m sandbox.provider [ENGINE-ADDRESS]`: the process that the engine starts."""

from __future__ import annotations

from sandbox.processes.without_sdk import find_protocol

find_protocol()

from .serving import main  # noqa: E402 - it imports the protocol

main()
