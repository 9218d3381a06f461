"""How do the property tests choose their cases?

Ordinary runs are the same every time, so that a red test is never luck. `make fuzz` sets LIFT_FUZZ_CASES and looks
at fresh cases instead; a failure then prints the line that brings it back.
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
