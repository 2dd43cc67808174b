"""What the rule no-disable-grant decides: does a declared policy allow a lock-out action, and to whom?

`no_disable_grant.py` judges a stack; the other modules find the documents, their receivers and the exceptions.
"""
