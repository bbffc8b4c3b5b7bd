"""The journal: ENVELOPE.md, section 9."""
from dataclasses import dataclass

import envelope
import schema
from primitives import KDF, Failure, H, fields, i64, is_signed, public_key, u32, u64


@dataclass(frozen=True)
class Entry:
    sequence: int
    at: int
    record: bytes | None
    epoch: int
    body: bytes
    chain: bytes
    signature: bytes | None


def checkpoint(vault: bytes, sequence: int, chain: bytes) -> bytes:
    return fields("tokenward checkpoint 1", vault, u64(sequence), chain)


def _link(vault: bytes, entry: Entry, key: bytes, before: bytes) -> bytes:
    statement = fields(
        "tokenward journal 1", vault, u64(entry.sequence), i64(entry.at), entry.record or b"", u32(entry.epoch), before,
        entry.body)
    return H(statement, KDF(key, "twRowMac"))


def follow(entries: list[Entry], vault: bytes, keys: dict[int, bytes], seed: bytes) -> tuple[int, bytes, list[str]]:
    """Sequence and chain of the last entry, and all events; refuses a journal that was changed."""
    public = public_key(seed)
    sequence, chain, events = 0, bytes(32), []
    for entry in entries:
        key = keys.get(entry.epoch)
        if entry.sequence != sequence + 1 or key is None or entry.chain != _link(vault, entry, key, chain):
            raise Failure("damaged", f"journal entry {entry.sequence}")
        if entry.signature is not None:
            if not is_signed(public, checkpoint(vault, entry.sequence, entry.chain), entry.signature):
                raise Failure("damaged", f"signature of {entry.sequence}")
        elif entry.sequence % 64 == 0:
            raise Failure("damaged", f"no signature at {entry.sequence}")
        place = envelope.Place(vault, entry.record or envelope.NOBODY, envelope.JOURNAL, entry.sequence, entry.epoch)
        try:
            events.append(schema.event(envelope.open(key, place, entry.body)))
        except Failure as failure:
            raise Failure("damaged", f"journal entry {entry.sequence}: {failure}") from None
        sequence, chain = entry.sequence, entry.chain
    return sequence, chain, events
