"""What an agent may do: typed async functions."""
