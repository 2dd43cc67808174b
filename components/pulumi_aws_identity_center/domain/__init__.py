"""Decisions that need neither Pulumi nor AWS: pure functions over plain data, for components, gate and policy pack.

`values.py` and its neighbours check configuration. `iam_documents.py` makes the IAM documents. `grants/` judges
policies.
"""
