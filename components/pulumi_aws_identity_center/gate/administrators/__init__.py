"""Does an administrator of the management account and of Identity Center remain? Judged as the provider of AccessMatrix
and `identity-center matrix --diff` judge it (`matrix/last_administrator.py`), with no more than the plan tells.

`grants.py`: who has which permission set in which account, before the plan and after it. `permission_sets.py`: what
each permission set lets its holders do, before and after. `administering_accounts.py`: which account is the management
account. `last_administrator.py`: what is lost, and the finding.
"""
