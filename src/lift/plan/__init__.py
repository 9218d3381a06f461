"""Which rules hold on one day, as queries over facts? Compiles rules into a plan that keeps unknowns as ranges."""
