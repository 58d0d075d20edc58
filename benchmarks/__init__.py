"""The benchmarks of the grader itself: `make bench`, the asv suite (`suite`), and what each other module says."""
