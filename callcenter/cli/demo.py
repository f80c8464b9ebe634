"""`callcenter demo`: one whole call, offline, on the terminal."""
