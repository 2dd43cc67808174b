"""Permission sets and who has which in which account, as plain data: pure, neither pulumi nor botocore.

`access_matrix` parses what somebody wrote, `selection` says which accounts a SELECTOR stands for in an organization,
`expansion` gives the accounts of each principal and permission set.
"""
