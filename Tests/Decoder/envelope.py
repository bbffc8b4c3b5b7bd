"""Envelopes: ENVELOPE.md, section 4."""
from dataclasses import dataclass

from primitives import KDF, SUITE, Failure, H, check_suite, fields, seal, u8, u16, u32, u64, unseal

DESCRIPTION, VALUE, OWN_KEY, JOURNAL = 1, 2, 3, 4
NOBODY = bytes(16)


@dataclass(frozen=True)
class Place:
    vault: bytes
    record: bytes
    field: int
    version: int
    epoch: int

    @property
    def ad(self) -> bytes:
        return fields(
            "tokenward envelope 1", u16(SUITE), self.vault, self.record, u8(self.field), u64(self.version), u32(self.epoch))


def _keys(root: bytes, place: Place) -> tuple[bytes, bytes]:
    whose = place.record + u32(place.epoch)
    return H(whose, KDF(root, "twRecord")), H(whose, KDF(root, "twCommit"))


def close(root: bytes, place: Place, value: bytes, nonce: bytes) -> bytes:
    """The envelope of a value."""
    size = 64
    while size < len(value) + 1:
        size *= 2
    padded = value + b"\x80" + bytes(size - len(value) - 1)
    sealing, committing = _keys(root, place)
    cipher = seal(sealing, nonce, place.ad, padded)
    return u16(SUITE) + nonce + H(place.ad + nonce + cipher, committing) + cipher


def open(root: bytes, place: Place, data: bytes) -> bytes:
    """The value of an envelope."""
    if len(data) < 138:
        raise Failure("malformed", "short envelope")
    check_suite(int.from_bytes(data[:2], "big"))
    size = len(data) - 74
    if size & (size - 1) or size > 131_072:
        raise Failure("malformed", "padding size")
    nonce, commitment, cipher = data[2:26], data[26:58], data[58:]
    sealing, committing = _keys(root, place)
    if H(place.ad + nonce + cipher, committing) != commitment:
        raise Failure("wrong-key-or-tampered", "commitment")
    padded = unseal(sealing, nonce, place.ad, cipher).rstrip(b"\x00")
    if not padded.endswith(b"\x80"):
        raise Failure("malformed", "padding")
    return padded[:-1]
