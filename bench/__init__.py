"""How much a call costs, beside a bare relay on the same machine in the same run."""
