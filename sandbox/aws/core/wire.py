"""From HTTP to an API call and back: which service, operation, account and parameters a request is, and how a
result or an error is written in the service's protocol (AWS JSON 1.1, or Query with XML)."""

from __future__ import annotations

import io
import json
import re
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

from . import models, query_xml
from .errors import AwsError

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")

# Their callers have no AWS credentials yet, but a token or an assertion of an identity provider.
UNSIGNED = ("AssumeRoleWithWebIdentity", "AssumeRoleWithSAML")
# Signing name → the name used in logs, faults and IAM enforcement: the endpoint's, as boto3 and the CLI call it.
_SERVICES = {"sso": "sso-admin", "sso-admin": "sso-admin", "monitoring": "cloudwatch"}
_REST = frozenset({"lambda"})
_READS = ("Get", "List", "Describe", "Lookup", "Search", "Simulate", "Is", "AssumeRole", "Decode")


@dataclass(frozen=True)
class Call:
    """One API call. access_key is "" for an unsigned request; id: the request's, which its answer carries."""

    service: str
    operation: str
    region: str
    access_key: str
    parameters: dict[str, Any]
    json: bool
    user_agent: str = ""
    id: str = ""

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing, as CloudTrail's readOnly says."""
        return self.operation.startswith(_READS)


def read_call(environ: dict[str, Any], request_id: str = "") -> Call | None:
    """The call in a WSGI request, or None if it is not one (an unsigned or non-API request).
    access_key is "" for one that needs no signature."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(body)
    match = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if match is None and not any(b"Action=" + name.encode() in body for name in UNSIGNED):
        return None
    access_key, region, service = match.groups() if match is not None else ("", "us-east-1", "sts")
    service = _SERVICES.get(service, service)
    target, agent = environ.get("HTTP_X_AMZ_TARGET", ""), environ.get("HTTP_USER_AGENT", "")
    if target:
        parameters = _json(body)
        return Call(service, target.rpartition(".")[2], region, access_key, parameters, True, agent, request_id)
    if service in _REST:
        operation, parameters = _rest(service, environ, body)
        return Call(service, operation, region, access_key, parameters, True, agent, request_id)
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    form.update(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    form.pop("Version", None)
    operation = form.pop("Action", "") or f"{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}"
    return Call(service, operation, region, access_key, _query(service, operation, form), False, agent, request_id)


def _rest(service: str, environ: dict[str, Any], body: bytes) -> tuple[str, dict[str, Any]]:
    """A REST request's operation, by its model, and its parameters: in the path, query and headers, and in the body."""
    method, path = str(environ.get("REQUEST_METHOD")), str(environ.get("PATH_INFO"))
    route = models.rest_operation(service, method, path)
    if route is None:
        return f"{method} {path}", {}
    operation, path_parameters = route
    model = models.operation(service, operation)
    shape = model.input_shape if model is not None else None
    if shape is None:
        return operation, dict(path_parameters)
    parameters: dict[str, Any] = {name: unquote(value) for name, value in path_parameters.items()}
    parameters.update(_query_and_header_parameters(shape, environ))
    if "payload" in shape.serialization:
        return operation, {**parameters, shape.serialization["payload"]: body.decode("utf-8", "replace")}
    members = _json(body) if body.startswith(b"{") else {}
    return operation, {**members, **parameters}


def _query_and_header_parameters(shape: Any, environ: dict[str, Any]) -> dict[str, str]:
    query = dict(parse_qsl(str(environ.get("QUERY_STRING", ""))))
    parameters = {}
    for name, member in shape.members.items():
        location, key = member.serialization.get("location"), member.serialization.get("name", name)
        if location == "querystring" and key in query:
            parameters[name] = query[key]
        header = f"HTTP_{key.upper().replace('-', '_')}"
        if location == "header" and header in environ:
            parameters[name] = environ[header]
    return parameters


def _query(service: str, operation: str, form: dict[str, str]) -> dict[str, Any]:
    """The form's members, nested as the service's model has them; as they came for a service that isn't checked."""
    model = models.operation(service, operation) if service in models.MODELLED else None
    return dict(form) if model is None else models.parameters_of(form, model.input_shape)


def _json(body: bytes) -> dict[str, Any]:
    try:
        parameters = json.loads(body or b"{}")
    except ValueError:
        raise AwsError("SerializationException", "The request's body is not JSON.") from None
    return parameters if isinstance(parameters, dict) else {}


Response = tuple[int, list[tuple[str, str]], bytes]


def write_result(call: Call, result: dict[str, Any] | None) -> Response:
    """A successful answer; `result` has the output shape's members."""
    if call.json:
        return 200, _headers(call, "application/x-amz-json-1.1"), json.dumps(result or {}, default=str).encode()
    operation = call.operation
    inner = query_xml.members(models.operation(call.service, operation), result or {})
    text = (
        f"<{operation}Response><{operation}Result>{inner}</{operation}Result>"
        f"<ResponseMetadata><RequestId>{call.id}</RequestId></ResponseMetadata></{operation}Response>"
    )
    return 200, _headers(call, "text/xml"), text.encode()


def write_error(call: Call | None, error: AwsError, *, json_if_no_call: bool = True) -> Response:
    """An error's answer."""
    if call.json if call is not None else json_if_no_call:
        body = {"__type": error.code, "Message": error.message, "message": error.message, **error.fields}
        headers = [*_headers(call, "application/x-amz-json-1.1"), ("x-amzn-ErrorType", error.code)]
        return error.status, headers, json.dumps(body).encode()
    request_id = call.id if call is not None else ""
    text = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(error.code)}</Code>"
        f"<Message>{escape(error.message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return error.status, _headers(call, "text/xml"), text.encode()


def _headers(call: Call | None, kind: str) -> list[tuple[str, str]]:
    return [("Content-Type", kind), ("x-amzn-RequestId", call.id if call is not None else str(uuid.uuid4()))]


_REQUEST_ID = re.compile(rb"<(RequestId|requestId)>[^<]*</")


def stamped(response: Response, request_id: str) -> Response:
    """The answer with this id for its request, in its head and, if it is XML, in its body."""
    status, headers, body = response
    id_headers = ("x-amzn-requestid", "x-amz-request-id")
    other_headers = [(name, value) for name, value in headers if name.lower() not in id_headers]
    if body.startswith(b"<"):
        body = _REQUEST_ID.sub(lambda match: b"<%s>%s</" % (match[1], request_id.encode()), body)
    return status, [*other_headers, ("x-amzn-RequestId", request_id)], body


_JSON_ERROR = re.compile(rb'"__type":\s*"(?:[^"#]*#)?([^"]+)"')
_XML_ERROR = re.compile(rb"<Code>([^<]+)</Code>")
_JSON_MESSAGE = re.compile(rb'"[Mm]essage":\s*"([^"]*)"')
_XML_MESSAGE = re.compile(rb"<Message>([^<]*)")


def error_of(response: Response) -> tuple[str, str] | None:
    """The code and message of an error's answer, whoever wrote it; None for a success."""
    status, _, body = response
    if 0 < status < 400:
        return None
    code = _JSON_ERROR.search(body) or _XML_ERROR.search(body)
    message = _JSON_MESSAGE.search(body) or _XML_MESSAGE.search(body)
    code_text = code[1].decode() if code is not None else str(status)
    return code_text, message[1].decode("utf-8", "replace") if message is not None else ""
