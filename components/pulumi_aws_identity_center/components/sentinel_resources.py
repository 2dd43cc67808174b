"""The resources of Pulumi's aws package that the sentinel declares, by token, as `aws_resources.py` explains."""

# No `from __future__ import annotations`: the SDK reads these annotations as types.
import pulumi

from .aws_resources import AwsResource


def _words(names: str) -> tuple[str, ...]:
    return tuple(names.split())


class Topic(AwsResource):
    token = "aws:sns/topic:Topic"
    inputs = _words(
        "applicationFailureFeedbackRoleArn applicationSuccessFeedbackRoleArn "
        "applicationSuccessFeedbackSampleRate archivePolicy contentBasedDeduplication deliveryPolicy "
        "displayName fifoThroughputScope fifoTopic firehoseFailureFeedbackRoleArn "
        "firehoseSuccessFeedbackRoleArn firehoseSuccessFeedbackSampleRate httpFailureFeedbackRoleArn "
        "httpSuccessFeedbackRoleArn httpSuccessFeedbackSampleRate kmsMasterKeyId lambdaFailureFeedbackRoleArn "
        "lambdaSuccessFeedbackRoleArn lambdaSuccessFeedbackSampleRate maximumMessageSize name namePrefix "
        "policy region signatureVersion sqsFailureFeedbackRoleArn sqsSuccessFeedbackRoleArn "
        "sqsSuccessFeedbackSampleRate tags tracingConfig"
    )
    outputs = _words("arn beginningArchiveTime owner tagsAll")
    arn: pulumi.Output[str]


class TopicSubscription(AwsResource):
    token = "aws:sns/topicSubscription:TopicSubscription"
    inputs = _words(
        "confirmationTimeoutInMinutes deliveryPolicy endpoint endpointAutoConfirms filterPolicy "
        "filterPolicyScope protocol rawMessageDelivery redrivePolicy region replayPolicy subscriptionRoleArn "
        "topic"
    )
    outputs = _words("arn confirmationWasAuthenticated ownerId pendingConfirmation")


class Queue(AwsResource):
    token = "aws:sqs/queue:Queue"
    inputs = _words(
        "contentBasedDeduplication deduplicationScope delaySeconds fifoQueue fifoThroughputLimit "
        "kmsDataKeyReusePeriodSeconds kmsMasterKeyId maxMessageSize messageRetentionSeconds name namePrefix "
        "policy receiveWaitTimeSeconds redriveAllowPolicy redrivePolicy region sqsManagedSseEnabled tags "
        "visibilityTimeoutSeconds"
    )
    outputs = ("arn", "tagsAll", "url")
    arn: pulumi.Output[str]
    url: pulumi.Output[str]


class QueuePolicy(AwsResource):
    token = "aws:sqs/queuePolicy:QueuePolicy"
    inputs = ("policy", "queueUrl", "region")
    outputs = ()


class LogGroup(AwsResource):
    token = "aws:cloudwatch/logGroup:LogGroup"
    inputs = _words(
        "deletionProtectionEnabled kmsKeyId logGroupClass name namePrefix region retentionInDays skipDestroy tags"
    )
    outputs = ("arn", "tagsAll")
    name: pulumi.Output[str]


class Parameter(AwsResource):
    token = "aws:ssm/parameter:Parameter"
    inputs = _words(
        "allowedPattern arn dataType description insecureValue keyId name overwrite region tags tier type "
        "value valueWo valueWoVersion"
    )
    outputs = ("hasValueWo", "tagsAll", "version")
    name: pulumi.Output[str]


class RolePolicy(AwsResource):
    token = "aws:iam/rolePolicy:RolePolicy"
    inputs = _words("name namePrefix policy role")
    outputs = ()


class Function(AwsResource):
    token = "aws:lambda/function:Function"
    inputs = _words(
        "architectures capacityProviderConfig code codeSha256 codeSigningConfigArn deadLetterConfig "
        "description durableConfig environment ephemeralStorage fileSystemConfig handler imageConfig imageUri "
        "kmsKeyArn layers loggingConfig memorySize name packageType publish publishTo region "
        "replaceSecurityGroupsOnDestroy replacementSecurityGroupIds reservedConcurrentExecutions role runtime "
        "s3Bucket s3Key s3ObjectVersion skipDestroy snapStart sourceCodeHash sourceKmsKeyArn tags "
        "tenancyConfig timeout tracingConfig useResourceTimeoutForPropagation vpcConfig"
    )
    outputs = _words(
        "arn invokeArn lastModified qualifiedArn qualifiedInvokeArn responseStreamingInvokeArn signingJobArn "
        "signingProfileVersionArn sourceCodeSize tagsAll version"
    )
    arn: pulumi.Output[str]
    name: pulumi.Output[str]


class FunctionEventInvokeConfig(AwsResource):
    """What becomes of a function's asynchronous runs that fail."""

    token = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
    inputs = _words("destinationConfig functionName maximumEventAgeInSeconds maximumRetryAttempts qualifier region")
    outputs = ()


class Permission(AwsResource):
    token = "aws:lambda/permission:Permission"
    inputs = _words(
        "action eventSourceToken function functionUrlAuthType invokedViaFunctionUrl principal principalOrgId "
        "qualifier region sourceAccount sourceArn statementId statementIdPrefix"
    )
    outputs = ()


class EventRule(AwsResource):
    token = "aws:cloudwatch/eventRule:EventRule"
    inputs = _words(
        "description eventBusName eventPattern forceDestroy isEnabled name namePrefix region roleArn "
        "scheduleExpression state tags"
    )
    outputs = ("arn", "tagsAll")
    arn: pulumi.Output[str]
    name: pulumi.Output[str]


class EventTarget(AwsResource):
    token = "aws:cloudwatch/eventTarget:EventTarget"
    inputs = _words(
        "appsyncTarget arn batchTarget deadLetterConfig ecsTarget eventBusName forceDestroy httpTarget input "
        "inputPath inputTransformer kinesisTarget redshiftTarget region retryPolicy roleArn rule "
        "runCommandTargets sagemakerPipelineTarget sqsTarget targetId"
    )
    outputs = ()


class MetricAlarm(AwsResource):
    token = "aws:cloudwatch/metricAlarm:MetricAlarm"
    inputs = _words(
        "actionsEnabled alarmActions alarmDescription comparisonOperator datapointsToAlarm dimensions "
        "evaluateLowSampleCountPercentiles evaluationCriteria evaluationInterval evaluationPeriods "
        "evaluationWindow extendedStatistic insufficientDataActions metricName metricQueries name namespace "
        "okActions period region statistic tags threshold thresholdMetricId treatMissingData unit "
        "warmUpConfiguration"
    )
    outputs = ("arn", "tagsAll")
