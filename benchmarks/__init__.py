"""The benchmarks of the grader itself: `make bench`, and the asv suite."""
