"""How fast is LIFT, as ratios within one run? (`make bench`; never a timed test.)"""
