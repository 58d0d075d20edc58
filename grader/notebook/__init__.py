"""The grader in a notebook: `grader.check(julia)` and `%%submission julia`."""
