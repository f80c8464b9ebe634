"""What is done after a call, or later: durable, at most once, on any node."""
