"""One run of a stack's program, in a process of its own: `python run_program.py FD`.

FD is a pipe with one line of JSON (`program.py` writes it); its end means that the host is gone. Runs under the
program's own Python, whatever its version of the SDK, so it imports nothing of this project. Exit status 32: the
user has been told what is wrong; any other but 0: the engine has to tell.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import os
import runpy
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

REPORTED = 32


def read_settings(descriptor: int) -> dict[str, Any]:
    """The first line of the pipe. From then on a thread waits for the pipe to end, and then ends this process."""
    data = b""
    while not data.endswith(b"\n"):
        piece = os.read(descriptor, 1 << 16)
        if not piece:
            os._exit(1)
        data += piece

    def watch() -> None:
        os.read(descriptor, 1)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
    settings: dict[str, Any] = json.loads(data)
    return settings


def configure(request: dict[str, Any]) -> Any:
    """Connects the SDK to the engine; returns its settings. An older SDK knows fewer of them."""
    import pulumi.runtime

    pulumi.runtime.set_all_config(request["config"], request["secret_keys"])
    parameters = inspect.signature(pulumi.runtime.Settings.__init__).parameters
    known_settings = {name: value for name, value in request["settings"].items() if name in parameters}
    settings = pulumi.runtime.Settings(**known_settings)
    pulumi.runtime.configure(settings)
    return settings


def trace_of(error: BaseException, program: str) -> str:
    """The error's trace from the program's first frame on: what led there is our matter, not the user's."""
    folder = program if os.path.isdir(program) else os.path.dirname(program)  # noqa: PTH112, PTH120
    frame = error.__traceback__
    while frame is not None:
        name = frame.tb_frame.f_code.co_filename
        if name == program or os.path.dirname(name) == folder:  # noqa: PTH120
            break
        frame = frame.tb_next
    # An error in the SDK's own loop, or one without a frame of the user's (a syntax error in __main__.py).
    start = frame if frame is not None else error.__traceback__
    limit = 0 if isinstance(error, SyntaxError) and frame is None else None
    return "".join(traceback.format_exception(type(error), error, start, limit=limit)).rstrip() + "\n"


def find_program(program: str) -> str:
    """The file that will run: a folder's __main__.py, or the file itself."""
    return os.path.join(program, "__main__.py") if os.path.isdir(program) else program  # noqa: PTH112, PTH118


def execute(request: dict[str, Any]) -> int:
    """Runs the program inside its stack resource; returns the exit status."""
    import pulumi

    program = request["program"]
    if not os.path.isfile(find_program(program)):  # noqa: PTH113
        pulumi.log.error(f"unable to find main python program `__main__.py` in `{program}`")
        return REPORTED
    settings = configure(request)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_default_executor(ThreadPoolExecutor(max_workers=max(settings.parallel or 1, 1) * 4))
    sys.argv = [program, *request["arguments"]]

    def start() -> None:
        runpy.run_path(program, run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(start))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return REPORTED
    except Exception as error:  # noqa: BLE001 - whatever the program raised is told to its user
        pulumi.log.error("Program failed with an unhandled exception:\n" + trace_of(error, program))
        return REPORTED
    return 0


def main() -> int:
    """Returns the exit status."""
    request = read_settings(int(sys.argv[1]))
    # The interpreter put our own folder first; the program's modules must not find ours.
    del sys.path[0]
    # The SDK leaves futures unobserved when a program fails; asyncio would complain about each.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        import pulumi.runtime  # noqa: F401 - is it there at all?
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"{error}: the Pulumi SDK is not installed for {sys.executable}; run `pip install pulumi` there.\n"
        )
        return REPORTED
    return execute(request)


if __name__ == "__main__":
    sys.exit(main())
