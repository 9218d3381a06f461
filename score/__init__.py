"""How well does a run tell what is true of an invented city? (`make score`)

The truth is the generator's own (`truth/` beside the extracts); nothing here asks a rule or an engine what is right.
"""
