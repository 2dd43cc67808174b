"""The call log: every API call, in the order in which it was answered, in memory and as JSON lines.

A record: {"time": when it arrived, ISO 8601, "service", "operation", "status": HTTP status, 0 for a connection cut off,
"principal": ARN, "parameters"}. Credentials and passwords are never written.
"""

from __future__ import annotations

import datetime
import json
import threading
from pathlib import Path
from typing import Any, TextIO

_SECRET = ("password", "secret", "token", "samlassertion")


class CallLog:
    def __init__(self, path: Path | None = None) -> None:
        self.records: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._file: TextIO | None = path.open("w") if path is not None else None

    def write(
        self, arrived: float, service: str, operation: str, status: int, principal: str, parameters: dict[str, Any]
    ) -> None:
        record = {
            "time": datetime.datetime.fromtimestamp(arrived, datetime.UTC).isoformat(),
            "service": service,
            "operation": operation,
            "status": status,
            "principal": principal,
            "parameters": redacted(parameters),
        }
        with self._lock:
            self.records.append(record)
            if self._file is not None:
                self._file.write(json.dumps(record, default=str) + "\n")
                self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def redacted(value: Any, name: str = "") -> Any:
    """The parameters for the log: the value of a member that is a secret, at any depth, is replaced by stars."""
    lowered = name.lower()
    if any(word in lowered for word in _SECRET) and lowered not in ("nexttoken", "clienttoken"):
        return "***"
    if isinstance(value, dict):
        return {key: redacted(member, str(key)) for key, member in value.items()}
    return [redacted(element) for element in value] if isinstance(value, list) else value
