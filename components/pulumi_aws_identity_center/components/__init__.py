"""The Pulumi components, with a module for each, and `guard_stack.py`. Only this room and `provider` import pulumi.

`program.py` knows the running program. `adoption.py` and `replacements.py` keep an update from deleting resources of
the stack's state. `arguments.py` parses every argument.
"""
