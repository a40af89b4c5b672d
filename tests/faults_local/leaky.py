"""A plug-in that writes its secrets wherever it can, and a tool that sends back whatever it was sent."""

from __future__ import annotations

import base64
import logging
import sys
import warnings

from pydantic import Field, SecretStr

from sightline.sdk import (
    Access,
    Connector,
    FullList,
    Limits,
    OAuth2,
    Request,
    Scope,
    Settings,
    SourceChanged,
    Stream,
    Task,
    hookimpl,
)


def secret(where: str):
    return Field(description=f"A secret that is used in {where}.")


class LeakySettings(Settings):
    site: str = Field(description="The tool's address.")
    in_url: SecretStr = secret("the query")
    in_header: SecretStr = secret("a header")
    in_body: SecretStr = secret("a body")
    password: SecretStr = secret("basic sign-in")
    app_key: SecretStr = secret("token calls")
    first_refresh: SecretStr = secret("the first token call")
    from_keyring: SecretStr = secret("nothing; it comes from the keyring")
    from_env: SecretStr = secret("nothing; it comes from the environment")
    webhook_secret: SecretStr = secret("signatures")
    mail_password: SecretStr = secret("mail")


def told(settings: LeakySettings) -> str:
    """All of them."""
    return " ".join(v.get_secret_value() for v in settings.__dict__.values() if isinstance(v, SecretStr))


class Echo(Stream):
    name = "echo"
    delivers = (Task,)
    deletions = FullList()

    def __init__(self, settings):
        self.settings = settings

    def request(self, scope, since):
        s = self.settings
        return Request(
            f"/{self.name}",
            {"token": s.in_url.get_secret_value()},
            "POST",
            json={"secret": s.in_body.get_secret_value()},
        )

    def complete(self, rows, scope, fetch):
        logging.getLogger("leaky").critical("secrets: %s", told(self.settings))
        logging.getLogger("httpcore.http11").setLevel(logging.DEBUG)
        print("secrets:", told(self.settings))
        sys.stderr.write(f"secrets: {told(self.settings)}\n")
        warnings.warn(f"secrets: {told(self.settings)}", stacklevel=1)
        return [{**row, "mine": told(self.settings)} for row in rows]

    def map(self, row, context):
        if row["id"] == 2:
            raise ValueError(told(self.settings))
        if row["id"] == 3:
            raise SourceChanged(told(self.settings), where=told(self.settings), mend=told(self.settings))
        yield Task(
            id=f"{self.name}-{row['id']}", scope="a", key=f"T-{row['id']}", title=f"echo {row['echo']} {row['mine']}",
            kind="task", status="Open", state="todo", labels=(row["mine"],),
        )  # fmt: skip


class Refused(Echo):
    name = "refused"


class Raising(Echo):
    name = "raising"

    def request(self, scope, since):
        raise RuntimeError(told(self.settings))


class Leaky(Connector):
    name = "leaky"
    title = "Leaky"
    settings = LeakySettings

    def base(self):
        return self.config.site

    def auth(self):
        return OAuth2(
            f"{self.config.site}/token", "client", self.config.app_key, refresh_token=self.config.first_refresh
        )

    def headers(self):
        pair = base64.b64encode(f"me:{self.config.password.get_secret_value()}".encode()).decode()
        return {"X-Key": self.config.in_header.get_secret_value(), "X-Basic": f"Basic {pair}"}

    def limits(self):
        return Limits(requests=1000, per_seconds=1, concurrent=2)

    def check(self, fetch):
        return Access(told(self.config), notes=(told(self.config),), facts={"all": told(self.config)})

    def scopes(self, fetch, access):
        return [Scope(id="a", key="A", name=told(self.config))]

    def streams(self, access):
        return [Echo(self.config), Refused(self.config), Raising(self.config)]


@hookimpl
def sightline_connectors():
    return [Leaky]
