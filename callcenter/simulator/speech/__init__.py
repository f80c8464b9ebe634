"""Speech without an account: a voice, an ear, and a caller's recorded sentences."""
