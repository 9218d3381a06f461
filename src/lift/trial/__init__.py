"""Does a rule do what its examples say, on every engine, and when facts are forgotten?"""
