"""Calls to AWS: the only room that imports botocore. A call's result is an `Answer` (`results.py`).

`client.py` is for `status`, `recover` and the components, `reader.py` for the matrix commands, and `provider_client.py`
for the resource provider. `rates.py` keeps all of them within AWS's request rates.
"""
