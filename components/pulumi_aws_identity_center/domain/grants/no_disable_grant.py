"""no-disable-grant: who is given an action that locks everybody out, and does that happen in the management account?

IAM's own evaluation judges each document by itself. Whether a boundary or a second policy takes the permission away
again depends on who has it, and is `who-can-disable`'s to tell. The actions do no harm from a member account (API
references of DisableAWSServiceAccess, DeleteOrganization and DeleteInstance), but for the delegated administrator's,
which is not judged (singlesignon/latest/userguide/delegated-admin-how-to-register.html).

`violations()` judges a whole stack. `violations_of_resource()` is the part that a resource tells by itself, which an
update can refuse before it creates the resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pulumi_aws_identity_center.domain.accounts_of_resources import (
    MANAGEMENT_TYPES,
    PROVIDER_TYPES,
    AccountsOfResources,
)
from pulumi_aws_identity_center.domain.declared import (
    ACCOUNT_CONFIG,
    OWNERS_CONFIG,
    UNKNOWN,
    Config,
    Declared,
    Schemas,
    Stack,
    is_partly_unknown,
)
from pulumi_aws_identity_center.domain.violation import Fix, Level, Violation, known_later, short_name
from pulumi_aws_identity_center.errors import first_of
from pulumi_aws_identity_center.iam.ternary import Truth

from . import cloudformation
from .attachments import Attachments, unknown_policies
from .carried import GRANTING_TYPES, Kind, flows
from .documents import LockOutGrant, Problem, judge_document, judge_managed_policy
from .exceptions import Exceptions
from .operator_own import is_own
from .permission_sets import ASSIGNMENT_TYPES, SET_TYPES, PermissionSets, is_of_permission_set
from .receivers import receiver_arns

JUDGED_TYPES = GRANTING_TYPES | cloudformation.TYPES
# What tells where the judged resources are used.
CONTEXT_TYPES = MANAGEMENT_TYPES | PROVIDER_TYPES | SET_TYPES | ASSIGNMENT_TYPES
CONFIG: Schemas = {
    **ACCOUNT_CONFIG,
    **OWNERS_CONFIG,
    "allowed": {
        "type": "array",
        "default": [],
        "items": {
            "type": "object",
            "properties": {
                "pattern": {"type": "string", "minLength": 1},
                "account": ACCOUNT_CONFIG["managementAccountId"],
                "reason": {"type": "string", "minLength": 1},
            },
            "required": ["pattern", "reason"],
            "additionalProperties": False,
        },
    },
}
_EFFECT = "Whoever has it can lock everybody out of AWS."
_DOCUMENT_FIX = Fix(
    python='narrow it, append guard_document()["Statement"], or name an exception.',
    typescript="narrow it, append `identity-center document guard`, or name an exception.",
    yaml="narrow it, append `identity-center document guard`, or name an exception.",
    hcl="narrow it, append `identity-center document guard`, or name an exception.",
)
_MALFORMED_EFFECT = "IAM refuses it; what it grants can't be told."
_MALFORMED_FIX = Fix("write a JSON policy document.")
_POLICY_FIX = Fix("attach a narrower policy, or name an exception: {pattern, account, reason}.")
_MAX_NAMES = 2


def violations(stack: Stack, config: Config) -> Iterator[Violation]:
    """Everything that the stack tells, each problem once."""
    context = _Context(stack, config)
    unjudged: dict[str, Declared] = {}
    for resource in stack.resources:
        is_in_management = resource.type in JUDGED_TYPES and context.is_in_management(resource)
        if is_in_management is False:
            continue
        for grant in context.grants(resource):
            if is_in_management:
                yield _violation(grant)
            elif grant.problem.is_known:
                yield _elsewhere_perhaps(grant)
            else:
                unjudged[resource.urn] = resource
    if unjudged:
        yield _unjudged(list(unjudged.values()))


def violations_of_resource(resource: Declared, config: Config, stack: Stack) -> Iterator[Violation]:
    """What this resource alone tells: it is in the management account, and what it carries grants a lock-out action.
    stack: which one it is; its resources are not looked at."""
    if is_partly_unknown(resource.provider):
        return  # its account may be one that the stack creates
    context = _Context(stack.having([resource]), config)
    if context.is_in_management(resource):
        yield from map(_violation, context.direct_grants(resource))


class _Context:
    """What a stack tells of accounts, permission sets and exceptions."""

    def __init__(self, stack: Stack, config: Config) -> None:
        resources = stack.resources
        is_owner = stack.is_among(config.get("ownerStacks") or ())
        self._accounts = AccountsOfResources(
            resources, config.get("managementAccountId") or "", owns_organization=is_owner
        )
        self._sets = PermissionSets(resources, self._accounts)
        allowed = config.get("allowed") or ()
        self._exceptions = Exceptions(allowed, self._accounts, self._sets, is_owner=is_owner)
        self._attachments = Attachments(resources, self._exceptions)

    def is_in_management(self, resource: Declared) -> Truth:
        if is_of_permission_set(resource):
            return self._sets.is_in_management(resource)
        return self._accounts.is_management(resource)

    def grants(self, resource: Declared) -> Iterator[LockOutGrant]:
        """Everything that it gives to a receiver who is no exception."""
        yield from self.direct_grants(resource)
        yield from self._attachments.grants_to_others(resource)
        if not self._exceptions.excuse(resource):
            yield from unknown_policies(resource)

    def direct_grants(self, resource: Declared) -> Iterator[LockOutGrant]:
        """By a document, or by a managed policy that is known by its name."""
        if resource.type not in cloudformation.TYPES:
            yield from self._carried(resource, resource, "")
            return
        for where, inner in cloudformation.nested(resource):
            if inner is None:
                yield LockOutGrant(resource, resource, Kind.DOCUMENT, where, Problem("", is_known=False))
            else:
                yield from self._carried(resource, inner, where)

    def _carried(self, resource: Declared, inner: Declared, prefix: str) -> Iterator[LockOutGrant]:
        if is_own(inner):
            return
        is_excused = self._exceptions.excuse(inner)
        if is_excused:
            return
        receivers = receiver_arns(inner, self._accounts.account_id(resource))
        for kind, where, value in flows(inner):
            # The policies of a template's resources are in no other resource.
            is_document = kind is Kind.DOCUMENT or (value is UNKNOWN and inner is not resource)
            problem = judge_document(value, receivers) if is_document else judge_managed_policy(value)
            if problem is None:
                continue
            if is_excused is None:
                problem = Problem("who receives it isn't known", is_known=False)
            yield LockOutGrant(resource, inner, kind, f"{prefix}{where}", problem)


def _violation(grant: LockOutGrant) -> Violation:
    subject, problem = f"{short_name(grant.resource.name)}: its {grant.where}", grant.problem
    if not problem.is_known and cloudformation.is_known(grant.resource):
        sentence = f"{subject} can't be judged: a function or macro decides."
        return Violation(sentence, resource=grant.resource, level=Level.ADVISORY)
    if not problem.is_known:
        return known_later(subject, grant.resource, detail=f" ({problem.text})" if problem.text else "")
    sentence = f"{subject} {problem.text}."
    if not problem.is_document:
        return Violation(sentence, _MALFORMED_EFFECT, _MALFORMED_FIX, grant.resource)
    fix = _DOCUMENT_FIX if grant.kind is Kind.DOCUMENT else _POLICY_FIX
    return Violation(sentence, _EFFECT, fix, grant.resource)


def _elsewhere_perhaps(grant: LockOutGrant) -> Violation:
    """One line: only in the management account would it matter, and the program doesn't say where this is."""
    problem = f"Is {short_name(grant.resource.name)} in the management account? Its {grant.where} {grant.problem.text}."
    return Violation(problem, resource=grant.resource, level=Level.ADVISORY)


def _unjudged(resources: Sequence[Declared]) -> Violation:
    names = first_of([short_name(resource.name) for resource in resources], _MAX_NAMES)
    return Violation(f"Not judged, since their policies aren't known yet: {names}.", level=Level.ADVISORY)
