"""Changes in vaults that a reader must find."""
import copy
import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import folders
import vault
from manifest import write_anchor
from primitives import Failure
from tables import Tables

STEP = 10
"""Every tenth vault is changed."""
FLIPS = 32
"""Bits flipped in the file of each of these, as it lies on the disk."""
UNBOUND = (b"locked-by-person",)
"""What the document leaves without a MAC."""


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


class Changes:
    """Copies of the tables of a vault, one fault in each, by what it is called."""

    def __init__(self, tables: Tables, chance: random.Random):
        self.tables, self.chance = tables, chance
        self.found: dict[str, Tables] = {}
        self._values()
        self._entries()
        if tables.rows:
            self._rows()
            self._versions()
            self._nodes()

    def _add(self, name: str) -> Tables:
        self.found[name] = copied = copy.copy(self.tables)
        for part in ("values", "nodes", "rows", "versions", "entries"):
            setattr(copied, part, copy.copy(getattr(self.tables, part)))
        return copied

    def _set(self, name: str, part: str, at: int, place: int, value: object) -> None:
        rows = getattr(self._add(name), part)
        rows[at] = (*rows[at][:place], value, *rows[at][place + 1:])

    def _swap(self, name: str, part: str, place: int) -> None:
        rows = getattr(self.tables, part)
        if len(rows) > 1:
            one, other = self.chance.sample(range(len(rows)), 2)
            changed = getattr(self._add(name), part)
            for at, source in ((one, rows[other]), (other, rows[one])):
                changed[at] = (*changed[at][:place], source[place], *changed[at][place + 1:])

    def _values(self) -> None:
        for key in self.tables.values:
            if key not in UNBOUND:
                word = key.decode().partition("/")[0]
                values = self._add(f"a bit of {word}").values
                values[key] = _flip(values[key], self.chance)
                self._add(f"{word} taken away").values.pop(key)
        self._add("a slot come").values[b"slot/" + bytes(16).hex().encode()] = bytes(168)

    def _entries(self) -> None:
        entries = self.tables.entries
        at = self.chance.randrange(len(entries))
        entry = entries[at]
        others = {
            "the body": {"body": _flip(entry.body, self.chance)}, "the chain": {"chain": _flip(entry.chain, self.chance)},
            "the time": {"at": entry.at + 1}, "the epoch": {"epoch": entry.epoch + 1},
            "the record": {"record": bytes(16) if entry.record is None else None},
            "an empty record": {"record": b""}, "the signature": {"signature": bytes(64)}}
        for name, change in others.items():
            self._add(f"{name} of an entry").entries[at] = replace(entry, **change)
        self._add("an entry taken away").entries.pop(at)
        self._add("the last entry cut").entries.pop()
        self._add("all entries cut").entries.clear()
        self._add("an entry come").entries.append(replace(entries[-1], sequence=len(entries) + 1))
        if len(entries) > 1:
            changed = self._add("two entries swapped").entries
            changed[0], changed[-1] = (
                replace(entries[-1], sequence=1), replace(entries[0], sequence=entries[-1].sequence))

    def _rows(self) -> None:
        at = self.chance.randrange(len(self.tables.rows))
        row = self.tables.rows[at]
        changed = self._add("a row taken away")
        changed.rows.pop(at)
        changed.versions = [version for version in changed.versions if version[0] != row[0]]
        self._add("a row twice").rows.append(row)
        self._set("a row's due time", "rows", at, 2, (row[2] or 0) + 1)
        self._set("a row's due time gone", "rows", at, 2, -(2**63) + 1 if row[2] is None else None)
        self._set("a row's epoch", "rows", at, 3, row[3] + 1)
        for place, name in ((0, "id"), (1, "tag"), (4, "body"), (5, "MAC")):
            self._set(f"a bit of a row's {name}", "rows", at, place, _flip(row[place], self.chance))
        for place, name in ((1, "tags"), (4, "bodies"), (5, "MACs")):
            self._swap(f"two rows' {name} swapped", "rows", place)

    def _versions(self) -> None:
        at = self.chance.randrange(len(self.tables.versions))
        version = self.tables.versions[at]
        for place, name in ((3, "description"), (4, "value")):
            self._set(f"a bit of a {name}", "versions", at, place, _flip(version[place], self.chance))
            self._swap(f"two {name}s swapped", "versions", place)
        self._add("a version taken away").versions.pop(at)
        self._add("a version twice").versions.append((version[0], version[1] + 1_000, *version[2:]))
        self._set("a version's number", "versions", at, 1, version[1] + 1_000)
        self._set("a version's epoch", "versions", at, 2, version[2] + 1)
        self._set("a value gone", "versions", at, 4, None)

    def _nodes(self) -> None:
        number = self.chance.choice(list(self.tables.nodes))
        nodes = self._add("a bit of a node").nodes
        nodes[number] = _flip(nodes[number], self.chance)
        self._add("a node taken away").nodes.pop(number)
        nodes = self._add("a node elsewhere").nodes
        nodes[(number + 1) % 256] = nodes.pop(number)


def _anchors(whole: vault.Vault) -> Iterator[tuple[str, bytes, str]]:
    """Anchor files and what they must lead to."""
    head = whole.head
    yield "a later anchor", write_anchor(whole.lookup, head.vault, head.sequence + 1, bytes(32)), "rolled-back"
    yield "an anchor of another head", write_anchor(whole.lookup, head.vault, head.sequence, bytes(32)), "damaged"
    yield "an anchor of another vault", write_anchor(whole.lookup, bytes(16), head.sequence, head.data[-32:]), "damaged"
    yield "a forged anchor", write_anchor(bytes(32), head.vault, head.sequence, head.data[-32:]), "damaged"


def _outcome(path: Path, tables: Tables | None = None, anchor: bytes | None = None) -> str:
    try:
        vault.open_folder(path, None if tables is None else tables.require_types(), anchor)
        return "ok"
    except Failure as failure:
        return failure.word


def _files(path: Path, whole: vault.Vault, chance: random.Random) -> Iterator[str]:
    """Flips bits of the file: each is found, or the vault holds what it held."""
    with tempfile.TemporaryDirectory() as place:
        copied = Path(place) / path.name
        shutil.copytree(path, copied)
        file = copied / "vault.db"
        data = file.read_bytes()
        for _ in range(FLIPS):
            file.write_bytes(_flip(data, chance))
            try:
                again = vault.open_folder(copied)
                same = (again.credentials, again.events, again.head) == (whole.credentials, whole.events, whole.head)
                yield "harmless" if same else "not seen"
            except Failure:
                yield "found"


def check(folder: Path) -> list[str]:
    """Lines about each change that is not found; then one line of figures."""
    wrong, count, flips = [], 0, {"found": 0, "harmless": 0, "not seen": 0}
    for path in sorted(folder.iterdir(), key=folders.order)[::STEP]:
        tables, chance = Tables.of_file(path / "vault.db"), random.Random(path.name)
        whole = vault.open_folder(path, tables)
        for name, changed in Changes(tables, chance).found.items():
            count += 1
            if _outcome(path, changed) == "ok":
                wrong.append(f"{path.name}: {name} is not seen")
        for name, anchor, wanted in _anchors(whole):
            count += 1
            got = _outcome(path, tables, anchor)
            if got != wanted:
                wrong.append(f"{path.name}: {name}: {wanted} expected, {got} found")
        for outcome in _files(path, whole, chance):
            flips[outcome] += 1
    if count == 0:
        wrong.append("nothing was changed")
    if flips["not seen"]:
        wrong.append(f"{flips['not seen']} flipped bits of a file are not seen")
    if not wrong:
        print(f"damage: {count} changes, all found; {sum(flips.values())} flipped bits of files, {flips['found']} found, the others harmless")
    return wrong
