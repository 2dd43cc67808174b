"""Who in the management account can do what, by IAM: lock everybody out, enable trusted access, or stop the Sentinel.

`account.py` is the model. `saved_account.py` and `live_account.py` read it. `who_can_disable.py` is the main question.
"""
