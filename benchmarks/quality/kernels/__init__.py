"""The base programs, one a file: each makes `PIECES` pieces of equal work, and PERCENT % of them once more."""
