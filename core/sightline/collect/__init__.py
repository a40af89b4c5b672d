"""How data comes in: the connector seam, HTTP, auth, paging, limits, checkpoints. A connector only describes."""

import sys

# httpx offers a command line of its own where it finds what that needs, and it would find it: terminal colours for
# every language take half as long to load as httpx itself. This is how an import is told that there is no such module.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # documented: "import of httpx._main halted"
