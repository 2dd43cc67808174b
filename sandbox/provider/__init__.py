"""The stand-in `aws` resource provider: Pulumi's provider protocol over gRPC, boto3 behind it, loopback only.

`python -m sandbox.provider` is what the engine starts. `servicer.py` speaks the protocol; `types/` has one small
record a resource type; `functions.py` the data sources; `schema.py` asks the installed pulumi_aws for every name.
"""
