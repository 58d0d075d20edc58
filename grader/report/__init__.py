"""Pure functions from results to text, tables, pages and JSON."""
