"""`python -m sightline.app.mpp IN OUT`: an .mpp file written again as Project XML by the mpxj library (needs Java).

A process of its own: the virtual machine cannot be stopped once begun, and what it reads is a stranger's.
"""

from __future__ import annotations

import sys

__all__ = ["convert"]


def convert(given: str, made: str) -> bool:
    """Read `given` with mpxj, write `made`; False when mpxj does not know it. Raises whatever mpxj or Java raise."""
    import jpype  # noqa: PLC0415 - an extra
    import mpxj  # noqa: F401, PLC0415 - puts its jars on the class path

    jpype.startJVM()
    try:
        from org.mpxj.mspdi import MSPDIWriter  # noqa: PLC0415 - Java's, there once the machine runs
        from org.mpxj.reader import UniversalProjectReader  # noqa: PLC0415 - see above

        project = UniversalProjectReader().read(given)
        if project is not None:
            MSPDIWriter().write(project, made)
        return project is not None
    finally:
        jpype.shutdownJVM()


if __name__ == "__main__":
    sys.exit(0 if convert(*sys.argv[1:3]) else 1)
