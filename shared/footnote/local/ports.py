"""Where the servers listen, and what to say before anything starts if a port is taken."""

import socket

from footnote.domain.errors import SettingsError

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost", "[::1]")


def names_this_machine(host: str) -> bool:
    """Whether a `Host` header is one of this machine's own names.

    Pages on the internet can make their names point here (DNS rebinding), but not these.
    """
    return host.rsplit(":", 1)[0].lower() in _NAMES


def require_free(port: int, flag: str) -> None:
    """Make sure that `port` can be listened on.

    Raises:
        SettingsError: it is taken; the message names its holder and the flag to change.
    """
    with socket.socket() as probe:
        # As the servers do, so that a connection in TIME_WAIT does not count as a holder.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise SettingsError(taken_message(port, flag, holder_of(port))) from error


def taken_message(port: int, flag: str, holder: str | None) -> str:
    """What to tell a person whose port is taken."""
    who = holder or "another program"
    return (
        f"port {port} is taken by {who}. Stop it, or choose another port, for example "
        f"{flag} {port + 1 if port < 65535 else port - 1}"
    )


def holder_of(port: int) -> str | None:
    """The process that listens on `port`, where this user may know it."""
    import psutil

    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:  # macOS tells root only
        return None
    for connection in connections:
        if connection.status != psutil.CONN_LISTEN or not connection.laddr:
            continue
        if connection.laddr.port == port and connection.pid:
            return _describe(connection.pid)
    return None


def _describe(pid: int) -> str:
    import psutil

    try:
        command = " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return f"process {pid}"
    return f"process {pid} ({command[:80]})" if command else f"process {pid}"
