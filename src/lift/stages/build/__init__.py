"""What is known of each person, family, household and period on the run's day, and from where?

Sources become rows with keys (`claims.py`, `notices.py`, `council_tax.py`, `pupils.py`), rows become units
(`couples.py`,
`people.py`, `rosters.py`), and what each row tells of a unit becomes its facts (`facts.py`, `combine.py`).
"""

from lift.stages.build.run import BuildReport, build

__all__ = ["BuildReport", "build"]
