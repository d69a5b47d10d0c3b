"""The store, the queue and the worker: the only SQL and the only processes."""
