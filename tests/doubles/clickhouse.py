"""ClickHouse's HTTP interface over the embedded engine, as a program: a process hosts one engine.

    python -m doubles.clickhouse FOLDER PORT [--config FILE] [--tls PEM] [--alone]

The engine, its formats and its exceptions are the real ones. This file is what stands around them
in a server: signing in, settings and parameters in the URL, sessions, compression both ways,
statuses and headers. Not here: `client_protocol_version`, progress while a question runs.

With --alone a cluster is one node: the embedded engine has no queue for ON CLUSTER and no Keeper to
replicate through, so that both are taken out of the statements that name them. A file `full` beside
the engine's data names a table for which there is no more room on the disk.
"""

import argparse
import gzip
import json
import os
import re
import ssl
import sys
import tempfile
import threading
import time
import uuid
import zlib
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import chdb
import lz4.frame

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STRUCTURAL = {
    "query", "database", "default_format", "session_id", "session_timeout", "session_check",
    "close_session", "query_id", "user", "password", "quota_key", "compress", "decompress",
    "buffer_size", "wait_end_of_query", "role", "stacktrace", "client_protocol_version",
}  # fmt: skip
"""Parameters of a URL that are not settings."""

INSERT = re.compile(rb"\s*(INSERT\s+INTO\s.*?\sFORMAT\s+(\w+))\s?", re.IGNORECASE | re.DOTALL)
FORMAT = re.compile(r"\sFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
READS = re.compile(r"\s*(--[^\n]*\n\s*)*(SELECT|WITH|SHOW|DESC|DESCRIBE|EXPLAIN|EXISTS)\b", re.I)
SETS = re.compile(r"\s*(SET|USE|CREATE\s+TEMPORARY)\b", re.IGNORECASE)
CODE = re.compile(r"Code: (\d+)\..*", re.DOTALL)
ON_CLUSTER = re.compile(r" ON CLUSTER `[^`]*`")
REPLICATED = re.compile(r"Replicated(\w*MergeTree)\('[^']*', '[^']*'(?:, )?")

FORBIDDEN, NOT_FOUND, BAD = 403, 404, 400
STATUS = {
    194: 401, 192: FORBIDDEN, 193: FORBIDDEN, 516: FORBIDDEN, 497: FORBIDDEN,
    36: BAD, 6: BAD, 62: BAD, 53: BAD, 44: BAD, 16: BAD, 117: BAD,
    60: NOT_FOUND, 46: NOT_FOUND, 47: NOT_FOUND, 50: NOT_FOUND, 56: NOT_FOUND, 81: NOT_FOUND,
    115: NOT_FOUND, 73: NOT_FOUND, 48: 501, 209: 503, 76: 503, 159: 408,
}  # fmt: skip
"""HTTP statuses by exception, as ClickHouse's exceptionCodeToHTTPStatus has them; else 500."""

FORGOTTEN = (
    "\n\nIf you have installed ClickHouse and forgot password you can reset it in the "
    "configuration file.\nThe password for default user is typically located at "
    "/etc/clickhouse-server/users.d/default-password.xml\nand deleting this file will reset the "
    "password.\nSee also /etc/clickhouse-server/users.xml on the server where ClickHouse is "
    "installed.\n\n"
)

TYPES = {"TabSeparated": "text/tab-separated-values; charset=UTF-8", "JSON": "application/json"}

DECODERS = {
    "gzip": gzip.decompress, "deflate": zlib.decompress, "lz4": lz4.frame.decompress,
    "zstd": zstd.decompress,
}  # fmt: skip
ENCODERS = {
    "lz4": lz4.frame.compress, "gzip": lambda body: gzip.compress(body, 1),
    "deflate": zlib.compress, "zstd": zstd.compress,
}  # fmt: skip
"""In the order in which ClickHouse prefers them."""


class Refused(Exception):
    """An exception of ClickHouse: its code and what it says after `Code: N. DB::Exception: `."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"Code: {code}. DB::Exception: {words}")
        self.code = code


@dataclass
class Session:
    """A handle whose settings and temporary tables outlive a request."""

    handle: Any
    until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Server:
    """An engine and who may ask it."""

    engine: str
    user: str
    password: str
    alone: bool
    full: Path
    sessions: dict[str, Session] = field(default_factory=dict)
    idle: dict[frozenset[tuple[str, str]], list[Any]] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        self.kept_open = chdb.connect(self.engine)
        answer = self.kept_open.query("SELECT version(), timezone()", "TabSeparated")
        self.version, self.timezone = answer.bytes().decode().split()

    def check(self, user: str, password: str) -> None:
        """Refuse whoever is not the one user there is."""
        if (user, password) != (self.user, self.password):
            reset = FORGOTTEN if user == "default" else " "
            raise Refused(
                516,
                f"{user}: Authentication failed: password is incorrect, or there is no user with "
                f"such name.{reset}(AUTHENTICATION_FAILED)",
            )

    @contextmanager
    def handle(self, asked: dict[str, str]) -> Iterator[Any]:
        """A handle on which the request's database and settings hold: its session's, or one on
        which they were set for a request before and nothing else was."""
        if name := asked.get("session_id"):
            session = self._session(name, asked)
            before = _kept(session.handle, asked)
            try:
                _set(session.handle, asked)
                yield session.handle
            finally:
                _set(session.handle, before)
                session.until = time.monotonic() + float(asked.get("session_timeout", 60))
                session.lock.release()
            return
        idle = self.idle.setdefault(frozenset(_lasting(asked).items()), [])
        try:
            handle = idle.pop()
        except IndexError:
            handle = chdb.connect(self.engine)
            _set(handle, _lasting(asked))
        said = {"log_comment": asked.get("log_comment", "")}
        _set(handle, said | {name: v for name, v in asked.items() if name.startswith("param_")})
        try:
            yield handle
        finally:
            if SETS.match(asked.get("query", "")):
                handle.close()
            else:
                idle.append(handle)

    def _session(self, name: str, asked: dict[str, str]) -> Session:
        with self.guard:
            for old in [n for n, s in self.sessions.items() if 0 < s.until < time.monotonic()]:
                self.sessions.pop(old).handle.close()
            session = self.sessions.get(name)
            if session is None:
                if asked.get("session_check") == "1":
                    raise Refused(372, "Session not found. (SESSION_NOT_FOUND)")
                session = self.sessions[name] = Session(chdb.connect(self.engine))
            if not session.lock.acquire(blocking=False):
                raise Refused(
                    373, f"Session {name} is locked by a concurrent client. (SESSION_IS_LOCKED)"
                )
            session.until = 0
        return session


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    serving: Server

    def do_GET(self) -> None:
        if urlsplit(self.path).path.rstrip("/") == "/ping" or self.path == "/":
            self._answer(200, b"Ok.\n", {"Content-Type": "text/html; charset=UTF-8"})
        else:
            self._ask(b"")

    def do_POST(self) -> None:
        self._ask(self._body())

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _ask(self, body: bytes) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        query_id = asked.get("query_id") or str(uuid.uuid4())
        try:
            self.serving.check(*self._credentials(asked))
            statement = asked.get("query", "").encode()
            whole = statement + b"\n" + body if statement and body else statement or body
            asked["query"] = whole[:100].decode(errors="replace")
            with self.serving.handle(asked) as handle:
                self._run(handle, asked, whole, query_id)
        except Refused as error:
            self._refuse(error.code, str(error), query_id)
        except (RuntimeError, ValueError, MemoryError) as error:
            found = CODE.search(str(error))
            words = found[0].strip() if found else f"Code: 1001. DB::Exception: {error}"
            self._refuse(int(found[1]) if found else 1001, words, query_id)

    def _run(self, handle: Any, asked: dict[str, str], whole: bytes, query_id: str) -> None:
        began = time.perf_counter_ns()
        insert = INSERT.match(whole)
        if insert and "SELECT" not in insert[1].decode().upper():
            answer, fmt = self._insert(handle, insert, whole[insert.end() :]), None
        else:
            answer, fmt = self._plain(handle, whole.decode(), asked)
        took = time.perf_counter_ns() - began
        summary = {
            "read_rows": answer.rows_read(), "read_bytes": answer.bytes_read(), "written_rows": 0,
            "written_bytes": 0, "total_rows_to_read": 0, "result_rows": 0, "result_bytes": 0,
            "elapsed_ns": took,
        }  # fmt: skip
        headers = {
            "X-ClickHouse-Summary": json.dumps({name: str(n) for name, n in summary.items()}),
            "X-ClickHouse-Server-Display-Name": "double",
            "X-ClickHouse-Query-Id": query_id,
            "X-ClickHouse-Timezone": self.serving.timezone,
            "Content-Type": TYPES.get(fmt or "", "application/octet-stream"),
        }
        if fmt:
            headers["X-ClickHouse-Format"] = fmt
        self._answer(200, answer.bytes() or b"", headers, asked.get("enable_http_compression"))

    def _plain(self, handle: Any, text: str, asked: dict[str, str]) -> tuple[Any, str | None]:
        if not text.strip():
            raise Refused(62, "Syntax error: failed at position 1 (end of query). (SYNTAX_ERROR)")
        reads = READS.match(text)
        if self.command == "GET" and not reads:
            raise Refused(164, "Cannot execute query in readonly mode. (READONLY)")
        if self.serving.alone:
            text = REPLICATED.sub(r"\1(", ON_CLUSTER.sub("", text))
        named = FORMAT.search(text)
        given = asked.get("default_format") or self.headers.get("X-ClickHouse-Format")
        fmt = named[1] if named else given or "TabSeparated"
        return handle.query(text, fmt), fmt if reads else None

    def _insert(self, handle: Any, insert: re.Match[bytes], data: bytes) -> Any:
        into, fmt = insert[1].decode(), insert[2].decode()
        into = into[: into.upper().rindex("FORMAT")]
        full = self.serving.full
        table = into.split()[2].split(".")[-1].strip("`")
        if full.exists() and full.read_text() == table:
            raise Refused(243, "Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)")
        with tempfile.NamedTemporaryFile(prefix="clickhouse-insert-") as file:
            file.write(data)
            file.flush()
            return handle.query(f"{into} FROM INFILE '{file.name}' FORMAT {fmt}", "TabSeparated")

    def _credentials(self, asked: dict[str, str]) -> tuple[str, str]:
        kind, _, word = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            user, _, password = b64decode(word).decode().partition(":")
            return user, password
        given = self.headers.get("X-ClickHouse-User"), self.headers.get("X-ClickHouse-Key")
        if given[0] is not None:
            return given[0], given[1] or ""
        return asked.get("user", "default"), asked.get("password", "")

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            body = b"".join(chunks)
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        encoding = self.headers.get("Content-Encoding")
        return DECODERS[encoding](body) if encoding else body

    def _refuse(self, code: int, words: str, query_id: str) -> None:
        if "(version " not in words:
            words += f" (version {self.serving.version} (official build))"
        headers = {
            "X-ClickHouse-Exception-Code": str(code),
            "X-ClickHouse-Query-Id": query_id,
            "Content-Type": "text/plain; charset=UTF-8",
        }
        self._answer(STATUS.get(code, 500), words.encode() + b"\n", headers)

    def _answer(
        self, status: int, body: bytes, headers: dict[str, str], compress: str | None = None
    ) -> None:
        accepted = self.headers.get("Accept-Encoding", "") if compress == "1" else ""
        encoding = next((name for name in ENCODERS if name in accepted), None)
        if encoding:
            body, headers = ENCODERS[encoding](body), {**headers, "Content-Encoding": encoding}
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def _lasting(asked: dict[str, str]) -> dict[str, str]:
    """What a request says that may hold for others too: its database and settings."""
    return {
        name: value
        for name, value in asked.items()
        if name == "database"
        or not (name in STRUCTURAL or name == "log_comment" or name.startswith("param_"))
    }


def _kept(handle: Any, asked: dict[str, str]) -> dict[str, str]:
    """What the settings of a request are in its session."""
    before = {}
    for name in _lasting(asked).keys() - {"database"}:
        told = handle.query(f"SELECT toString(getSetting('{name}'))", "TabSeparatedRaw")
        before[name] = told.bytes().decode().rstrip("\n")
    return before


def _set(handle: Any, asked: dict[str, str]) -> None:
    if asked.get("database"):
        handle.query(f"USE {_identifier(asked['database'])}")
    settings = {name: value for name, value in asked.items() if name not in STRUCTURAL}
    if settings:
        handle.query("SET " + ", ".join(f"{n} = {_literal(v)}" for n, v in settings.items()))


def _literal(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _identifier(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def end_with(parent: int) -> None:
    """End this process when the one that started it has died without stopping it."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main() -> None:
    """Serve until stopped. User and password come by the environment."""
    words = argparse.ArgumentParser()
    words.add_argument("folder", type=Path)
    words.add_argument("port", type=int)
    words.add_argument("--config", type=Path)
    words.add_argument("--tls", type=Path)
    words.add_argument("--alone", action="store_true")
    told = words.parse_args()
    threading.Thread(target=end_with, args=[os.getppid()], daemon=True).start()
    engine = str(told.folder) + (f"?config-file={told.config}" if told.config else "")
    user, password = os.environ["DOUBLE_USER"], os.environ["DOUBLE_PASSWORD"]
    Handler.serving = Server(engine, user, password, told.alone, told.folder.parent / "full")
    Handler.serving.start()
    server = ThreadingHTTPServer(("127.0.0.1", told.port), Handler)
    if told.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(told.tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
