"""The untrusted side of the wall: standard library and NumPy only, one process per submission."""
