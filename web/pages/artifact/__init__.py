"""One artifact: what it can do, what it costs, how it ranks and where each of these was read."""
