"""How many examples a property is tried on. `make quick` takes fewer (tests/conftest.py has the profiles)."""

from hypothesis import settings

_PATIENT = 50  # of the profile that `make test` uses


def examples(whole: int) -> int:
    """For `@settings(max_examples=examples(120))`: all of them, or in a quicker profile its share of them."""
    return min(whole, whole * settings().max_examples // _PATIENT)
