"""How data comes in: the connector seam, HTTP, auth, paging, limits, checkpoints. A connector only describes."""
