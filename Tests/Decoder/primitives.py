"""Notation and primitives of ENVELOPE.md, sections 1 to 3."""
import hashlib
import struct

from nacl import bindings
from nacl.exceptions import CryptoError

SUITE = 1


class Failure(Exception):
    """Why bytes are refused: one of the classes of section 13, in the spelling of section 14."""

    def __init__(self, word: str, detail: str = ""):
        super().__init__(word + (f": {detail}" if detail else ""))
        self.word = word


def u8(number: int) -> bytes:
    return struct.pack(">B", number)


def u16(number: int) -> bytes:
    return struct.pack(">H", number)


def u32(number: int) -> bytes:
    return struct.pack(">I", number)


def u64(number: int) -> bytes:
    return struct.pack(">Q", number)


def i64(number: int) -> bytes:
    return struct.pack(">q", number)


def fields(domain: str | None, *parts: bytes) -> bytes:
    """`Fields(...)`: no two lists share their bytes."""
    everything = parts if domain is None else (domain.encode(), *parts)
    return b"".join(u32(len(part)) + part for part in everything)


class Reader:
    """Takes bytes from the front; what is missing is refused with one class."""

    def __init__(self, data: bytes, word: str = "malformed"):
        self.data, self.at, self.word = data, 0, word

    @property
    def left(self) -> int:
        return len(self.data) - self.at

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise Failure(self.word, "too short")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, form: str) -> int:
        return struct.unpack(">" + form, self.take(struct.calcsize(form)))[0]

    def field(self) -> bytes:
        return self.take(self.number("I"))


def H(message: bytes, key: bytes = b"") -> bytes:
    return hashlib.blake2b(message, digest_size=32, key=key).digest()


def KDF(key: bytes, context: str) -> bytes:
    return hashlib.blake2b(
        b"", digest_size=32, key=key, salt=bytes([1]) + bytes(15), person=context.encode() + bytes(8)).digest()


def seal(key: bytes, nonce: bytes, ad: bytes, message: bytes) -> bytes:
    return bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(message, ad, nonce, key)


def unseal(key: bytes, nonce: bytes, ad: bytes, sealed: bytes) -> bytes:
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, ad, nonce, key)
    except CryptoError:
        raise Failure("wrong-key-or-tampered", "AEAD") from None


def argon2id(passphrase: bytes, salt: bytes, passes: int, memory: int) -> bytes:
    return bindings.crypto_pwhash_alg(32, passphrase, salt, passes, memory, bindings.crypto_pwhash_ALG_ARGON2ID13)


def public_key(seed: bytes) -> bytes:
    return bindings.crypto_sign_seed_keypair(seed)[0]


def sign(seed: bytes, message: bytes) -> bytes:
    return bindings.crypto_sign(message, bindings.crypto_sign_seed_keypair(seed)[1])[:64]


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        bindings.crypto_sign_open(signature + message, public)
        return len(signature) == 64
    except (CryptoError, ValueError):
        return False


def check_suite(number: int) -> None:
    if number != SUITE:
        raise Failure("unknown-suite", str(number))
