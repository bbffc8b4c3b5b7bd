"""A whole vault: ENVELOPE.md, sections 3, 7, 12, 13 and 16."""
import json
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import envelope
import journal
import manifest
import schema
import slots
import stream
from primitives import Failure, Reader
from vectors import fingerprint


@dataclass
class Tables:
    """What lies in the file, nothing of it believed yet."""

    values: dict[bytes, bytes] = field(default_factory=dict)
    rows: list[tuple] = field(default_factory=list)
    versions: list[tuple] = field(default_factory=list)
    nodes: dict[int, bytes] = field(default_factory=dict)
    entries: list[journal.Entry] = field(default_factory=list)

    @staticmethod
    def of_file(path: Path) -> "Tables":
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            if database.execute("PRAGMA user_version").fetchone()[0] != 2:
                raise Failure("damaged", "layout")
            ask = database.execute
            tables = Tables(
                {key.encode(): value for key, value in ask("SELECT key, value FROM vault")},
                ask("SELECT id, tag, due, epoch, body, mac FROM credential").fetchall(),
                ask("SELECT id, number, epoch, description, value FROM version").fetchall(),
                dict(ask("SELECT number, body FROM node")),
                [journal.Entry(*row) for row in ask(
                    "SELECT sequence, at, record, epoch, body, chain, signature FROM journal ORDER BY sequence")])
        finally:
            database.close()
        tables.require_types()
        return tables

    def require_types(self) -> None:
        def fits(value: object, kind: type, optional: bool = False) -> bool:
            return type(value) is kind or optional and value is None

        good = all(type(value) is bytes for value in self.values.values())
        for row in self.rows:
            good = good and fits(row[0], bytes) and fits(row[1], bytes) and fits(row[2], int, True)
            good = good and fits(row[3], int) and fits(row[4], bytes) and fits(row[5], bytes)
        for row in self.versions:
            good = good and fits(row[0], bytes) and fits(row[1], int) and fits(row[2], int)
            good = good and fits(row[3], bytes) and fits(row[4], bytes)
        good = good and all(type(number) is int and 0 <= number < 256 and type(body) is bytes
                            for number, body in self.nodes.items())
        if not good or len(self.nodes) > 256:
            raise Failure("damaged", "a column has another type")

    @staticmethod
    def of_backup(plain: bytes) -> "Tables":
        tables = Tables()
        for kind, content in stream.frames(plain):
            reader, parts = Reader(content, "stream-frame"), []
            while reader.left:
                parts.append(reader.field())
            tables.add(kind, parts)
        return tables

    def add(self, kind: int, parts: list[bytes]) -> None:
        def number(data: bytes, signed: bool = False) -> int:
            return int.from_bytes(data, "big", signed=signed)

        counts = {1: 2, 2: 6, 3: 6, 4: 2, 5: 7}
        if counts.get(kind) != len(parts):
            raise Failure("stream-frame", "fields")
        if kind == 1:
            self.values[parts[0]] = parts[1]
        elif kind == 2:
            due = number(parts[2], True) if parts[2] else None
            self.rows.append((parts[0], parts[1], due, number(parts[3]), parts[4], parts[5]))
        elif kind == 3:
            self.versions.append((parts[0], number(parts[1]), number(parts[2]), parts[3], parts[5] if parts[4] == b"\1" else None))
        elif kind == 4:
            self.nodes[number(parts[0])] = parts[1]
        else:
            self.entries.append(journal.Entry(
                number(parts[0]), number(parts[1], True), parts[2] or None, number(parts[3]), parts[4], parts[5], parts[6] or None))


class Vault:
    """A vault that was opened and checked in full."""

    def __init__(self, tables: Tables, root: bytes, anchor: bytes | None):
        self.tables, self.root = tables, root
        self.id = tables.values[b"id"]
        self.head = manifest.read_head(self.value("manifest"), root)
        if self.head.vault != self.id:
            raise Failure("damaged", "the head is of another vault")
        if manifest.values_digest(tables.values) != self.head.values:
            raise Failure("damaged", "values")
        self.fingerprint, self.lookup, self.signing = (
            self.own_key(name, version) for name, version in (("fingerprint-key", 1), ("lookup-key", 2), ("signing-key", 3)))
        self.journal_keys = self.own_keys("journal-key/", 1)
        self.roots = {self.head.epoch: root, **self.own_keys("root/", 2)}
        if anchor is not None:
            self.freshness = manifest.freshness(anchor, self.lookup, self.head)
        self.check_nodes()
        self.credentials = [self.credential(row) for row in tables.rows]
        if len(self.credentials) != self.head.credentials:
            raise Failure("damaged", "number of credentials")
        if {row[0] for row in tables.versions} - {row[0] for row in tables.rows}:
            raise Failure("damaged", "a version of nobody")
        sequence, chain, self.events = journal.follow(tables.entries, self.id, self.journal_keys, self.signing)
        if (sequence, chain) != (self.head.journal, self.head.chain):
            raise Failure("damaged", "the journal was cut")

    def value(self, key: str) -> bytes:
        value = self.tables.values.get(key.encode())
        if value is None:
            raise Failure("damaged", f"{key} is missing")
        return value

    def own_key(self, name: str, version: int) -> bytes:
        place = envelope.Place(self.id, envelope.NOBODY, envelope.OWN_KEY, version, self.head.epoch)
        key = envelope.open(self.root, place, self.value(name))
        if len(key) != 32:
            raise Failure("damaged", name)
        return key

    def own_keys(self, prefix: str, block: int) -> dict[int, bytes]:
        found = {}
        for key in self.tables.values:
            if key.startswith(prefix.encode()):
                number = int(key[len(prefix):])
                found[number] = self.own_key(key.decode(), block * 2**32 + number)
        return found

    def check_nodes(self) -> None:
        buckets: dict[bytes, list[tuple[bytes, bytes, bytes]]] = {}
        for record, tag, _, _, _, mac in self.tables.rows:
            buckets.setdefault(tag[:2], []).append((tag, record, mac))
        for number in range(256):
            node = self.tables.nodes.get(number, b"")
            if manifest.node_digest(number, node) != self.head.node(number):
                raise Failure("damaged", f"node {number}")
            node = node or bytes(manifest.NODE_SIZE)
            for place in range(256):
                digest = node[32 * place:32 * place + 32]
                prefix = bytes([number, place])
                if prefix in buckets or any(digest):
                    if manifest.bucket_digest(prefix, buckets.get(prefix, [])) != digest:
                        raise Failure("damaged", f"bucket {prefix.hex()}")

    def credential(self, row: tuple) -> dict:
        record, tag, due, epoch, body, mac = row
        root = self.roots.get(epoch)
        if root is None or manifest.row_mac(root, self.id, record, tag, due, epoch, body) != mac:
            raise Failure("damaged", "row MAC")
        wanted = {version["number"]: version for version in schema.row(body) if version["role"] != "dead"}
        stored = {row[1]: row for row in self.tables.versions if row[0] == record}
        if set(wanted) != set(stored):
            raise Failure("damaged", "versions")
        live = [number for number, version in wanted.items() if version["role"] == "live"][-1]
        versions, facts = [], {}
        for number, (_, _, version_epoch, description, value) in sorted(stored.items()):
            key = self.roots.get(version_epoch)
            if key is None:
                raise Failure("damaged", "epoch")
            place = envelope.Place(self.id, record, envelope.DESCRIPTION, number, version_epoch)
            facts[number] = schema.description(envelope.open(key, place, description))
            place = envelope.Place(self.id, record, envelope.VALUE, number, version_epoch)
            content = envelope.open(key, place, value)
            if wanted[number]["item"] is None and fingerprint(self.fingerprint, content) != facts[number]["fingerprint"]:
                raise Failure("damaged", "fingerprint")
            if manifest.name_tag(self.lookup, facts[number]["name"].encode()) != tag:
                raise Failure("damaged", "name")
            versions.append({"number": number, "value": content.decode()})
        value = next(version["value"] for version in versions if version["number"] == live)
        return {"name": facts[live]["name"], "kind": facts[live]["kind"], "versions": versions, "live": value}


def root_of(tables: Tables, kind: int, secret: bytes) -> bytes:
    """By the first slot of the kind that the secret opens."""
    vault = tables.values.get(b"id", b"")
    if len(vault) != 16:
        raise Failure("damaged", "id")
    reason = Failure("damaged", "no slot of that kind")
    for key, value in tables.values.items():
        if key.startswith(b"slot/"):
            try:
                slot = slots.read(value, vault)
                if slot.kind == kind and key == b"slot/" + slot.id.hex().encode():
                    return slots.unwrap(slot, secret)
            except Failure as failure:
                reason = failure
    raise reason


def open_folder(folder: Path, tables: Tables | None = None) -> Vault:
    tables = tables or Tables.of_file(folder / "vault.db")
    root = root_of(tables, slots.MACHINE, (folder / "machine.key").read_bytes())
    return Vault(tables, root, (folder / "anchor").read_bytes())


def _by_name(credentials: list[dict]) -> list[dict]:
    return sorted(credentials, key=lambda credential: credential["name"])


def _check_folder(folder: Path) -> tuple[Vault, list[str]]:
    wanted, wrong = json.loads((folder / "expected.json").read_text()), []
    vault = open_folder(folder)
    found = [{name: one[name] for name in ("name", "kind", "versions")} for one in vault.credentials]
    if _by_name(found) != _by_name(wanted["credentials"]):
        wrong.append("other credentials")
    if vault.events != wanted["journal"]:
        wrong.append("another journal")
    secrets = [(slots.PASSPHRASE, wanted.get("passphrase"), str.encode),
               (slots.RECOVERY, wanted.get("recovery"), lambda text: slots.code_of(text.encode()))]
    for kind, text, key in secrets:
        if text is not None and root_of(vault.tables, kind, key(text)) != vault.root:
            wrong.append(f"slot kind {kind} gives another root key")
    if (folder / "vault.backup").exists():
        wrong += _check_backup(folder, vault, wanted)
    if wanted.get("export") is not None:
        wrong += _check_export((folder / "vault.export").read_bytes(), vault, wanted["export"]["passphrase"].encode())
    return vault, wrong


def _check_backup(folder: Path, vault: Vault, wanted: dict) -> list[str]:
    data = (folder / "vault.backup").read_bytes()
    header = stream.read_header(data)
    secret = (folder / "machine.key").read_bytes()
    roots = [slots.unwrap(slot, secret) for slot in header.slots if slot.kind == slots.MACHINE]
    own = wanted.get("backup")
    if own is not None:
        roots.append(slots.unwrap(
            [slot for slot in header.slots if slot.kind == slots.PASSPHRASE][-1], own["passphrase"].encode()))
    if not roots or any(root != vault.root for root in roots):
        return ["the backup's slots give another root key"]
    saved = Vault(Tables.of_backup(b"".join(stream.chunks(data, header, vault.root))), vault.root, None)
    wrong = []
    if header.kind != stream.BACKUP or (header.epoch, header.sequence) != (saved.head.epoch, saved.head.sequence):
        wrong.append("the backup's header is of another state")
    if header.vault != vault.id or _by_name(saved.credentials) != _by_name(vault.credentials):
        wrong.append("the backup holds something else")
    return wrong


def _check_export(data: bytes, vault: Vault, passphrase: bytes) -> list[str]:
    header = stream.read_header(data)
    root = slots.unwrap(header.slots[0], passphrase)
    lines = []
    for kind, content in stream.frames(b"".join(stream.chunks(data, header, root))):
        line = json.loads(content)
        if kind != 16 or not {"name", "value", "kind", "minted", "probe"} <= line.keys():
            return ["the export has another frame"]
        lines.append({name: line[name] for name in ("name", "kind", "value")})
    live = [{"name": one["name"], "kind": one["kind"], "value": one["live"]} for one in vault.credentials]
    if header.kind != stream.EXPORT or header.vault == vault.id or header.epoch or header.sequence or len(header.slots) != 1:
        return ["the export's header is another"]
    return [] if _by_name(lines) == _by_name(live) else ["the export holds something else"]


def check(folder: Path) -> list[str]:
    """Lines about each vault that is not as its list says; then one line of figures."""
    wrong, credentials, entries, backups, count = [], 0, 0, 0, 0
    for path in sorted(folder.iterdir(), key=lambda path: int(path.name)):
        count += 1
        try:
            vault, found = _check_folder(path)
            wrong += [f"{path.name}: {line}" for line in found]
            credentials += len(vault.credentials)
            entries += len(vault.events)
            backups += (path / "vault.backup").exists()
        except Failure as failure:
            wrong.append(f"{path.name}: {failure}")
    if count == 0:
        wrong.append("there is no vault")
    if not wrong:
        print(f"vaults: {count}, {backups} with a backup, {credentials} credentials, {entries} journal entries, all as expected")
    return wrong
