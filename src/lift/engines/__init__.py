"""Who runs a plan? DuckDB for councils, and a slow and obvious reference that defines the meaning."""
