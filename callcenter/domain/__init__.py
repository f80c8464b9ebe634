"""The words of a call center: pure facts, states and rules."""
