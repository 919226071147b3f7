"""Files: designs, projects with weights, and what the outside world reads."""
