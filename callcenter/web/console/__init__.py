"""The console: what operators and supervisors see in a browser."""
