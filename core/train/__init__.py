"""Training as a generator of facts."""
