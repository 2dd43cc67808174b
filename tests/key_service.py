"""A key service for the tests' stacks: the two calls that Pulumi makes of HashiCorp Vault, on 127.0.0.1.

From a passphrase Pulumi derives a stack's key in every command, slowly on purpose: it takes a fifth of a second of a
processor. A key service is asked for the key. This one keeps no secret: its ciphertext is the plaintext. The sandbox
itself uses a passphrase, as tests/sandbox/test_main.py does.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

PREFIX = "vault:v1:"


class KeyService:
    """A context manager. `url` is what `pulumi stack init --secrets-provider` takes."""

    url = "hashivault://tests"

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> KeyService:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which `pulumi` finds it."""
        return {"VAULT_SERVER_URL": f"http://127.0.0.1:{self._server.server_port}", "VAULT_SERVER_TOKEN": "tests"}


class _Handler(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.startswith("/v1/transit/encrypt/"):
            data = {"ciphertext": PREFIX + request["plaintext"]}
        else:
            data = {"plaintext": request["ciphertext"].removeprefix(PREFIX)}
        answer = json.dumps({"data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments: Any) -> None:
        """Pulumi says what fails."""
