"""The course's history: gradings as commits, their figures in asv's format, and the site that asv makes of them."""
