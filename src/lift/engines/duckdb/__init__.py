"""How does DuckDB run a plan? (The engine that councils use.)"""

from lift.engines.duckdb.engine import DuckDBEngine
from lift.engines.duckdb.run import fact_profiles, run_plan

__all__ = ["DuckDBEngine", "fact_profiles", "run_plan"]
