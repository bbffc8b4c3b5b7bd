"""Rows, buckets, nodes, values, head and anchor: ENVELOPE.md, sections 8 and 9."""
from dataclasses import dataclass

from primitives import KDF, SUITE, Failure, H, Reader, check_suite, fields, i64, u8, u16, u32, u64

EMPTY = bytes(32)
HEAD_SIZE = 8_340
NODE_SIZE = 8_192
LEFT_OUT = ("manifest", "locked-by-person")


def row_mac(root: bytes, vault: bytes, record: bytes, tag: bytes, due: int | None, epoch: int, body: bytes) -> bytes:
    when = i64(-(2**63) if due is None else due)
    return H(fields("tokenward row 1", vault, record, tag, when, u32(epoch), body), KDF(root, "twRowMac"))


def name_tag(lookup: bytes, name: bytes) -> bytes:
    return H(name, KDF(lookup, "twNames_"))


def consent_tag(lookup: bytes, kind: str, host: str) -> bytes:
    return H(fields("tokenward consent 1", kind.encode(), host.encode()), KDF(lookup, "twConsnt"))


def bucket_digest(prefix: bytes, rows: list[tuple[bytes, bytes, bytes]]) -> bytes:
    """Over (tag, id, mac) of each row."""
    if not rows:
        return EMPTY
    parts = [part for row in sorted(rows) for part in row]
    return H(fields("tokenward bucket 1", prefix, *parts))


def node_digest(number: int, node: bytes) -> bytes:
    if len(node) not in (0, NODE_SIZE):
        raise Failure("malformed", "node size")
    if not any(node):
        return EMPTY
    return H(fields("tokenward node 1", u8(number), node))


def values_digest(values: dict[bytes, bytes]) -> bytes:
    parts = [part for key in sorted(values) if key.decode(errors="replace") not in LEFT_OUT for part in (key, values[key])]
    return H(fields("tokenward values 1", *parts))


@dataclass(frozen=True)
class Head:
    data: bytes
    vault: bytes
    sequence: int
    epoch: int
    credentials: int
    values: bytes
    journal: int
    chain: bytes

    def node(self, number: int) -> bytes:
        return self.data[116 + 32 * number:148 + 32 * number]


def make_head(head: Head, root: bytes) -> bytes:
    """The head made again from what was read of it."""
    facts = u64(head.sequence) + u32(head.epoch) + u64(head.credentials) + head.values + u64(head.journal) + head.chain
    data = b"TWMH" + u16(1) + u16(SUITE) + head.vault + facts + b"".join(head.node(number) for number in range(256))
    return data + H(data, KDF(root, "twManif_"))


def read_head(data: bytes, root: bytes) -> Head:
    if len(data) != HEAD_SIZE or data[:4] != b"TWMH" or data[4:6] != b"\0\1":
        raise Failure("malformed", "head")
    reader = Reader(data)
    reader.take(6)
    check_suite(reader.number("H"))
    head = Head(
        data, reader.take(16), reader.number("Q"), reader.number("I"), reader.number("Q"), reader.take(32),
        reader.number("Q"), reader.take(32))
    if H(data[:-32], KDF(root, "twManif_")) != data[-32:]:
        raise Failure("wrong-key-or-tampered", "head MAC")
    if max(head.sequence, head.credentials, head.journal) >= 2**63 or head.epoch == 2**32 - 1:
        raise Failure("malformed", "head numbers")
    return head


@dataclass(frozen=True)
class Anchor:
    vault: bytes
    sequence: int
    head: bytes


def read_anchor(data: bytes, lookup: bytes) -> Anchor:
    if len(data) != 94 or data[:6] != b"TWAN\0\1":
        raise Failure("malformed", "anchor")
    if H(data[:62], KDF(lookup, "twAnchor")) != data[62:]:
        raise Failure("wrong-key-or-tampered", "anchor MAC")
    anchor = Anchor(data[6:22], int.from_bytes(data[22:30], "big"), data[30:62])
    if anchor.sequence >= 2**63:
        raise Failure("malformed", "anchor sequence")
    return anchor


def make_anchor(lookup: bytes, vault: bytes, sequence: int, head: bytes) -> bytes:
    data = b"TWAN" + u16(1) + vault + u64(sequence) + head
    return data + H(data, KDF(lookup, "twAnchor"))


def write_anchor(lookup: bytes, vault: bytes, sequence: int, head: bytes) -> bytes:
    """An anchor file with this one anchor."""
    data = make_anchor(lookup, vault, sequence, head)
    place = u16(len(data)) + data + bytes(510 - len(data))
    return bytes(512) + place if sequence % 2 else place + bytes(512)


def anchors_of(file: bytes) -> list[bytes]:
    """The places of an anchor file that are not empty."""
    found = []
    for start in (0, 512):
        size = int.from_bytes(file[start:start + 2], "big")
        if 0 < size <= 510 and len(file) >= start + 2 + size:
            found.append(file[start + 2:start + 2 + size])
    return found


def freshness(file: bytes, lookup: bytes, head: Head) -> str:
    """What the anchors say of a head; refuses a vault that was rolled back or forked."""
    places = anchors_of(file)
    ours = []
    for place in places:
        try:
            anchor = read_anchor(place, lookup)
        except Failure:
            continue
        if anchor.vault == head.vault:
            ours.append(anchor)
    if not places:
        return "fresh" if head.sequence <= 1 else "unknown"
    if not ours:
        raise Failure("damaged", "no anchor is of this vault")
    best = max(ours, key=lambda anchor: anchor.sequence)
    if best.sequence > head.sequence:
        raise Failure("rolled-back")
    if best.sequence == head.sequence and best.head != head.data[-32:]:
        raise Failure("damaged", "another head")
    return "anchored"
