"""The code of the Sentinel's Lambda function: `handler.py` alone. The component is `components/sentinel.py`."""
