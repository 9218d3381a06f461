"""Which column of which extract tells which fact, and by what reference is a unit known from run to run?

The YAML files say the first, one for each kind of row; `readings.py` reads them. Blanks were resolved at intake.
"""
