"""Templates that are not ours are rendered in a process of its own, which has so much time and memory and no more.

The sandbox keeps a template from reaching anything; it does not keep it from going round for ever. What is rendered is
handed over whole and comes back as text, so nothing half-made is left when the process is stopped.
"""

from __future__ import annotations

import pickle
import resource
import subprocess
import sys
from typing import Any

from sightline.errors import ConfigError, SightlineError

__all__ = ["CPU_SECONDS", "MEMORY_BYTES", "TEXT_BYTES", "render_bounded"]

CPU_SECONDS = 20
WALL_SECONDS = 60
MEMORY_BYTES = 1_000_000_000
#: A report that is larger than this is nobody's report.
TEXT_BYTES = 60_000_000
_CODE = "from sightline.present.bounded import serve; serve()"
_MEND = "Look for a loop in the templates of the workspace or of a plug-in, or remove them to use ours."


def render_bounded(job: Any) -> str:
    """What the job's `render` gives; `ConfigError` when it takes too long or too much."""
    command = [sys.executable, "-c", _CODE]
    try:
        done = subprocess.run(  # noqa: S603 - our own code on our own interpreter
            command, input=pickle.dumps(job), capture_output=True, timeout=WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise _stopped(f"it was not done after {WALL_SECONDS} s") from None
    if done.returncode != 0:
        raise _stopped(f"it needed more than {CPU_SECONDS} s or {MEMORY_BYTES // 1_000_000} MB")
    answer = done.stdout.decode("utf-8")
    if answer.startswith("error\n"):
        what, where, mend = answer.partition("\n")[2].split("\x1f", 2)
        raise ConfigError(what, where=where, mend=mend)
    return answer.partition("\n")[2]


def _stopped(why: str) -> ConfigError:
    return ConfigError(f"a template was stopped: {why}", where="templates", mend=_MEND)


def serve() -> None:
    """The process's whole life: a job on standard input, the text or the error on standard output."""
    job = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from `render_bounded` and nobody else
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        text = job.render()
        if len(text) > TEXT_BYTES:
            text = f"error\na template was stopped: it wrote more than {TEXT_BYTES} bytes\x1ftemplates\x1f{_MEND}"
        else:
            text = f"done\n{text}"
    except SightlineError as error:
        text = f"error\n{error.what}\x1f{error.where}\x1f{error.mend}"
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
