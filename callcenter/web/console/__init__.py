"""The web console: pages for the people who watch over calls."""
