"""Own components: a Python wrapper and its JavaScript each."""
