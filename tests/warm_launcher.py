"""Stands in for a process of `warm_python.py` where its caller expects one: same output, signals and exit status.

`python -S -E warm_launcher.py SOCKET ARGUMENTS …`; imports as little as it can.
"""

import json
import os
import signal
import socket
import struct
import sys

_TICK = 1.0  # seconds


def _descriptors() -> list[int]:
    """What the caller left open for us: the three standard streams, and the pipes that it passes on."""
    numbers = [int(name) for name in os.listdir("/dev/fd")]  # noqa: PTH208
    return [number for number in numbers if _is_open(number)]


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:  # that of the listing itself
        return False
    return True


def main() -> None:
    parent = os.getppid()
    descriptors = _descriptors()
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(sys.argv[1])
    request = {
        "arguments": sys.argv[2:],
        "environment": dict(os.environ),
        "folder": os.getcwd(),  # noqa: PTH109
        "descriptors": descriptors,
    }
    data = json.dumps(request).encode()
    socket.send_fds(connection, [struct.pack("i", len(data))], descriptors)
    connection.sendall(data)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: connection.send(bytes([number])))
    connection.settimeout(_TICK)
    while True:
        try:
            status = connection.recv(4)
            break
        except TimeoutError:
            if os.getppid() != parent:  # the caller was killed, and we with it
                os._exit(1)
    code = struct.unpack("i", status)[0] if status else 1
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


main()
