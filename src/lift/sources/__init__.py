"""How is each supplier's extract read? Line and record readers, and one YAML profile per kind of extract."""
