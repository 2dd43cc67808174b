"""The guard, by effect: what each identity is denied before a plan and after it, evaluated as IAM does.

`denial.py`: what a document denies, and to whom. `carriers.py`: which resource gives which policy to whom. `effect.py`:
the plan's effect on both, and the findings.
"""
