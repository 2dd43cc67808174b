"""moto's part: the operations that this package leaves to it, run in process with this world's state.

moto is pinned exactly. These patches lean on its internals, and a release that moved them would not fail: it would
answer wrongly, and tests that stand on it would pass for the wrong reason.
"""

from __future__ import annotations

import warnings
from typing import Any

import moto
from werkzeug.test import run_wsgi_app

from sandbox.aws.core.errors import SandboxError, not_implemented
from sandbox.aws.core.wire import Call, Response

MOTO_VERSION = "5.2.5"

# moto keeps these in one place an account, wherever the request came from; Identity Center lives in one Region.
_application: Any = None


def check_version() -> None:
    """Raises SandboxError for any moto but the pinned one."""
    if moto.__version__ != MOTO_VERSION:
        raise SandboxError(
            f"moto {moto.__version__} is installed, and the sandbox patches internals of moto {MOTO_VERSION}: another "
            "version would answer wrongly without failing. Run `make setup`, or pip install -r requirements.txt."
        )


def _app() -> Any:
    global _application
    if _application is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
        _application = DomainDispatcherApplication(create_backend_app)
    return _application


def ask_moto(call: Call, environ: dict[str, Any], account: str) -> Response:
    """moto's answer; AwsError 501 for what moto lacks (it would say 500, which SDKs retry)."""
    environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            body, status, headers = run_wsgi_app(_app(), environ, buffered=True)
    except (NotImplementedError, ModuleNotFoundError, KeyError) as error:
        raise not_implemented(call.service, call.operation) from error
    code = int(status.split()[0])
    text = b"".join(body)
    if code == 404 and not headers.get("x-amzn-RequestId") and b"<Error" not in text and b"__type" not in text:
        raise not_implemented(call.service, call.operation)
    if code == 500:
        raise not_implemented(call.service, call.operation)
    return code, list(headers.items()), text
