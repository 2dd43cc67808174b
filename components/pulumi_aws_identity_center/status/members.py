"""`--members`: the service-linked role in every account of the organization, through a role in each.

It checks accounts while their list is still arriving, a bounded number at a time. An account that it doesn't reach is
marked as not reached.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable

from pulumi_aws_identity_center.aws.calls import ask
from pulumi_aws_identity_center.aws.client import VISITORS, Account
from pulumi_aws_identity_center.aws.concurrency import Clock, Crew, Question
from pulumi_aws_identity_center.aws.progress import Progress, silent
from pulumi_aws_identity_center.aws.results import Answer

from .facts import Facts, Member, Members, Row, account_state

_TRIES = 3
_REST = 0.75  # seconds


def look_into(account: Account, clock: Clock, template: str, progress: Progress = silent) -> Callable[[Facts], Members]:
    """How `gather` looks into the accounts. template: a role's ARN with {account} and perhaps {partition}."""

    def members(facts: Facts) -> Members:
        arn = template.replace("{partition}", facts.partition)
        visit = _patient(lambda id_: account.visit(arn.replace("{account}", id_)), clock)
        active: list[str] = []
        visits = itertools.count(1)

        def visit_and_count(id_: str) -> Answer[Row]:
            answer = visit(id_)
            progress("accounts", next(visits), len(active))
            return answer

        crew: Crew[str, Row] = Crew(clock, [visit_and_count] * VISITORS)
        states: dict[str, str] = {}

        def listing() -> int:
            for page in account.account_pages():
                for row in page:
                    states[row["Id"]] = account_state(row)
                    if states[row["Id"]] == "ACTIVE" and row["Id"] != facts.account:
                        active.append(row["Id"])
                        crew.add(row["Id"])
            return len(states)

        own_saml = Question(clock, account.sign_in_provider)
        listed: Answer[int] = Question(clock, lambda: ask(listing, "organizations:ListAccounts")).answer()
        answers = dict(crew.answers())
        members = [(id_, state) for id_, state in list(states.items()) if id_ != facts.account]
        visited = tuple(_member(id_, state, answers.get(id_) or clock.over()) for id_, state in members)
        return Members(listed, visited, own_saml.answer())

    return members


def _member(account: str, state: str, visit: Answer[Row]) -> Member:
    """What came of a visit; one that failed leaves both open."""
    parts = visit.value or {"role": visit, "saml": visit}
    return Member(account, state, parts["role"], parts["saml"])


def _patient(ask_about: Callable[[str], Answer[Row]], clock: Clock) -> Callable[[str], Answer[Row]]:
    """Asks again while AWS throttles, after a rest of all visitors; and twice more if AWS wasn't reached."""
    rest_ends = 0.0

    def patient(account: str) -> Answer[Row]:
        nonlocal rest_ends
        tries = 0
        while True:
            if not clock.pause(rest_ends - time.monotonic()):
                return clock.over()
            answer = ask_about(account)
            if answer.kind == "throttled":
                rest_ends = time.monotonic() + _REST
                continue
            tries += 1
            if answer.kind not in ("unreachable", "unavailable") or tries == _TRIES:
                return answer
            clock.pause(random.uniform(0, tries))

    return patient
