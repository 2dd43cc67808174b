"""IAM's policy evaluation, pure: no AWS call, nothing but the standard library.

    document = parse_document(text_or_mapping)            # raises MalformedDocument: what is wrong, and where
    request = Request("organizations:DisableAWSServiceAccess", context={"organizations:ServicePrincipal": "..."},
                      unknown_keys=frozenset({"aws:MultiFactorAuthPresent"}))
    decision = evaluate(request, identity=[document, ...], boundary=None, session=None, scps=(),
                        resource_policies=(), resource_must_allow=False)
    decision.verdict     # Verdict.ALLOWED, DENIED, or UNDETERMINED
    decision.by          # the statements that decided; decision.conditions: theirs; decision.unknown: keys in doubt

A `Request`'s context maps condition keys to a text or a sequence of texts; an empty sequence is a key that is
certainly absent. `unknown_keys` are those that may have any value or none; "*" stands for every key not in the context.
`resource_is_shape=True` says that the resource's wildcards stand for what isn't known. Unknown keys, operators and
variables make a verdict UNDETERMINED only where it depends on them: any other verdict holds for every completion.

`grants_lock_out(document) -> Grant | None` is for rules that see a document and not who will have it: `Grant.action`,
`Grant.statement` (`.sid`), `Grant.certain` (False: only under conditions that the document doesn't settle).

`certainly_denies(document, request)` is the part of `evaluate` that a denial alone decides, in a third of the time.

Parse a document once and ask it often: it remembers which of its statements concern an action.
"""

from .document import (
    ALLOW_ALL,
    Condition,
    Document,
    MalformedDocument,
    RepeatedKey,
    Statement,
    parse_document,
    read_json,
    readable_document,
)
from .evaluation import Decision, Verdict, certainly_denies, evaluate
from .lock_out import LOCK_OUT, LOCK_OUT_ACTIONS, LOCK_OUT_BY_KEY, Grant, grants_lock_out, lock_out_request
from .request import EVERY_OTHER_KEY, Request, caller_names

__all__ = [
    "ALLOW_ALL",
    "EVERY_OTHER_KEY",
    "LOCK_OUT",
    "LOCK_OUT_ACTIONS",
    "LOCK_OUT_BY_KEY",
    "Condition",
    "Decision",
    "Document",
    "Grant",
    "MalformedDocument",
    "RepeatedKey",
    "Request",
    "Statement",
    "Verdict",
    "caller_names",
    "certainly_denies",
    "evaluate",
    "grants_lock_out",
    "lock_out_request",
    "parse_document",
    "read_json",
    "readable_document",
]
