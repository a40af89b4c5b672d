"""What the Xero connector needs to know: addresses, credentials, which organisation, how fast."""

from __future__ import annotations

from pydantic import Field, SecretStr

from sightline.sdk import HookedSettings

__all__ = ["BROAD_SCOPES", "READ_SCOPES", "XeroSettings"]

#: What reading needs. Apps made since 2 March 2026 know only these granular names.
#: Source: developer.xero.com, "Granular scopes FAQ".
READ_SCOPES = (
    "offline_access",
    "accounting.settings.read",
    "accounting.contacts.read",
    "accounting.invoices.read",
    "accounting.payments.read",
    "accounting.banktransactions.read",
    "projects.read",
)

#: The same rights in the older, broad names; apps made before that day may use them until September 2027.
BROAD_SCOPES = (
    "offline_access",
    "accounting.settings.read",
    "accounting.contacts.read",
    "accounting.transactions.read",
    "projects.read",
)


class XeroSettings(HookedSettings):
    """The `[sources.NAME]` table of a Xero source."""

    site: str = Field(default="https://api.xero.com", description="Address of the Accounting and Projects API.")
    identity_site: str = Field(default="https://identity.xero.com", description="Address that gives out tokens.")
    login_site: str = Field(default="https://login.xero.com", description="Address where people allow the access.")
    client_id: str = Field(min_length=1, description="Client id of the app or custom connection.")
    client_secret: SecretStr | None = Field(
        default=None,
        description="Client secret. Alone it means a custom connection (one organisation, no browser); with "
        "`refresh_token` a web app.",
    )
    refresh_token: SecretStr | None = Field(
        default=None,
        description="Refresh token for the first use; afterwards the stored, rotated one wins. `sightline connect` "
        "makes one.",
    )
    tenant: str | None = Field(
        default=None, description="Name or tenant id of the organisation to read; empty = all that are connected."
    )
    oauth_scopes: tuple[str, ...] = Field(
        default=READ_SCOPES,
        description="Rights to ask for. Apps made before March 2026 that lack the granular names use "
        f'"{" ".join(BROAD_SCOPES)}". A custom connection asks for none unless this is set: it has what was allowed '
        "when it was made.",
    )
    page_size: int = Field(default=1000, ge=1, le=1000, description="Rows of one page of the Accounting API.")
    calls_per_minute: int = Field(default=60, ge=1, description="Xero's limit for one organisation and app.")
    calls_per_day: int = Field(
        default=1000, ge=1, description="Xero's limit a day and organisation: 1000 (Starter) or 5000."
    )

    @property
    def custom(self) -> bool:
        """Whether this is a custom connection: a secret of its own and nobody's refresh token."""
        return self.client_secret is not None and self.refresh_token is None
