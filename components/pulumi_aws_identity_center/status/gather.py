"""Collects the answers that all checks evaluate, once, with parallel calls and as few as possible.

It makes eight calls in two steps if everything is healthy. It makes more if no instance is found (the other Regions,
one by one) or if trusted access is off (the account's IAM).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pulumi_aws_identity_center.aws.calls import answered
from pulumi_aws_identity_center.aws.client import Account
from pulumi_aws_identity_center.aws.concurrency import Clock, Crew, Question
from pulumi_aws_identity_center.aws.results import Answer

from .deployed_sentinel import sentinels
from .facts import Facts, Instances, Members, Row, home_region

# Regions asked at a time. sso-admin allows 20 requests a second (singlesignon/latest/userguide/limits.html).
_SEARCHERS = 8


def gather(account: Account, clock: Clock, members: Callable[[Facts], Members] | None = None) -> Facts:
    """What can be known before the clock runs out. members: looks into the accounts, once the caller is known."""
    facts = _first_answers(account, clock)
    facts = replace(facts, instances=_search(account, clock, facts))
    facts = _further_answers(account, clock, facts)
    return replace(facts, members=members(facts)) if members else facts


def _first_answers(account: Account, clock: Clock) -> Facts:
    """The six calls that depend on no other, side by side."""
    organization, trusted = Question(clock, account.organization), Question(clock, account.trusted)
    instances, caller = Question(clock, account.instances), Question(clock, account.caller)
    administrators, role = Question(clock, account.administrators), Question(clock, account.role)
    return Facts(
        account.region,
        caller.answer(),
        organization.answer(),
        trusted.answer(),
        administrators.answer(),
        Instances(instances.answer()),
        role=role.answer(),
    )


def _further_answers(account: Account, clock: Clock, facts: Facts) -> Facts:
    """What depends on the instance, and on the account that the caller is in; side by side."""
    questions: dict[str, Question[Any]] = {}
    if not facts.is_member:
        questions["sentinels"] = Question(clock, lambda: answered(lambda: sentinels(account, facts.partition)))
        if facts.is_on is False:
            questions["enablers"] = Question(clock, lambda: answered(lambda: _enablers(account)))
    instance = facts.instance
    if instance is not None:
        region = home_region(instance)
        questions["directories"] = Question(clock, lambda: account.directories(region))
        if "Status" in instance:
            facts = replace(facts, status=Answer(instance))
        else:
            questions["status"] = Question(clock, lambda: account.status(instance["InstanceArn"], region))
    answers: dict[str, Any] = {name: question.answer() for name, question in questions.items()}
    return replace(facts, **answers)


def _enablers(account: Account) -> Answer[list[str]]:
    from pulumi_aws_identity_center.access.who_can_enable import enablers

    return enablers(account.authorization_details())


def _search(account: Account, clock: Clock, facts: Facts) -> Instances:
    """The given Region's answer covers all Regions; where it has no organization instance, each Region is asked itself.

    So that a Region that doesn't know of the others, or a wrong one, is never taken for "not enabled".
    """
    first = Instances(_placed(facts.instances.answer, account.region))
    instance = Facts(account.region, organization=facts.organization, instances=first).instance
    if not first.answer.ok or instance is not None:
        return first
    others = Question(clock, lambda: Answer(_regions(account, facts.partition))).answer()
    if others.value is None:
        return Instances(others.as_error())
    regions = others.value
    crew: Crew[str, list[Row]] = Crew(clock, [account.instances] * min(_SEARCHERS, len(regions)))
    for region in regions:
        crew.add(region)
    answers = crew.answers()
    rows, silent = list(first.answer.value or ()), {}
    for region, answer in answers:
        rows += _placed(answer, region).value or ()
        if not answer.ok:
            silent[region] = answer
    return Instances(Answer(rows), tuple(regions), silent)


def _regions(account: Account, partition: str) -> list[str]:
    """The enabled Regions with Identity Center, but for the one asked already; all known ones if they can't be told."""
    others = [name for name in account.known_regions(partition) if name != account.region]
    enabled = account.enabled_regions().value or others
    return [name for name in others if name in enabled]


def _placed(answer: Answer[list[Row]], region: str) -> Answer[list[Row]]:
    """Each row with the Region that told of it, for those without PrimaryRegion."""
    if answer.value is None:
        return answer
    return Answer([{"Region": region, **row} for row in answer.value])
