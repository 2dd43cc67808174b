"""Faults on demand: SERVICE:OPERATION:ERROR[:COUNT].

SERVICE and OPERATION are names as in the call log, or *. ERROR is an error code of the service (AccessDeniedException),
an HTTP status (503), or one of: reset (the connection is cut), timeout (no answer for a minute), malformed (an answer
that is not what the protocol says). COUNT: how many calls, all if absent.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from botocore.session import get_session

from sandbox.aws.errors import AwsError, SandboxError

SPECIAL = ("reset", "timeout", "malformed")
_FORM = "SERVICE:OPERATION:ERROR[:COUNT]"
# Codes that any service may answer and that its model need not name, with the HTTP status AWS gives them.
_COMMON = {"AccessDenied": 403, "ExpiredToken": 403, "InvalidClientTokenId": 403, "ServiceUnavailable": 503}


@dataclass
class Fault:
    service: str
    operation: str
    error: str
    left: int | None = None

    def matches(self, service: str, operation: str) -> bool:
        return self.service in ("*", service) and self.operation in ("*", operation) and self.left != 0


def parse(text: str) -> Fault:
    """Raises SandboxError for what is not of the form, or names an operation that the service does not have."""
    parts = text.split(":")
    if len(parts) not in (3, 4) or not all(parts):
        raise SandboxError(f"--fault {text!r} is not of the form {_FORM}, such as sso-admin:ListInstances:503:2.")
    service, operation, error = parts[:3]
    if len(parts) == 4 and not (parts[3].isdigit() and int(parts[3]) > 0):
        raise SandboxError(f"--fault {text!r}: COUNT is {parts[3]!r}, and has to be a whole number from 1.")
    _check_names(text, service, operation)
    return Fault(service, operation, error, int(parts[3]) if len(parts) == 4 else None)


def _check_names(text: str, service: str, operation: str) -> None:
    if service == "*":
        return
    session = get_session()
    if service not in session.get_available_services():
        raise SandboxError(f"--fault {text!r}: there is no service {service!r}; use its name in boto3, or *.")
    names = session.get_service_model(service).operation_names
    if operation != "*" and operation not in names:
        raise SandboxError(f"--fault {text!r}: {service} has no operation {operation!r}; it is spelt as in the API.")


class Faults:
    def __init__(self, texts: list[str]) -> None:
        self._faults = [parse(text) for text in texts]
        self._lock = threading.Lock()

    def next_for(self, service: str, operation: str) -> str | None:
        """The error for this call, which uses up one of its count; None if none is asked for."""
        with self._lock:
            for fault in self._faults:
                if fault.matches(service, operation):
                    if fault.left is not None:
                        fault.left -= 1
                    return fault.error
        return None


def as_error(service: str, error: str) -> AwsError:
    """The answer for an error code or a status, with the HTTP status that the service's model gives the code."""
    if error.isdigit():
        return AwsError("ServiceException" if error < "502" else "ServiceUnavailable", "Injected.", int(error))
    status = _COMMON.get(error, 400)
    session = get_session()
    if service in session.get_available_services():
        model = session.get_service_model(service)
        for shape in model.error_shapes:
            if error in (shape.name, getattr(shape, "error_code", "")):
                status = shape.metadata.get("error", {}).get("httpStatusCode", status)
    return AwsError(error, "Injected by --fault.", int(status))
