"""What the console shows while it happens."""


class Live:
    """The calls of all nodes, as facts tell them."""
