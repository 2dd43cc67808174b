"""`python -m pulumi_aws_identity_center`: the command `identity-center`."""

from .cli import main

if __name__ == "__main__":
    main()
