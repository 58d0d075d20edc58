"""The command line: a thin face over the functions that tests, notebooks and clusters call."""
