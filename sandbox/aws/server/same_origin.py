"""Who may speak to the server at all: what runs on this machine and knows its address, and no page in a browser.

A page that has its own name lead to 127.0.0.1 (DNS rebinding) sends that name as Host; one of another origin that
posts here sends its Origin. SDKs send neither.
"""

from __future__ import annotations

import re
from typing import Any

_OWN_HOST = re.compile(r"(127\.0\.0\.1|localhost)(:(?P<port>\d+))?", re.IGNORECASE)


def foreign_sender(environ: dict[str, Any]) -> str | None:
    """Why the request is refused; None for one of our own."""
    port = str(environ.get("SERVER_PORT", ""))
    host, origin = str(environ.get("HTTP_HOST", "")), environ.get("HTTP_ORIGIN")
    if not _is_own(host, port):
        return f"the request is for the host {host!r}, which is not this server's address."
    if origin is not None and not _is_own(str(origin).removeprefix("http://"), port):
        return f"the request comes from a page of {origin!r}."
    return None


def _is_own(host: str, port: str) -> bool:
    match = _OWN_HOST.fullmatch(host)
    return match is not None and (match["port"] or "80") == port
