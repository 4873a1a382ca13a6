"""Which host names the server answers to, and the addresses of this machine in the studio's network."""

from __future__ import annotations

import ipaddress
import os
import socket
from contextlib import suppress
from urllib.parse import urlsplit

HOSTS = "KILNBOARD_HOSTS"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_shared: set[str] = set()


def allowed_hosts() -> frozenset[str]:
    """Host names without ports: this machine, the shared addresses, and those that KILNBOARD_HOSTS names."""
    named = os.environ.get(HOSTS, "").replace(",", " ").split()
    return LOOPBACK | _shared | {name.lower() for name in named}


def share_hosts(hosts: set[str]) -> None:
    """Answer to these addresses too, in place of those shared before."""
    _shared.clear()
    _shared.update(hosts)


def host_name(host: str) -> str | None:
    """The name in a Host header without its port, lower case; None for anything that is no host."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    if not parts.hostname or parts.netloc != host or "@" in host:
        return None
    return parts.hostname


def is_loopback(address: str) -> bool:
    """Whether a client's address is this machine."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def network_addresses() -> list[str]:
    """The IPv4 addresses of this machine that other devices of the studio's network reach, the likeliest first."""
    result: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # TEST-NET-1: nothing is sent, only the route is looked up
        result.append(probe.getsockname()[0])
    with suppress(OSError):
        result += [str(item[4][0]) for item in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [address for address in dict.fromkeys(result) if not is_loopback(address) and address != "0.0.0.0"]
