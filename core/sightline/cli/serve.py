"""`sightline serve`."""

from __future__ import annotations

import ipaddress
from typing import Any

import click

from sightline.cli.output import note

__all__ = ["serve"]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option(
    "--name", "names", multiple=True, metavar="HOST", help="Also answer to this name in the address (behind a proxy)."
)
@click.option("--https", "secure", is_flag=True, help="It is reached by https: cookies are sent over nothing else.")
@click.option("--login", is_flag=True, help="Ask for a login on loopback too.")
@click.pass_obj
def serve(obj: dict[str, Any], host: str, port: int, names: tuple[str, ...], secure: bool, login: bool) -> None:
    """The dashboard and the API, until Ctrl-C.

    On loopback whoever uses this machine is the one user. Elsewhere people log in: `sightline users add`. Behind a proxy
    that speaks https, name its host with --name and add --https.
    """
    try:
        import uvicorn

        from sightline.web.app import make_app
    except ImportError:
        raise click.ClickException("The dashboard needs the extra `web`: pip install 'sightline[web]'") from None
    from sightline.web.desk import Desk

    local = _is_loopback(host) and not login and not names
    desk = Desk(obj["workspace"])
    if not local and not desk.session.store.users():
        raise click.ClickException(
            "Nobody could log in yet: add somebody with `sightline users add NAME --role owner`."
        )
    hosts = {f"{host}:{port}", f"localhost:{port}", *names, *(f"{name}:{port}" for name in names)}
    app = make_app(None, hosts=hosts, local=local, secure=secure, desk=desk)
    note(f"dashboard: http://{host}:{port}/   (Ctrl-C ends it)")
    try:
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False, access_log=False)
    finally:
        desk.close()
