"""What stands in for AWS, and for the parts of Pulumi that a machine may lack. Nothing here ships.

`session.py` puts the three parts together: `aws/` (the embedded AWS), `engine/` (the real `pulumi` CLI and its
Python language host) and `provider/` (the stand-in `aws` resource provider). Only tests, benchmarks and the
Makefile import this package.
"""
