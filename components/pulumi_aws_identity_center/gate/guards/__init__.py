"""The guard, by effect: what each identity is denied before a plan and after it, evaluated as IAM does.

`first_look.py`: whether a change can matter. `carriers.py`: the types that carry policies. `holdings.py`: which
resource gives which policy to whom. `planned.py`: its properties as the plan makes them. `policy_states.py`: what each
identity has before the plan and after it. `standing_policies.py`: policies that the plan leaves as they are.
`denial.py`: what a document denies, and to whom. `effect.py`: what is lost, and the findings.
"""
