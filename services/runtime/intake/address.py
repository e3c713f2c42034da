"""Canonical addresses: two spellings of one article's URL give one key."""

from urllib.parse import urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

# Who sent the reader, never what is read.
_TRACKING = (
    "fbclid",
    "gclid",
    "dclid",
    "yclid",
    "msclkid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "_ga",
    "cmpid",
    "ocid",
    "amp",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "utm_id",
    "utm_name",
    "utm_social",
    "at_medium",
    "at_campaign",
)


def canonical(url: str) -> str:
    """The address without scheme, `www.`, default port, tracking, fragment and closing slash; parameters sorted.

    Raises ValueError where it is no http(s) address of a host.
    """
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removeprefix("www.")
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise ValueError("not an http(s) address")
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    bare = parts._replace(scheme="http", netloc=host + port, fragment="").geturl()
    cleaned = canonicalize_url(url_query_cleaner(bare, _TRACKING, remove=True, unique=False))
    path, mark, query = cleaned.removeprefix("http://").partition("?")
    return path.rstrip("/") + mark + query


def publisher(url: str) -> str:
    """The host that published it, without `www.`."""
    return (urlsplit(url.strip()).hostname or "").removeprefix("www.")
