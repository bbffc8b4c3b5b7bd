"""Changes in vaults that a reader must find."""
import copy
import random
from dataclasses import replace
from pathlib import Path

import vault
from primitives import Failure

STEP = 10
"""Every tenth vault is changed."""
UNBOUND = (b"locked-by-person",)


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _changes(tables: vault.Tables, chance: random.Random) -> dict[str, vault.Tables]:
    """One fault each, by what it is called."""
    found: dict[str, vault.Tables] = {}

    def add(name: str) -> vault.Tables:
        found[name] = copy.copy(tables)
        found[name].values, found[name].nodes = dict(tables.values), dict(tables.nodes)
        found[name].rows, found[name].versions = list(tables.rows), list(tables.versions)
        found[name].entries = list(tables.entries)
        return found[name]

    key = chance.choice([key for key in tables.values if key not in UNBOUND])
    changed = add("a bit of a value")
    changed.values[key] = _flip(changed.values[key], chance)
    add("a value taken away").values.pop(key)
    add("a value come").values[b"slot/" + bytes(16).hex().encode()] = bytes(168)
    at = chance.randrange(len(tables.entries))
    changed = add("a bit of an entry")
    changed.entries[at] = replace(changed.entries[at], body=_flip(changed.entries[at].body, chance))
    add("an entry taken away").entries.pop(at)
    add("the last entry cut").entries.pop()
    changed = add("the time of an entry")
    changed.entries[at] = replace(changed.entries[at], at=changed.entries[at].at + 1)
    if tables.rows:
        at = chance.randrange(len(tables.rows))
        row = tables.rows[at]
        changed = add("a row taken away")
        changed.rows.pop(at)
        changed.versions = [version for version in changed.versions if version[0] != row[0]]
        add("a row's due time").rows[at] = (*row[:2], (row[2] or 0) + 1, *row[3:])
        for place, name in ((1, "tag"), (4, "body"), (5, "MAC")):
            add(f"a bit of a row's {name}").rows[at] = (*row[:place], _flip(row[place], chance), *row[place + 1:])
        at = chance.randrange(len(tables.versions))
        version = tables.versions[at]
        for place, name in ((3, "description"), (4, "value")):
            add(f"a bit of a {name}").versions[at] = (*version[:place], _flip(version[place], chance), *version[place + 1:])
        add("a version taken away").versions.pop(at)
        add("a version's number").versions[at] = (version[0], version[1] + 7, *version[2:])
    if len(tables.versions) > 1:
        one, other = chance.sample(range(len(tables.versions)), 2)
        changed = add("two values swapped")
        first, second = changed.versions[one], changed.versions[other]
        changed.versions[one], changed.versions[other] = (*first[:4], second[4]), (*second[:4], first[4])
    if tables.nodes:
        number = chance.choice(list(tables.nodes))
        changed = add("a bit of a node")
        changed.nodes[number] = _flip(changed.nodes[number], chance)
        add("a node taken away").nodes.pop(number)
    return found


def check(folder: Path) -> list[str]:
    """Lines about each change that is not found; then one line of figures."""
    wrong, count = [], 0
    for path in sorted(folder.iterdir(), key=lambda path: int(path.name))[::STEP]:
        tables = vault.Tables.of_file(path / "vault.db")
        vault.open_folder(path, tables)
        for name, changed in _changes(tables, random.Random(int(path.name))).items():
            count += 1
            try:
                vault.open_folder(path, changed)
                wrong.append(f"{path.name}: {name} is not seen")
            except Failure:
                pass
    if count == 0:
        wrong.append("nothing was changed")
    if not wrong:
        print(f"damage: {count} changes, all found")
    return wrong
