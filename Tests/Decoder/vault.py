"""A whole vault, opened and checked: ENVELOPE.md, sections 3, 12, 13 and 17."""
import re
from pathlib import Path

import envelope
import journal
import manifest
import schema
import slots
from primitives import Failure
from tables import Tables
from vectors import fingerprint

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
_DECIMAL = re.compile(rb"[1-9][0-9]*")
_ID = re.compile(rb"[0-9a-f]{32}")
_OWN_KEYS = {"fingerprint-key": 1, "lookup-key": 2, "signing-key": 3}
_PLAIN = ("id", "manifest", "locked-by-person", *_OWN_KEYS)


class Vault:
    """A vault that was opened and checked in full."""

    def __init__(self, tables: Tables, root: bytes, anchor: bytes | None):
        self.tables, self.root = tables, root
        self.id = self._value("id")
        self.head = manifest.read_head(self._value("manifest"), root)
        if self.head.vault != self.id:
            raise Failure("damaged", "the head is of another vault")
        if manifest.values_digest(tables.values) != self.head.values:
            raise Failure("damaged", "values")
        self.fingerprint, self.lookup, self.signing = (self._own_key(*each) for each in _OWN_KEYS.items())
        self.journal_keys = self._own_keys("journal-key/", 1)
        self.roots = self._own_keys("root/", 2)
        if set(self.journal_keys) != set(range(1, self.head.epoch + 1)) or not set(self.roots) <= set(range(1, self.head.epoch)):
            raise Failure("damaged", "epochs of own keys")
        self.roots[self.head.epoch] = root
        self.freshness = None if anchor is None else manifest.freshness(anchor, self.lookup, self.head)
        self._check_values()
        self._check_nodes()
        self.credentials = [self._credential(row) for row in tables.rows]
        if len(self.credentials) != self.head.credentials:
            raise Failure("damaged", "number of credentials")
        if {row[0] for row in tables.versions} - {row[0] for row in tables.rows}:
            raise Failure("damaged", "a version of nobody")
        sequence, chain, self.events = journal.follow(tables.entries, self.id, self.journal_keys, self.signing)
        if (sequence, chain) != (self.head.journal, self.head.chain):
            raise Failure("damaged", "the journal was cut")

    def _value(self, key: str) -> bytes:
        value = self.tables.values.get(key.encode())
        if value is None:
            raise Failure("damaged", f"{key} is missing")
        return value

    def _own_key(self, name: str, version: int) -> bytes:
        place = envelope.Place(self.id, envelope.NOBODY, envelope.OWN_KEY, version, self.head.epoch)
        key = envelope.open(self.root, place, self._value(name))
        if len(key) != 32:
            raise Failure("damaged", name)
        return key

    def _own_keys(self, prefix: str, block: int) -> dict[int, bytes]:
        found = {}
        for key in self.tables.values:
            if key.startswith(prefix.encode()):
                if not _DECIMAL.fullmatch(key[len(prefix):]) or int(key[len(prefix):]) >= 2**32:
                    raise Failure("damaged", "name of an own key")
                number = int(key[len(prefix):])
                found[number] = self._own_key(key.decode(), block * 2**32 + number)
        return found

    def _check_values(self) -> None:
        for key, value in self.tables.values.items():
            kind, _, name = key.partition(b"/")
            if key.decode() in _PLAIN or kind in (b"journal-key", b"root"):
                continue
            if not _ID.fullmatch(name):
                raise Failure("damaged", f"{key.decode()} is not in the document")
            if kind == b"slot":
                if slots.read(value, self.id).id.hex().encode() != name:
                    raise Failure("damaged", "name of a slot")
            elif kind == b"consent":
                schema.consent(value)
            elif kind == b"keyring-item":
                schema.keyring_item(value)
            else:
                raise Failure("damaged", f"{key.decode()} is not in the document")

    def _check_nodes(self) -> None:
        buckets: dict[bytes, list[tuple[bytes, bytes, bytes]]] = {}
        for record, tag, _, _, _, mac in self.tables.rows:
            buckets.setdefault(tag[:2], []).append((tag, record, mac))
        for number in range(256):
            node = self.tables.nodes.get(number)
            if node is not None and len(node) != manifest.NODE_SIZE:
                raise Failure("malformed", f"size of node {number}")
            if manifest.node_digest(number, node or b"") != self.head.node(number):
                raise Failure("damaged", f"node {number}")
            filled = set() if node is None else {
                bytes([number, place]) for place in range(256) if any(node[32 * place:32 * place + 32])}
            for prefix in filled | {prefix for prefix in buckets if prefix[0] == number}:
                digest = node[32 * prefix[1]:32 * prefix[1] + 32] if node else manifest.EMPTY
                if manifest.bucket_digest(prefix, buckets.get(prefix, [])) != digest:
                    raise Failure("damaged", f"bucket {prefix.hex()}")

    def _root(self, epoch: int) -> bytes:
        if epoch not in self.roots:
            raise Failure("damaged", "epoch")
        return self.roots[epoch]

    def _credential(self, row: tuple) -> dict:
        record, tag, due, epoch, body, mac = row
        if manifest.row_mac(self._root(epoch), self.id, record, tag, due, epoch, body) != mac:
            raise Failure("damaged", "row MAC")
        wanted = {version["number"]: version for version in schema.row(body) if version["role"] != "dead"}
        stored = {row[1]: row for row in self.tables.versions if row[0] == record}
        if set(wanted) != set(stored):
            raise Failure("damaged", "versions")
        live = [number for number, version in wanted.items() if version["role"] == "live"][-1]
        opened = {number: self._version(stored[number], tag, wanted[number]["item"]) for number in sorted(stored)}
        versions = [{"number": number, "value": value} for number, (_, value) in opened.items()]
        facts, value = opened[live]
        return {"name": facts["name"], "kind": facts["kind"], "versions": versions, "live": value}

    def _version(self, row: tuple, tag: bytes, item: str | None) -> tuple[dict, str | None]:
        """Its description and value; no value where the value lies in a keyring."""
        record, number, epoch, description, value = row
        root = self._root(epoch)
        facts = schema.description(
            envelope.open(root, envelope.Place(self.id, record, envelope.DESCRIPTION, number, epoch), description))
        name = facts["name"].encode(errors="replace")
        if not _NAME.fullmatch(facts["name"]) or len(name) > 128 or manifest.name_tag(self.lookup, name) != tag:
            raise Failure("damaged", "name")
        content = envelope.open(root, envelope.Place(self.id, record, envelope.VALUE, number, epoch), value)
        if item is not None:
            if len(content) != 32:
                raise Failure("damaged", "key of an item")
            return facts, None
        if fingerprint(self.fingerprint, content) != facts["fingerprint"] or len(content) != facts["length"]:
            raise Failure("damaged", "fingerprint or length")
        return facts, content.decode(errors="surrogateescape")


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


def open_folder(folder: Path, tables: Tables | None = None, anchor: bytes | None = None) -> Vault:
    """By the machine's key, against the folder's anchor or another one."""
    tables = tables or Tables.of_file(folder / "vault.db")
    root = root_of(tables, slots.MACHINE, (folder / "machine.key").read_bytes())
    return Vault(tables, root, (folder / "anchor").read_bytes() if anchor is None else anchor)
