"""Vector files: ENVELOPE.md, section 14."""
from dataclasses import dataclass
from pathlib import Path

import envelope
import journal
import manifest
import schema
import slots
import stream
from primitives import Failure, H, Reader, is_signed, public_key, sign


FLIPS = 16
"""The control: bits changed in each good vector."""


@dataclass
class Vector:
    kind: str
    name: str
    headers: dict[str, str]
    data: bytes

    @staticmethod
    def read(path: Path) -> "Vector":
        headers: dict[str, str] = {}
        data = b""
        lines = iter(path.read_text().split("\n"))
        for line in lines:
            if not line:
                break
            if not line.startswith("# "):
                key, _, value = line.partition(":")
                headers[key] = value.strip()
        for line in lines:
            if line.startswith("zero "):
                data += bytes(int(line[5:]))
            else:
                data += bytes.fromhex(line)
        return Vector(path.parent.name, path.stem, headers, data)

    def hex(self, key: str) -> bytes:
        return bytes.fromhex(self.headers[key])

    def number(self, key: str) -> int:
        return int(self.headers[key])

    @property
    def wanted(self) -> str:
        return self.headers["class"]

    def expect(self, what: str, is_so: bool, word: str = "differs") -> None:
        if not is_so:
            raise Failure(word, what)


def _envelope(v: Vector) -> None:
    place = envelope.Place(v.hex("vault"), v.hex("record"), v.number("field"), v.number("version"), v.number("epoch"))
    value = envelope.open(v.hex("root"), place, v.data)
    if v.wanted == "ok":
        v.expect("value", value == v.hex("value"))
        # Without a nonce: more padding than needed is read, but never written.
        again = envelope.close(v.hex("root"), place, value, v.data[2:26])
        v.expect("bytes made again", again == v.data if "nonce" in v.headers else len(again) < len(v.data))


def _slot(v: Vector) -> None:
    slot = slots.read(v.data, v.hex("vault"))
    root = slots.unwrap(slot, v.hex("secret"))
    if v.wanted == "ok":
        v.expect("root", root == v.hex("root"))
        again = slots.make(
            slot.kind, v.hex("vault"), slot.id, (slot.passes, slot.memory), v.hex("salt"), v.hex("nonce"), root, v.hex("secret"))
        v.expect("bytes made again", again == v.data)


def _head(v: Vector) -> None:
    head = manifest.read_head(v.data, v.hex("root"))
    if v.wanted == "ok":
        facts = (head.sequence, head.epoch, head.credentials)
        v.expect("facts", facts == (v.number("sequence"), v.number("epoch"), v.number("credentials")))
        v.expect("bytes made again", manifest.make_head(head, v.hex("root")) == v.data)


def _node(v: Vector) -> None:
    v.expect("digest", manifest.node_digest(v.number("number"), v.data) == v.hex("digest"), "mismatch")


def _bucket(v: Vector) -> None:
    if len(v.data) % 80:
        raise Failure("malformed")
    parts = [v.data[at:at + 80] for at in range(0, len(v.data), 80)]
    rows = [(part[:32], part[32:48], part[48:]) for part in parts]
    v.expect("digest", manifest.bucket_digest(v.hex("prefix"), rows) == v.hex("digest"), "mismatch")


def _values(v: Vector) -> None:
    reader, values = Reader(v.data), {}
    while reader.left:
        key = reader.field()
        values[key] = reader.field()
    v.expect("digest", manifest.values_digest(values) == v.hex("digest"), "mismatch")


def _row(v: Vector) -> None:
    due = None if v.headers["due"] == "null" else v.number("due")
    mac = manifest.row_mac(v.hex("root"), v.hex("vault"), v.hex("record"), v.hex("tag"), due, v.number("epoch"), v.data)
    v.expect("MAC", mac == v.hex("mac"), "damaged")
    schema.row(v.data)


def _journal(v: Vector) -> None:
    reader, entries = Reader(v.data, "damaged"), []

    def optional(size: int) -> bytes | None:
        mark = reader.number("B")
        if mark > 1:
            raise Failure("damaged")
        return reader.take(size) if mark else None

    while reader.left:
        sequence, at, record, epoch = reader.number("Q"), reader.number("q"), optional(16), reader.number("I")
        entries.append(journal.Entry(sequence, at, record, epoch, reader.field(), reader.take(32), optional(64)))
    last = journal.follow(entries, v.hex("vault"), {1: v.hex("journal")}, v.hex("signing"))[0]
    if v.wanted == "ok":
        v.expect("last", last == v.number("last"))
        for entry in entries:
            if entry.signature:
                statement = journal.checkpoint(v.hex("vault"), entry.sequence, entry.chain)
                v.expect("signature made again", sign(v.hex("signing"), statement) == entry.signature)


def _checkpoint(v: Vector) -> None:
    statement = journal.checkpoint(v.hex("vault"), v.number("sequence"), v.hex("chain"))
    v.expect("signature", is_signed(v.hex("public"), statement, v.data), "wrong-key-or-tampered")


def _anchor(v: Vector) -> None:
    anchor = manifest.read_anchor(v.data, v.hex("lookup"))
    if v.wanted == "ok":
        facts = (anchor.vault, anchor.sequence, anchor.head)
        v.expect("facts", facts == (v.hex("vault"), v.number("sequence"), v.hex("head")))
        v.expect("bytes made again", manifest.make_anchor(v.hex("lookup"), *facts) == v.data)


def _recovery(v: Vector) -> None:
    key = slots.code_of(v.data)
    if v.wanted == "ok":
        v.expect("key", key == v.hex("key"))
        v.expect("key of the text made again", slots.code_of(slots.code_text(key).encode()) == key)


def fingerprint(key: bytes, value: bytes) -> str:
    bits = int.from_bytes(H(b"fp1" + value, key)[:8], "big") >> 4
    text = "".join("0123456789abcdefghjkmnpqrstvwxyz"[bits >> 5 * (11 - place) & 31] for place in range(12))
    return "-".join((text[:4], text[4:8], text[8:]))


def _fingerprint(v: Vector) -> None:
    v.expect("fingerprint", fingerprint(v.hex("key"), v.data) == v.headers["fingerprint"], "mismatch")


def _tag(v: Vector) -> None:
    v.expect("tag", manifest.name_tag(v.hex("lookup"), v.data) == v.hex("tag"), "mismatch")


def _stream(v: Vector) -> None:
    header = stream.read_header(v.data)
    try:
        root = slots.unwrap(header.slots[0], v.hex("secret"))
    except Failure:
        raise Failure("wrong-key-or-tampered") from None
    plain = b"".join(stream.chunks(v.data, header, root))
    stream.frames(plain)
    if v.wanted == "ok":
        facts = (root, header.cipher, header.sequence, H(plain))
        v.expect("facts", facts == (v.hex("root"), v.hex("cipher"), v.number("sequence"), v.hex("plain")))
        v.expect("bytes made again", stream.write(header, root, plain) == v.data)


CHECKS = {
    "envelope": _envelope, "slot": _slot, "head": _head, "node": _node, "bucket": _bucket, "values": _values, "row": _row,
    "journal": _journal, "checkpoint": _checkpoint, "anchor": _anchor, "recovery": _recovery, "fingerprint": _fingerprint,
    "tag": _tag, "stream": _stream}


def outcome(vector: Vector) -> str:
    try:
        CHECKS[vector.kind](vector)
        return "ok"
    except Failure as failure:
        return failure.word


def _changed(vector: Vector) -> list[Vector]:
    """What is right with one bit changed in it, spread over all of its bytes; fewer where each costs an Argon2id."""
    is_costly = vector.kind == "slot" and vector.data[1] == slots.PASSPHRASE
    places = sorted({len(vector.data) * part // FLIPS for part in range(1 if is_costly else FLIPS)} if vector.data else ())
    found = []
    for place in places:
        changed = bytearray(vector.data)
        changed[place] ^= 1
        found.append(Vector(vector.kind, vector.name, vector.headers, bytes(changed)))
    return found


def check(folder: Path) -> list[str]:
    """Lines about each file that is not as its class says; then one line of figures."""
    wrong, faults, flips = [], 0, 0
    files = sorted(folder.glob("*/*.txt"))
    for path in files:
        vector = Vector.read(path)
        got = outcome(vector)
        if got != vector.wanted:
            wrong.append(f"{vector.kind}/{vector.name}: {vector.wanted} expected, {got} found")
        if vector.wanted != "ok":
            faults += 1
            continue
        for changed in _changed(vector):
            flips += 1
            if outcome(changed) == "ok":
                wrong.append(f"{vector.kind}/{vector.name}: a changed bit is not seen")
    if set(CHECKS) != {path.parent.name for path in files}:
        wrong.append("the kinds of vectors are not those that are known")
    if not wrong:
        print(f"vectors: {len(files)} files, {faults} of them faults, all as expected; {flips} changed bits, all refused")
    return wrong
