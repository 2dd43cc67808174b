"""Pulumi's ResourceProvider protocol, over the records in `types/`.

Says to the engine that it takes secrets in plain text (the engine marks them again), and that it previews creates
and updates. Any type of pulumi_aws can be checked, diffed and previewed; creating one needs a record.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    EndpointConnectionError,
    HTTPClientError,
)
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from . import configuration, functions, inputs, schema, values
from .diff import changes
from .package_schema import package_schema
from .record import PartlyCreated, Properties, Refused, ResourceType
from .types import RECORDS
from .values import UNKNOWN

Method = TypeVar("Method", bound=Callable[..., Any])
_DIFF_KINDS: dict[str, Any] = {
    "add": 0,
    "add-replace": 1,
    "delete": 2,
    "delete-replace": 3,
    "update": 4,
    "update-replace": 5,
}

_IN_REGION = re.compile(r"(.+)@([a-z]{2}(?:-[a-z]+)+-\d)")
_DIFF_NONE: Any = provider_pb2.DiffResponse.DIFF_NONE
_DIFF_SOME: Any = provider_pb2.DiffResponse.DIFF_SOME


def _plain_errors(method: Method) -> Method:
    """What went wrong as one sentence for the engine to show; never a trace."""

    @functools.wraps(method)
    def wrapped(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except Refused as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except ClientError as error:
            context.abort(grpc.StatusCode.UNKNOWN, _sentence(error))
        except BotoCoreError as error:
            no_answer = isinstance(error, HTTPClientError | ConnectionError | EndpointConnectionError)
            problem = "The sandbox's AWS did not answer" if no_answer else "The sandbox's aws provider can't ask AWS"
            context.abort(grpc.StatusCode.UNAVAILABLE, f"{problem}: {error}")

    return wrapped  # type: ignore[return-value]


def _sentence(error: ClientError) -> str:
    answer = error.response
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    request = answer.get("ResponseMetadata", {}).get("RequestId", "")
    return (
        f"operation error: {error.operation_name}, https response error StatusCode: {status}, RequestID: {request}, "
        f"{answer['Error']['Code']}: {answer['Error'].get('Message', '')}"
    )


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    def __init__(self, version: str) -> None:
        self._version = version
        self._session = configuration.Session({})

    # --- the provider itself ---

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self._version)

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema=package_schema(self._version))

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse()

    @_plain_errors
    def Configure(self, request: Any, context: Any) -> Any:
        variables = values.read(request.args) if request.HasField("args") else {}
        known_variables = {name: value for name, value in variables.items() if not values.has_unknown(value)}
        # A preview can't check a value that it doesn't know yet; the update does.
        is_complete = len(known_variables) == len(variables)
        configured = configuration.read(known_variables)
        if is_complete:
            configuration.refuse_foreign_endpoints(configured)
        self._session = configuration.Session(configured)
        if is_complete:
            self._session.identify()
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True, acceptResources=False)

    # --- functions ---

    @_plain_errors
    def Invoke(self, request: Any, context: Any) -> Any:
        arguments = values.read(request.args)
        return provider_pb2.InvokeResponse(
            **{"return": values.write(functions.call(self._session, request.tok, arguments))}
        )

    # --- resources ---

    @_plain_errors
    def Check(self, request: Any, context: Any) -> Any:
        token = _token(request.urn)
        type_schema = schema.of(token, RECORDS)
        if type_schema is None:
            raise Refused(f"pulumi_aws {self._version} has no resource type {token}.")
        news, olds = values.read(request.news), values.read(request.olds)
        failures = inputs.failures(token, type_schema, news)
        checked = inputs.completed(RECORDS.get(token), type_schema, news, olds, request, self._session.default_tags)
        return provider_pb2.CheckResponse(
            inputs=values.write(checked),
            failures=[provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failures],
        )

    @_plain_errors
    def Diff(self, request: Any, context: Any) -> Any:
        token = _token(request.urn)
        state, news = values.read(request.olds), values.read(request.news)
        record = RECORDS.get(token) or _previewed_only(token)
        names = _inputs_of(token)
        news = inputs.with_defaults(record, news, self._session.default_tags)
        ignored = inputs.ignored_properties(request.ignoreChanges, names)
        all_changes = changes(record, state, news, names)
        changed = {path: kind for path, kind in all_changes.items() if _root(path) not in ignored}
        roots = {_root(path) for path in changed}
        replaces = sorted(roots & _replaced_by(record))
        if not replaces and record.update is None and token in RECORDS:
            replaces = sorted(changed)
        return provider_pb2.DiffResponse(
            changes=_DIFF_SOME if changed else _DIFF_NONE,
            replaces=replaces,
            diffs=sorted(roots),
            detailedDiff={path: _property_diff(record, path, kind) for path, kind in changed.items()},
            hasDetailedDiff=True,
            # As in the bridged provider: only a name from the program still belongs to the old resource. Types without
            # such a name are created first, even where AWS then refuses the second (a delegated administrator).
            deleteBeforeReplace=bool(replaces) and inputs.is_named_by_program(record, news),
        )

    @_plain_errors
    def Create(self, request: Any, context: Any) -> Any:
        token, news = _token(request.urn), values.read(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(id="", properties=values.write(_previewed(token, news)))
        record, aws = _record(token), self._session.in_region(news.get("region"))
        try:
            id_ = record.create(aws, news)
        except PartlyCreated as error:
            self._report_partly_created(record, news, error, context)
            raise
        state = record.read(aws, id_, news)
        if state is None:
            raise Refused(f"{token} {id_} was created, and AWS does not know it when it is read back.")
        return provider_pb2.CreateResponse(id=id_, properties=values.write(self._state(token, news, state)))

    def _report_partly_created(
        self, record: ResourceType, news: Properties, error: PartlyCreated, context: Any
    ) -> None:
        """Lets the engine keep what was created: the next up continues, and a destroy deletes it."""
        state = record.read(self._session.in_region(news.get("region")), error.id_, news) or {}
        init_failed = provider_pb2.ErrorResourceInitFailed(
            id=error.id_,
            properties=values.write(self._state(record.token, news, state)),
            inputs=values.write(news),
            reasons=[_sentence(error.cause)],
        )
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=_sentence(error.cause))
        status.details.add().Pack(init_failed)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, _sentence(error.cause))

    def _state(self, token: str, news: Properties, read: Properties) -> Properties:
        """The inputs, overwritten by what AWS answers. A resource whose type has a Region and that names none is in
        the provider's Region."""
        state = {**inputs.without_defaults_list(news), **read}
        if "region" in _inputs_of(token):
            state["region"] = state.get("region") or self._session.region
        if isinstance(state.get("tags"), dict):
            state["tags"] = self._without_default_tags(state["tags"], news.get("tags") or {})
        return state

    def _without_default_tags(self, tags: dict[str, str], of_program: dict[str, str]) -> dict[str, str]:
        """Only tagsAll has the provider's default tags, unless the program gives the same to the resource."""
        defaults = self._session.default_tags
        return {key: value for key, value in tags.items() if key in of_program or defaults.get(key) != value}

    @_plain_errors
    def Read(self, request: Any, context: Any) -> Any:
        record = _record(_token(request.urn))
        before = values.read(request.properties)  # empty for an import
        id_, region = (request.id, before.get("region")) if before else _imported(request.id)
        answer = record.read(self._session.in_region(region), id_, before)
        if answer is None:
            return provider_pb2.ReadResponse(id="")
        state = self._state(record.token, {**before, "region": region} if region else before, answer)
        if before:
            new_inputs = inputs.refreshed(values.read(request.inputs), state)
        else:
            new_inputs = inputs.imported(record, state, _inputs_of(record.token))
        return provider_pb2.ReadResponse(id=id_, properties=values.write(state), inputs=values.write(new_inputs))

    @_plain_errors
    def Update(self, request: Any, context: Any) -> Any:
        token = _token(request.urn)
        state, news = values.read(request.olds), values.read(request.news)
        record = RECORDS.get(token) or _previewed_only(token)
        # An ignored property keeps its value when another one changes.
        ignored = inputs.ignored_properties(request.ignoreChanges, _inputs_of(token))
        news = {name: value for name, value in news.items() if name not in ignored}
        news.update({name: state[name] for name in ignored & state.keys()})
        if request.preview:
            return provider_pb2.UpdateResponse(properties=values.write(_previewed_update(record, state, news)))
        record = _record(token)
        if record.update is None:
            raise Refused(f"{token} can't be changed in place: every change replaces it.")
        aws = self._session.in_region(state.get("region"))
        record.update(aws, request.id, state, news)
        after = record.read(aws, request.id, news)
        if after is None:
            raise Refused(f"{token} {request.id} is gone: run pulumi refresh, then pulumi up.")
        return provider_pb2.UpdateResponse(properties=values.write(self._state(token, news, after)))

    @_plain_errors
    def Delete(self, request: Any, context: Any) -> Any:
        record, state = _record(_token(request.urn)), values.read(request.properties)
        try:
            record.delete(self._session.in_region(state.get("region")), request.id, state)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("NoSuchEntity", "ResourceNotFoundException"):
                raise
        return empty_pb2.Empty()


def _token(urn: str) -> str:
    """A URN's last type: urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME."""
    return urn.split("::")[2].rpartition("$")[2]


def _root(path: str) -> str:
    """The property's name."""
    return path.split("[")[0].split(".")[0]


def _inputs_of(token: str) -> frozenset[str]:
    type_schema = schema.of(token, RECORDS)
    return type_schema.inputs if type_schema is not None else frozenset()


def _replaced_by(record: ResourceType) -> frozenset[str]:
    """The inputs whose change replaces the resource."""
    return record.replaces | {"region"}


def _property_diff(record: ResourceType, path: str, kind: str) -> Any:
    suffix = "-replace" if _root(path) in _replaced_by(record) else ""
    return provider_pb2.PropertyDiff(kind=_DIFF_KINDS[kind + suffix])


def _imported(id_: str) -> tuple[str, str | None]:
    """An import's id may end in @REGION."""
    match = _IN_REGION.fullmatch(id_)
    return (match[1], match[2]) if match else (id_, None)


def _record(token: str) -> ResourceType:
    if token not in RECORDS:
        raise Refused(
            f"The sandbox's aws provider previews {token} and can't make it: add a record to the file of its service "
            "in sandbox/provider/types/."
        )
    return RECORDS[token]


def _previewed_only(token: str) -> ResourceType:
    def refuse(*arguments: Any) -> Any:
        return _record(token)

    # Without a record nothing says which inputs AWS fills in: every one that the program leaves out counts as computed.
    return ResourceType(token=token, create=refuse, read=refuse, delete=refuse, computed=_inputs_of(token))


def _previewed(token: str, news: Properties) -> Properties:
    type_schema = schema.of(token, RECORDS)
    assert type_schema is not None
    return {**dict.fromkeys(type_schema.always, UNKNOWN), **inputs.without_defaults_list(news)}


def _previewed_update(record: ResourceType, state: Properties, news: Properties) -> Properties:
    """The new inputs, over those properties of the old state that an update without them keeps."""
    removable = _inputs_of(record.token) - record.computed
    lasting = {name: value for name, value in state.items() if name not in removable}
    return inputs.without_defaults_list({**lasting, **news})
