"""Folders that hold a vault and the list of what is in it."""
import json
from pathlib import Path

import schema
import slots
import stream
from primitives import Failure
from tables import Tables
from vault import Vault, open_folder, root_of


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
    if vault.freshness != "anchored":
        wrong.append("no anchor")
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
        if kind != 16:
            return ["the export has another frame"]
        line = schema.exported(content)
        lines.append({name: line[name] for name in ("name", "kind", "value")})
    live = [{"name": one["name"], "kind": one["kind"], "value": one["live"]} for one in vault.credentials]
    kinds = [slot.kind for slot in header.slots]
    if header.kind != stream.EXPORT or vault.id in data or header.epoch or header.sequence or kinds != [slots.PASSPHRASE]:
        return ["the export's header is another"]
    return [] if _by_name(lines) == _by_name(live) else ["the export holds something else"]


def order(path: Path) -> tuple[int, str]:
    """Numbers by their size, before other names."""
    return (int(path.name) if path.name.isdecimal() else 2**31, path.name)


def check(folder: Path) -> list[str]:
    """Lines about each vault that is not as its list says; then one line of figures."""
    wrong, credentials, entries, backups, count = [], 0, 0, 0, 0
    for path in sorted(folder.iterdir(), key=order):
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
