"""Stands in for a worker where its caller expects a Python: same output, signals and exit status.

`python -S -E launcher.py SOCKET ARGUMENTS …`. It starts five times a `pulumi up`: `socket`, `json` and `signal` would
take twice as long to import as Python takes to start, so it goes without them.
"""

import _signal  # type: ignore[import-not-found]
import _socket
import marshal
import os
import sys

_TICK = 1.0  # seconds


def _open_descriptors() -> list[int]:
    """What the caller left open for us: the three standard streams, and the pipes that it passes on."""
    return [number for number in map(int, os.listdir("/dev/fd")) if _is_open(number)]  # noqa: PTH208


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:  # that of the listing itself
        return False
    return True


def _send_request(connection: _socket.socket, descriptors: list[int]) -> None:
    """Our open files with the request's length (8 bytes), then the request."""
    folder = os.getcwd()  # noqa: PTH109
    request = marshal.dumps((sys.argv[2:], dict(os.environ), folder, descriptors))
    files = b"".join(number.to_bytes(4, sys.byteorder) for number in descriptors)
    connection.sendmsg([len(request).to_bytes(8, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
    connection.sendall(request)


def _wait_for_status(connection: _socket.socket, parent: int) -> int:
    """The worker's exit status; negative for the signal that ended it."""
    while True:
        try:
            status = connection.recv(4)
        except TimeoutError:
            if os.getppid() != parent:  # the caller was killed, and we with it
                os._exit(1)
        else:
            return int.from_bytes(status, "big", signed=True) if status else 1


def main() -> None:
    parent, descriptors = os.getppid(), _open_descriptors()
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.connect(sys.argv[1])
    _send_request(connection, descriptors)
    for number in (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP):
        _signal.signal(number, lambda number, _: connection.send(bytes([number])))
    connection.settimeout(_TICK)
    status = _wait_for_status(connection, parent)
    if status < 0:
        _signal.signal(-status, _signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


main()
