"""Foreign text to our dataclasses and back. Nothing here opens a socket."""
