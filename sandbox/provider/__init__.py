"""The stand-in `aws` resource provider: Pulumi's provider protocol over gRPC, botocore behind it, loopback only.

`python -m sandbox.provider` is what the engine starts (`serving.py`). `servicer.py` speaks the protocol; `types/` has
one small record a resource type; `functions.py` the data sources; `schema.py` has every name from the installed
pulumi_aws.
"""
