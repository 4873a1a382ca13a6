"""The security headers of every answer.

Streamlit's page needs inline styles, one inline script, `wasm-unsafe-eval` or blob workers for its tables, and blob
scripts for components of our own (the marking pad, lists of numbers); pictures of the catalog are data and blob URLs.
Nothing is loaded from another origin, and no other page may frame it.
"""

from __future__ import annotations


def security_headers(host: str, *, is_secure: bool, is_own_page: bool) -> list[tuple[bytes, bytes]]:
    """The headers for an answer to this host; our own sign-in pages have no script at all."""
    socket = f"{'wss' if is_secure else 'ws'}://{host}"
    script = "'none'" if is_own_page else "'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:"
    policy = (
        f"default-src 'self'; script-src {script}; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; "
        f"connect-src 'self' {socket}; worker-src 'self' blob:; frame-src 'self'; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )
    headers = {
        "content-security-policy": policy,
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=()",
    }
    if is_secure:
        headers["strict-transport-security"] = "max-age=31536000"
    return [(name.encode(), value.encode("latin-1", "ignore")) for name, value in headers.items()]
