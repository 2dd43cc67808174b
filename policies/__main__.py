"""The policy pack: the rules of `rules/`, in the order of the README's table."""

from rules.pack import build
from rules.registry import RULES

if __name__ == "__main__":
    # PolicyPack starts a server and never returns: only here is it made.
    build("aws-identity-center", RULES)
