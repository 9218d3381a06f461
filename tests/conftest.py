"""How do the property tests choose their cases?

Ordinary runs draw from a fixed seed, and `make fuzz`, which sets LIFT_FUZZ_CASES, from a fresh one; a failure then
prints the line that brings it back. Hypothesis also mixes in constants of the project's modules that are imported, so
a test drawn from a fixed seed may meet other cases when it runs alone. Each of its cases must hold; a test that also
asks what *all* its cases came to names its seeds itself (test_engines_agree.py).
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "fuzz",
    max_examples=int(os.environ.get("LIFT_FUZZ_CASES", "100000")),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("fuzz" if "LIFT_FUZZ_CASES" in os.environ else "repeatable")
