"""What nodes tell each other while calls are live: facts out, orders in."""
