"""What do the rule files say, and is it sound? Shape, loading with file and line, formulas, checks."""
