"""How a principal could give itself a lock-out action. `edges.py` has the table of edges, `search.py` the search.

docs/escalation.md follows one example through these files.
"""
