"""Pure functions from results to text, tables and JSON."""
