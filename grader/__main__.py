"""`python -m grader` is the `grader` command."""

from grader.cli.app import main

main()
