"""What a course is made of: its configuration, its tasks, and what people handed in."""
