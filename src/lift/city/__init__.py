"""What would an invented council's extracts look like? It never knows the rules it is meant to test."""
