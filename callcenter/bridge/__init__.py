"""The media core: events in, commands out. No I/O, no clock."""
