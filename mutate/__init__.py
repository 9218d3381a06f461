"""Would the examples of a rule notice if one thing in it were wrong? (`python -m mutate`)"""
