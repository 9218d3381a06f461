"""How are a supplier's files read, line by line, into tables that every later stage understands?

`kinds/` says what each kind of extract holds; `profiles/` says how one supplier writes it. A council's own profiles
have the same format. Nothing here knows a rule, and nothing here decides who is the same person.
"""
