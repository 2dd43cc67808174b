"""The guard, by effect: what each identity is denied before a plan and after it, evaluated as IAM does.

`first_look.py`: whether a change can matter. `denial.py`: what a document denies, and to whom. `carriers.py`: which
resource gives which policy to whom. `policy_states.py`: what each identity has before the plan and after it.
`effect.py`: what is lost, and the findings.
"""
