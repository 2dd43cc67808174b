"""`identity-center status` and `recover`. `gather.py` asks AWS, `facts.py` holds the answers, `checks/` judges them."""
