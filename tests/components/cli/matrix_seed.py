"""An organization with units, inactive accounts, groups and users for the commands `matrix` and `import-matrix`."""

from __future__ import annotations

SEED = """
organization: {feature_set: ALL}
accounts:
  - {id: "222233334444", name: log-archive, unit: Security}
  - {id: "333344445555", name: security, unit: Security}
  - {id: "444455556666", name: prod-web, unit: Workloads/Prod}
  - {id: "555566667777", name: prod-data, unit: Workloads/Prod}
  - {id: "666677778888", name: test-web, unit: Workloads/Test}
  - {id: "777788889999", name: old, unit: Workloads, state: SUSPENDED}
trusted_services: [sso.amazonaws.com]
identity_center:
  region: us-east-1
  users: [{name: jane}, {name: omar}]
  groups: [{name: Platform, members: [jane]}, {name: Developers, members: [omar]}]
  permission_sets:
    - {name: Administrator, managed_policies: ["arn:aws:iam::aws:policy/AdministratorAccess"]}
    - {name: ReadOnly, description: Look, session_duration: PT8H, tags: {owner: platform},
       managed_policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"], customer_managed_policies: [Ours],
       inline_policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}'}
  assignments:
    - {permission_set: Administrator, group: Platform,
       accounts: ["111122223333", "222233334444", "333344445555", "444455556666", "555566667777", "666677778888"]}
    - {permission_set: ReadOnly, group: Developers, accounts: ["444455556666", "555566667777"]}
    - {permission_set: ReadOnly, user: omar, accounts: ["222233334444"]}
"""
