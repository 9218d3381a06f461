"""Do the rules do what their examples say, and does forgetting never turn an answer round?"""
