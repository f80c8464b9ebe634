"""One whole call on this machine: the center between its two simulated far ends."""
