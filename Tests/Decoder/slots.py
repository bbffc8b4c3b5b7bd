"""Slots and recovery codes: ENVELOPE.md, sections 5 and 6."""
from dataclasses import dataclass

from primitives import KDF, Failure, H, Reader, argon2id, check_suite, seal, u8, u16, u32, u64, unseal

SIZE = 168
PASSPHRASE, KEYRING, RECOVERY, MACHINE = 1, 2, 3, 4
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Slot:
    data: bytes
    kind: int
    id: bytes
    passes: int
    memory: int
    salt: bytes
    nonce: bytes


def read(data: bytes, vault: bytes) -> Slot:
    if len(data) != SIZE:
        raise Failure("malformed", "slot size")
    reader = Reader(data)
    form, kind, suite = reader.number("B"), reader.number("B"), reader.number("H")
    whose, name = reader.take(16), reader.take(16)
    passes, memory = reader.number("I"), reader.number("Q")
    if form != 1 or kind not in (PASSPHRASE, KEYRING, RECOVERY, MACHINE) or whose != vault:
        raise Failure("malformed", "slot header")
    check_suite(suite)
    if kind == PASSPHRASE:
        fits = 3 <= passes <= 10 and 67_108_864 <= memory <= 2_147_483_648
    else:
        fits = passes == 0 and memory == 0
    if not fits:
        raise Failure("kdf-out-of-bounds")
    return Slot(data, kind, name, passes, memory, reader.take(16), reader.take(24))


def _wrapping_keys(slot: Slot, secret: bytes) -> tuple[bytes, bytes]:
    if slot.kind == PASSPHRASE:
        if not secret:
            raise Failure("wrong-key-or-tampered", "empty passphrase")
        stretch = argon2id(secret, slot.salt, slot.passes, slot.memory)
    elif len(secret) != 32:
        raise Failure("wrong-key-or-tampered", "secret size")
    else:
        stretch = H(slot.salt, secret)
    return KDF(stretch, "twSlotKy"), KDF(stretch, "twSlotCm")


def unwrap(slot: Slot, secret: bytes) -> bytes:
    """The root key."""
    wrapping, committing = _wrapping_keys(slot, secret)
    if H(slot.data[:136], committing) != slot.data[136:]:
        raise Failure("wrong-key-or-tampered", "slot commitment")
    return unseal(wrapping, slot.nonce, slot.data[:64], slot.data[88:136])


def make(kind: int, vault: bytes, name: bytes, cost: tuple[int, int], salt: bytes, nonce: bytes, root: bytes, secret: bytes) -> bytes:
    header = u8(1) + u8(kind) + u16(1) + vault + name + u32(cost[0]) + u64(cost[1]) + salt
    wrapping, committing = _wrapping_keys(Slot(header, kind, name, *cost, salt, nonce), secret)
    data = header + nonce + seal(wrapping, nonce, header, root)
    return data + H(data, committing)


def _check(number: int, values: list[int]) -> int:
    return H(b"rc1" + u8(number) + bytes(values))[0] >> 3


def code_of(text: bytes) -> bytes:
    """The 32 bytes behind a recovery code as it was typed."""
    values: list[int] = []
    for byte in text:
        character = chr(byte)
        if character in " \t\r\n-":
            continue
        if len(values) == 65:
            raise Failure("recovery-code-length")
        character = {"O": "0", "I": "1", "L": "1"}.get(character.upper(), character.upper())
        if byte > 127 or character not in ALPHABET:
            raise Failure(f"recovery-code-{len(values) // 5 + 1}")
        values.append(ALPHABET.index(character))
    if len(values) < 65:
        raise Failure("recovery-code-length")
    bits = 0
    for group in range(13):
        four = values[group * 5:group * 5 + 4]
        if _check(group, four) != values[group * 5 + 4]:
            raise Failure(f"recovery-code-{group + 1}")
        for value in four:
            bits = bits << 5 | value
    if bits & 15:
        raise Failure("recovery-code-13")
    return (bits >> 4).to_bytes(32, "big")


def code_text(key: bytes) -> str:
    bits = int.from_bytes(key, "big") << 4
    values = [bits >> 5 * (51 - place) & 31 for place in range(52)]
    groups = []
    for group in range(13):
        four = values[group * 4:group * 4 + 4]
        groups.append("".join(ALPHABET[value] for value in [*four, _check(group, four)]))
    return "-".join(groups)
