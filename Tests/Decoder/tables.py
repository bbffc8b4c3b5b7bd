"""What lies in a vault's tables, from its file or from a backup: ENVELOPE.md, sections 7 and 16."""
import sqlite3
from dataclasses import astuple, dataclass, field
from pathlib import Path

import stream
from journal import Entry
from primitives import Failure, Reader

_LAYOUT = 2
_U32 = range(2**32)
_I64 = range(-(2**63), 2**63)
_NUMBERS = range(1, 2**63)

_COLUMNS = {
    "vault": {"key": str, "value": bytes},
    "credential": {"id": 16, "tag": 32, "due": (_I64, None), "epoch": _U32, "body": bytes, "mac": 32},
    "version": {"id": 16, "number": _NUMBERS, "epoch": _U32, "description": bytes, "value": bytes},
    "node": {"number": range(256), "body": bytes},
    "journal": {
        "sequence": _NUMBERS, "at": _I64, "record": (16, None), "epoch": _U32, "body": bytes, "chain": 32,
        "signature": (64, None)},
}
"""Of each column its type, the size of its bytes or the range of its integers."""

_FRAMES = {
    1: (bytes, bytes), 2: (16, 32, (8, 0), 4, bytes, 32), 3: (16, 8, 4, bytes, 1, bytes), 4: (1, bytes),
    5: (8, 8, (16, 0), 4, bytes, 32, (64, 0))}
"""Of each frame of a backup the sizes of its fields."""


def _fits(value: object, form: object) -> bool:
    if isinstance(form, tuple):
        return any(_fits(value, each) for each in form)
    if isinstance(form, int):
        return type(value) is bytes and len(value) == form
    if isinstance(form, range):
        return type(value) is int and value in form
    return value is None if form is None else type(value) is form


@dataclass
class Tables:
    """The rows of all tables, nothing of them believed yet."""

    values: dict[bytes, bytes] = field(default_factory=dict)
    rows: list[tuple] = field(default_factory=list)
    versions: list[tuple] = field(default_factory=list)
    nodes: dict[int, bytes] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    @staticmethod
    def of_file(path: Path) -> "Tables":
        try:
            database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            try:
                if database.execute("PRAGMA user_version").fetchone()[0] != _LAYOUT:
                    raise Failure("damaged", "layout")
                found = {
                    table: database.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1").fetchall()
                    for table, columns in _COLUMNS.items()}
            finally:
                database.close()
        except (sqlite3.Error, UnicodeError) as error:
            raise Failure("damaged", f"SQLite: {error}") from None
        return Tables._of(found)

    @staticmethod
    def _of(found: dict[str, list[tuple]]) -> "Tables":
        for table, rows in found.items():
            for row in rows:
                for name, value in zip(_COLUMNS[table], row):
                    if not _fits(value, _COLUMNS[table][name]):
                        raise Failure("damaged", f"{table}.{name} has another type")
        values, nodes = {key.encode(): value for key, value in found["vault"]}, dict(found["node"])
        tables = Tables(
            values, found["credential"], found["version"], nodes, [Entry(*row) for row in found["journal"]])
        keys = (
            (values, found["vault"]), (nodes, found["node"]), ({row[0] for row in tables.rows}, tables.rows),
            ({row[1] for row in tables.rows}, tables.rows), ({row[:2] for row in tables.versions}, tables.versions))
        if any(len(key) != len(rows) for key, rows in keys):
            raise Failure("damaged", "a key twice")
        return tables

    def require_types(self) -> "Tables":
        """The same, with every column of its type."""
        try:
            values = [(key.decode(), value) for key, value in self.values.items()]
        except UnicodeDecodeError:
            raise Failure("damaged", "vault.key is no text") from None
        return Tables._of({
            "vault": values, "credential": self.rows, "version": self.versions, "node": list(self.nodes.items()),
            "journal": [astuple(entry) for entry in self.entries]})

    @staticmethod
    def of_backup(plain: bytes) -> "Tables":
        """The rows in a backup, in the order that the document asks for."""
        tables, before = Tables(), 1
        for kind, content in stream.frames(plain):
            reader, parts = Reader(content, "stream-frame"), []
            while reader.left:
                parts.append(reader.field())
            forms = _FRAMES.get(kind, ())
            if not forms or len(parts) != len(forms) or not all(map(_fits, parts, forms)):
                raise Failure("stream-frame", "fields")
            if kind < before and (before, kind) != (3, 2) or kind == 3 and [parts[0]] != [row[0] for row in tables.rows[-1:]]:
                raise Failure("stream-frame", "order")
            tables._add(kind, parts)
            before = kind
        if list(tables.values)[-1:] != [b"manifest"] or b"locked-by-person" in tables.values:
            raise Failure("stream-frame", "order of values")
        return tables.require_types()

    def _add(self, kind: int, parts: list[bytes]) -> None:
        def number(data: bytes, signed: bool = False) -> int:
            return int.from_bytes(data, "big", signed=signed)

        if kind == 1 and parts[0] in self.values or kind == 4 and number(parts[0]) in self.nodes:
            raise Failure("stream-frame", "a key twice")
        if kind == 1:
            self.values[parts[0]] = parts[1]
        elif kind == 2:
            due = number(parts[2], True) if parts[2] else None
            self.rows.append((parts[0], parts[1], due, number(parts[3]), parts[4], parts[5]))
        elif kind == 3:
            if parts[4] not in (b"\0", b"\1") or parts[4] == b"\0" and parts[5]:
                raise Failure("stream-frame", "a value or none")
            value = parts[5] if parts[4] == b"\1" else None
            self.versions.append((parts[0], number(parts[1]), number(parts[2]), parts[3], value))
        elif kind == 4:
            self.nodes[number(parts[0])] = parts[1]
        else:
            self.entries.append(Entry(
                number(parts[0]), number(parts[1], True), parts[2] or None, number(parts[3]), parts[4], parts[5],
                parts[6] or None))
