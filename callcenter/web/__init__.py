"""The one door to Quart: views that parse, call, answer."""
