"""What sso-admin and identitystore keep, and what both stand on: rows with indexes, ids, pages, time.

Plain data without moto and without HTTP, so that a seed fills it in seconds and a snapshot is a pickle. The
operations are in `ssoadmin/` and `identitystore/`, each a function that bears its API name.
"""
