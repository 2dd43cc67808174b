"""A possible change to a principal: the ways to bring it about, and the principal's permissions after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pulumi_aws_identity_center.access.account import Account, HeldPolicy, Version
from pulumi_aws_identity_center.access.permissions import Permissions
from pulumi_aws_identity_center.iam import Document

from .calls import Way, set_default_version

Apply = Callable[[Permissions], Permissions]


@dataclass(frozen=True)
class Change:
    """name: which change it is, of which policy, group or boundary. ways: any of them brings it about. apply: the
    permissions after it. clean: whether it removes no permission; the search tries the other changes one by one."""

    name: tuple[str, str]
    ways: tuple[Way, ...]
    apply: Apply
    clean: bool = True


def add_policy(policy: HeldPolicy, document: Document) -> Apply:
    return lambda before: before.with_policy(policy, document)


def exchange(arn: str, document: Document) -> Apply:
    return lambda before: before.with_version(arn, document)


def versions_worth_having(policy: str, account: Account) -> list[tuple[int, Version]]:
    """The policy's other versions that allow something, or that can't be read, with their numbers."""
    return [(number, version) for number, version in account.other_versions(policy) if version.most.allows]


def with_other_version(
    verb: str,
    policy: str,
    versions: Iterable[tuple[int, Version]],
    give: Callable[[Document], Apply],
    ways: tuple[Way, ...] = ((),),
) -> Iterator[Change]:
    """Another version of a policy becomes the default one, before one of the ways. give: what the principal then has. A
    version that can't be read may say anything: the call that makes it the default one is in doubt."""
    for number, version in versions:
        exchange = set_default_version(policy, version)
        exchanged = tuple((exchange, *way) for way in ways)
        yield Change((f"{verb} {number}", policy), exchanged, give(version.most), clean=False)
