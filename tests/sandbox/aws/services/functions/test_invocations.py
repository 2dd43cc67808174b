"""Functions: their code runs in a process of its own, with its role's permissions, and is tried again when it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.aws.deployed import ACCOUNT, allow, zipped

ECHO = "def handle(event, context): return event"
ENVIRONMENT = "import os\ndef handle(event, context): return {name: os.environ.get(name) for name in event}"
LIST_TRUSTED = """
import boto3
client = boto3.client("organizations")
def handle(event, context):
    return client.list_aws_service_access_for_organization()["EnabledServicePrincipals"][0]["ServicePrincipal"]
"""
COUNT = "count = 0\ndef handle(event, context):\n    global count\n    count += 1\n    return count"
FAIL = "def handle(event, context): raise ValueError('no luck with ' + event['id'])"
LETTERS = f"arn:aws:sqs:us-east-1:{ACCOUNT}:letters"


def test_a_function_returns_what_its_handler_returns(aws: Callable, deploy: Callable) -> None:
    assert deploy(aws(), ECHO).invoke({"a": [1, "ä"]}) == ({"a": [1, "ä"]}, "")


def test_a_process_serves_many_events_until_its_function_changes(aws: Callable, deploy: Callable) -> None:
    function = deploy(aws(), COUNT)
    assert [function.invoke()[0] for _ in range(3)] == [1, 2, 3]
    client = function.aws.client("lambda")
    client.update_function_configuration(FunctionName=function.name, Environment={"Variables": {"A": "1"}})
    assert function.invoke()[0] == 1
    client.update_function_code(FunctionName=function.name, ZipFile=zipped(ECHO))
    assert function.invoke("new")[0] == "new"


def test_a_function_sees_lambdas_environment_and_nothing_of_ours(
    aws: Callable, deploy: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME_OF_THE_CALLER", "here")
    function = deploy(aws(), ENVIRONMENT, Environment={"Variables": {"OWN": "1"}})
    names = ["OWN", "AWS_LAMBDA_FUNCTION_NAME", "AWS_REGION", "HOME_OF_THE_CALLER"]
    assert function.invoke(names)[0] == dict(zip(names, ("1", "function", "us-east-1", None), strict=True))


def test_a_functions_role_is_enforced_where_iam_is_not(aws: Callable, deploy: Callable) -> None:
    cloud = aws()
    answer, error = deploy(cloud, LIST_TRUSTED).invoke()
    assert error == "Unhandled"
    assert "not authorized to perform: organizations:ListAWSServiceAccessForOrganization" in answer["errorMessage"]
    allowed = allow("organizations:ListAWSServiceAccessForOrganization")
    assert deploy(cloud, LIST_TRUSTED, allowed, name="other").invoke() == ("sso.amazonaws.com", "")


def test_a_functions_calls_are_its_roles_in_log_and_trail(aws: Callable, deploy: Callable) -> None:
    function = deploy(aws(), LIST_TRUSTED, allow("organizations:*"))
    function.invoke()
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/function/function"
    assert [call["operation"] for call in function.aws.calls if call["principal"] == arn] == [
        "ListAWSServiceAccessForOrganization"
    ]
    assert any(record["userIdentity"].get("arn") == arn for record in function.aws.trail)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("def handle(event, context): raise ValueError('no')", "no"),
        ("import nothing_such", "No module named 'nothing_such'"),
        ("import os\ndef handle(event, context): os._exit(3)", "exit status 3"),
        ("def other(): pass", "Handler 'handle' missing on module 'handler'"),
    ],
)
def test_a_failure_is_told_with_its_reason(aws: Callable, deploy: Callable, code: str, text: str) -> None:
    answer, error = deploy(aws(), code).invoke()
    assert error == "Unhandled"
    assert text in answer["errorMessage"]


def test_a_function_that_times_out_is_ended(aws: Callable, deploy: Callable) -> None:
    code = "import time\ndef handle(event, context):\n    while event: time.sleep(0.01)\n    return 'done'"
    function = deploy(aws(), code, Timeout=1)
    answer, error = function.invoke([1])
    assert (answer["errorType"], error) == ("Sandbox.Timedout", "Unhandled")
    assert answer["errorMessage"] == "Task timed out after 1.00 seconds"
    assert function.invoke([]) == ("done", "")


def test_a_role_that_does_not_trust_lambda_is_refused(aws: Callable, code: Callable) -> None:
    cloud = aws()
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = cloud.client("iam").create_role(RoleName="wrong", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        cloud.client("lambda").create_function(
            FunctionName="f", Role=role, Runtime="python3.13", Handler="h.h", Code={"ZipFile": zipped(ECHO)}
        )


def test_what_a_function_prints_is_in_its_log_group(aws: Callable, deploy: Callable) -> None:
    function = deploy(aws(), "def handle(event, context): print('said', event)")
    function.invoke("this")
    log = function.log()
    assert "said this" in log
    assert log[0].startswith("START RequestId: ")
    assert any(line.startswith("REPORT RequestId: ") for line in log)


def test_a_role_that_may_not_log_leaves_no_log(aws: Callable, deploy: Callable) -> None:
    function = deploy(aws(), "def handle(event, context): print('said')")
    function.aws.client("iam").delete_role_policy(RoleName="function", PolicyName="own")
    assert function.invoke() == (None, "")
    assert function.log() == []


def _later(function: object, event: object) -> None:
    assert function.invoke(event, InvocationType="Event") == (None, "")  # type: ignore[attr-defined]
    assert function.aws.settle()  # type: ignore[attr-defined]


def test_a_failed_event_is_tried_twice_more_and_then_kept(
    aws: Callable, deploy: Callable, queue: Callable, messages: Callable
) -> None:
    cloud = aws()
    url = queue(cloud, "letters")
    may_send = allow("sqs:SendMessage", resource=LETTERS)
    function = deploy(cloud, FAIL, may_send, DeadLetterConfig={"TargetArn": LETTERS})
    _later(function, {"id": "x"})
    for wait, tries in ((59, 1), (1, 2), (119, 2), (1, 3)):
        cloud.move_clock(wait)
        assert cloud.settle()
        assert sum(line.startswith("START") for line in function.log()) == tries
    [(body, attributes)] = messages(cloud, url)
    assert body == {"id": "x"}
    assert "no luck with x" in attributes["ErrorMessage"]


def test_a_failure_destination_gets_the_event_with_its_story(
    aws: Callable, deploy: Callable, queue: Callable, messages: Callable
) -> None:
    cloud = aws()
    url = queue(cloud, "letters")
    function = deploy(cloud, FAIL, allow("sqs:SendMessage", resource=LETTERS))
    cloud.client("lambda").put_function_event_invoke_config(
        FunctionName="function", MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": LETTERS}}
    )
    _later(function, {"id": "x"})
    [(body, _)] = messages(cloud, url)
    assert body["requestPayload"] == {"id": "x"}
    assert body["requestContext"]["condition"] == "RetriesExhausted"
    assert body["responsePayload"]["errorType"] == "ValueError"


def test_an_event_that_grows_too_old_is_given_up(
    aws: Callable, deploy: Callable, queue: Callable, messages: Callable
) -> None:
    cloud = aws()
    url = queue(cloud, "letters")
    function = deploy(cloud, FAIL, allow("sqs:SendMessage", resource=LETTERS), DeadLetterConfig={"TargetArn": LETTERS})
    cloud.client("lambda").put_function_event_invoke_config(FunctionName="function", MaximumEventAgeInSeconds=100)
    _later(function, {"id": "x"})
    cloud.move_clock(60)
    assert cloud.settle()
    assert len(messages(cloud, url)) == 1


def test_an_event_that_may_not_be_sent_is_counted(
    aws: Callable, deploy: Callable, queue: Callable, messages: Callable
) -> None:
    cloud = aws()
    url = queue(cloud, "letters")
    function = deploy(cloud, FAIL, DeadLetterConfig={"TargetArn": LETTERS})
    cloud.client("lambda").put_function_event_invoke_config(FunctionName="function", MaximumRetryAttempts=0)
    _later(function, {"id": "x"})
    assert messages(cloud, url) == []
    metrics = {row["MetricName"] for row in cloud.client("cloudwatch").list_metrics(Namespace="AWS/Lambda")["Metrics"]}
    assert {"Errors", "AsyncEventsDropped", "DeadLetterErrors"} <= metrics


def test_reserved_concurrency_lets_one_event_wait_for_the_other(aws: Callable, deploy: Callable) -> None:
    function = deploy(aws(), COUNT)
    function.aws.client("lambda").put_function_concurrency(FunctionName="function", ReservedConcurrentExecutions=1)
    for _ in range(5):
        function.invoke(InvocationType="Event")
    assert function.aws.settle()
    assert function.invoke()[0] == 6


def test_a_function_may_call_another(aws: Callable, deploy: Callable) -> None:
    cloud = aws()
    inner = deploy(cloud, ECHO, name="inner")
    call = "import boto3, json\ndef handle(event, context):\n    answer = boto3.client('lambda').invoke("
    call += "FunctionName='inner', Payload=json.dumps(event))\n    return json.loads(answer['Payload'].read())"
    outer = deploy(cloud, call, allow("lambda:InvokeFunction", resource=inner.arn), name="outer")
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda number: outer.invoke(number)[0], range(3))) == [0, 1, 2]


def test_in_a_small_account_nothing_can_be_reserved(aws: Callable, deploy: Callable, tmp_path: object) -> None:
    seed = tmp_path / "small.yaml"  # type: ignore[operator]
    seed.write_text("organization: {feature_set: ALL}\nquotas: {lambda_concurrent_executions: 10}\n")
    function = deploy(aws(seed), ECHO)
    client = function.aws.client("lambda")
    assert client.get_account_settings()["AccountLimit"]["ConcurrentExecutions"] == 10
    with pytest.raises(ClientError, match=r"below its minimum value of \[10\]"):
        client.put_function_concurrency(FunctionName="function", ReservedConcurrentExecutions=1)
