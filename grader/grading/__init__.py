"""The stages of grading: check, measure, rank, score."""
