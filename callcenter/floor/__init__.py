"""The use cases of calls at work, and the ports they need."""
