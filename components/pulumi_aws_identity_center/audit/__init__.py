"""The truth about a live organization: `collect.py` asks AWS once, `checks.py` judges, `report.py` shows."""
