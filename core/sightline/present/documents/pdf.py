"""A report as PDF: tagged and accessible (PDF/UA-1), from the same page, with vectors for charts; it asks nothing of anybody."""

from __future__ import annotations

from typing import Any

from sightline.errors import ConfigError

__all__ = ["pdf_of"]

_MEND = (
    "Run `pip install 'sightline[pdf]'`; on Debian also `apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0`. Until then the HTML page can be printed."
)


def pdf_of(page: str) -> bytes:
    """The page as PDF. `ConfigError` naming what is missing where WeasyPrint or its libraries are not installed."""
    try:
        import weasyprint  # noqa: PLC0415 - only where PDFs are made; half a second
        from weasyprint.urls import URLFetcher  # noqa: PLC0415 - see above
    except ImportError:
        raise ConfigError("WeasyPrint is not installed", where="extra pdf", mend=_MEND) from None
    except OSError as error:
        missing = str(error).partition("'")[2].partition("'")[0] or "a library"
        raise ConfigError(f"WeasyPrint cannot load {missing}", where="extra pdf", mend=_MEND) from None

    class OnlyHere(URLFetcher):  # type: ignore[misc]  # untyped library
        def fetch(self, url: str, headers: Any = None) -> Any:
            """Only what the page brings along."""
            if not url.startswith("data:"):
                raise ConfigError(
                    "a template asks for something outside", where="templates", mend="Use data: addresses."
                )
            return super().fetch(url, headers)

    try:
        made = weasyprint.HTML(string=page, url_fetcher=OnlyHere()).write_pdf(pdf_variant="pdf/ua-1")
    except Exception as error:  # noqa: BLE001 - a layout it cannot do raises whatever it likes
        raise ConfigError(
            f"WeasyPrint could not lay the page out ({type(error).__name__})",
            where="report as PDF",
            mend="Simplify your own templates; the HTML page can be printed.",
        ) from None
    return bytes(made)
