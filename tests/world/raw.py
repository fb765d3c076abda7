"""What somebody hostile sends: bytes as they are, and every answer that comes back."""
import re
import socket
import sqlite3

from shop import Shop

ROWS = "create table rows(id integer primary key, name text not null); insert into rows values (1, 'one'), (2, 'two'), (3, 'three');"


def small(name, config="", sql=ROWS):
    """A shop with one table of three rows."""
    shop = Shop(name)
    (shop.folder / "aljibe.yaml").write_text(f"database: sqlite:shop.db\n{config}", encoding="utf-8")
    connection = sqlite3.connect(shop.folder / "shop.db")
    connection.executescript(sql)
    connection.close()
    return shop


def heard(port, sent, timeout=20):
    """Everything that the server says to these bytes until it closes, or until nothing came for `timeout` seconds; and whether it closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as peer:
        received = b""
        try:
            peer.sendall(sent)
            while part := peer.recv(65536):
                received += part
        except (ConnectionResetError, BrokenPipeError):
            return received, True
        except TimeoutError:
            return received, False
        return received, True


def statuses(received):
    """The statuses of the answers, each read by its own length: what stands in a body is no answer."""
    found = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        match = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
        if not match:
            return found + [received[:80]]
        status = int(match[1])
        length = re.search(rb"(?im)^content-length: (\d+)\r?$", head)
        found.append(status)
        received = rest[int(length[1]):] if length and status >= 200 else rest
    return found
