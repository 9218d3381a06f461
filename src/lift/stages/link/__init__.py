"""Which rows name the same person, and which the same home?

Exact keys only, strongest evidence of place first, each link with the key that made it. Weights from probabilistic
linkage can join later as one more list of candidate groups (`candidates.py`); nothing else would change.
"""

from lift.stages.link.run import LinkReport, link

__all__ = ["LinkReport", "link"]
