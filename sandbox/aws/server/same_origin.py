"""Refuses requests of pages in a browser: only programs of this machine may call the server.

A page whose own host name resolves to 127.0.0.1 (DNS rebinding) sends that name as Host. A page of another origin sends
its Origin. SDKs send the server's address as Host, and no Origin.
"""

from __future__ import annotations

import re
from typing import Any

_OWN_HOST = re.compile(r"(127\.0\.0\.1|localhost)(:(?P<port>\d+))?", re.IGNORECASE)


def foreign_sender(environ: dict[str, Any]) -> str | None:
    """The reason to refuse the request; None for one that is allowed."""
    port = str(environ.get("SERVER_PORT", ""))
    host, origin = str(environ.get("HTTP_HOST", "")), environ.get("HTTP_ORIGIN")
    if not _is_own(host, port):
        return f"the request is for the host {host!r}, which is not this server's address."
    if origin is not None and not _is_own(str(origin).removeprefix("http://"), port):
        return f"the request comes from a page of {origin!r}."
    return None


def _is_own(host: str, port: str) -> bool:
    match = _OWN_HOST.fullmatch(host)
    if match is None:
        return False
    return port == (match["port"] or "80")
