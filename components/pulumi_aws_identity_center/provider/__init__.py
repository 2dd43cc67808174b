"""The real resource provider: permission sets and account assignments, through the engine's own protocol.

`servicer` answers the engine, `permission_set` and `account_assignments` are the resource types, `functions` what the
component AccessMatrix asks for, `serving` the plugin's main. What speaks to AWS is in `aws/`.
"""
