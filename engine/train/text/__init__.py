"""Training of the text-emotion model."""
