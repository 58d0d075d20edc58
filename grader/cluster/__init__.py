"""The same grading by jobs on a Slurm cluster: what is asked of each job, the commands, the jobs' side, and what comes back."""
