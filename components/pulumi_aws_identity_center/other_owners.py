"""Who else owns the switch: an Organization's authoritative list that lacks a trusted service turns it off at its next
update or refresh, whatever `TrustedAccess` says.

In the same stack that is refused: `watch()` looks at every Organization that the program declares, before or after
the component. An owner elsewhere can't be read, since AWS keeps no record of whose list it is; what it has done can:
`live_note()` judges AWS's own list. What neither sees: an Organization inside a remote component (the policy pack
does: `trusted-access-single-owner`), and a list elsewhere that has not struck yet.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from .constants import ORGANIZATION_TYPE, SSO_SERVICE_PRINCIPAL
from .edge import plain_errors
from .errors import NotPossibleHere
from .organization_list import FIX, PROPERTY, ignores_list, problem_with_list

_PYTHON_NAME = "aws_service_access_principals"


class _Watch:
    """One program's: the organizations it declares, and the services whose trusted access it declares."""

    def __init__(self) -> None:
        self.lists: dict[str, Any] = {}
        self.trusted: dict[str, str] = {}

    def __call__(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        ignored = [PROPERTY if name == _PYTHON_NAME else name for name in args.opts.ignore_changes or []]
        # With an id or a URN it is only read, and owns nothing.
        if args.type_ != ORGANIZATION_TYPE or args.opts.id or args.opts.urn or ignores_list(ignored):
            return None
        name = PROPERTY if PROPERTY in args.props else _PYTHON_NAME
        listed = args.props.get(name)
        self.check(args.name, listed)
        if not _pending(listed):
            return None
        # A list of Outputs is judged when it is known and before the organization is registered; it passes unchanged.
        checked = pulumi.Output.from_input(listed).apply(lambda known: self.check(args.name, known))
        return pulumi.ResourceTransformationResult({**args.props, name: checked}, args.opts)

    def check(self, organization: str, listed: Any) -> Any:
        """The list, unless it lacks a service that this program trusts."""
        self.lists[organization] = listed
        with plain_errors():
            self.refuse()
        return listed

    def refuse(self) -> None:
        """Raises NotPossibleHere for a list that would turn off what this program trusts."""
        for organization, listed in self.lists.items():
            for component, principal in self.trusted.items():
                problem = problem_for(listed, principal)
                if problem is not None:
                    raise NotPossibleHere(
                        f"TrustedAccess {component} and Organization {organization} of this stack own the same switch, "
                        f"and the organization would turn {principal} off at its next update or refresh: {problem}"
                    )


def watch() -> _Watch | None:
    """The running program's watch, set up when first asked for; None outside of a program.

    A transformation in this process, of which the engine knows nothing: it costs no call a resource.
    """
    root = pulumi.runtime.get_root_resource()
    if root is None:
        return None
    for transformation in root._transformations or []:
        if isinstance(transformation, _Watch):
            return transformation
    made = _Watch()
    pulumi.runtime.register_stack_transformation(made)
    return made


def trust(component: str, principal: Any) -> None:
    """Notes that this program trusts a service. Raises NotPossibleHere if one of its organizations would end that."""
    found = watch()
    if found is not None and isinstance(principal, str):
        found.trusted[component] = principal
        found.refuse()


def problem_for(listed: Any, principal: str) -> str | None:
    """A sentence with the fix, or None for a list that keeps the service (or that can't be known yet)."""
    if _pending(listed):
        return None
    if principal == SSO_SERVICE_PRINCIPAL:
        return problem_with_list({PROPERTY: listed}, [])
    if isinstance(listed, Sequence) and principal in listed:
        return None
    return f"its {PROPERTY} lacks {principal}. {FIX.replace(SSO_SERVICE_PRINCIPAL, principal)}"


def _pending(listed: Any) -> bool:
    if isinstance(listed, pulumi.Output):
        return True
    return isinstance(listed, Sequence) and any(isinstance(item, pulumi.Output) for item in listed)


def live_note(principal: str, since: str | None, rows: Sequence[Mapping[str, Any]]) -> str | None:
    """What AWS's list of trusted services says of other owners; None if nothing speaks for one.

    since: the date in this stack's state; None if it has no such resource yet.
    """
    dates = {row.get("ServicePrincipal"): row.get("DateEnabled") for row in rows}
    others = sorted(str(name) for name in dates if name != principal)
    if principal not in dates:
        if since is not None:
            return (
                f"{principal} has no trusted access now, though this stack's state has it on since {since}: another "
                f"owner turned it off. {_WHO} Turn it on again with pulumi up --refresh. {_ELSEWHERE}"
            )
        if others:
            return (
                f"{principal} has no trusted access yet, while {', '.join(others)} have. If a program elsewhere owns "
                f"that list, its next update or refresh turns off again what this stack turns on. {_ELSEWHERE}"
            )
        return None
    recorded, enabled = _moment(since), dates[principal]
    if recorded and isinstance(enabled, datetime.datetime) and (enabled - recorded).total_seconds() > 1:
        return (
            f"{principal} was turned off and on again since this stack last looked: it is on since "
            f"{enabled.isoformat()}, and the state says {since}. {_WHO} {_ELSEWHERE}"
        )
    return None


_WHO = (
    "CloudTrail's event DisableAWSServiceAccess (us-east-1, management account) names who; most often it is an "
    "aws.organizations.Organization in another stack, or Terraform's, whose list lacks it, when it is refreshed."
)
_ELSEWHERE = f"In that program, add it to {PROPERTY}, or ignore changes of {PROPERTY}."


def _moment(text: str | None) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)
