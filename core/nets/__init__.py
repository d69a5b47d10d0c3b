"""Networks from one line of text, their summaries and their checkpoints."""
