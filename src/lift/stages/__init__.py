"""What happens in a run? The seven verbs; they never import each other and meet in tables."""
