"""Who is truly entitled to what, by the generator's own arithmetic in whole pence.

Nothing here knows the project's rules or engines: it is what they are scored against.
"""
