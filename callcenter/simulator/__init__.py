"""Both far ends of a call, over real sockets: the carrier and the model."""
