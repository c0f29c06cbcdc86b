"""What networks do at great depth: fixed points, phases, contraction and expansions in depth."""
