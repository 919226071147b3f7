"""Files: designs, projects with weights, drafts and versions of them, and the runs of the data folder."""
