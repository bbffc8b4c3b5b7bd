"""The sealed stream of backups and exports: ENVELOPE.md, section 16."""
from dataclasses import dataclass

from nacl import bindings

import slots
from primitives import KDF, Failure, H, Reader, check_suite, u8, u32

CHUNK = 65_536
BACKUP, EXPORT = 1, 2
_MESSAGE, _FINAL = 0, 3


@dataclass(frozen=True)
class Header:
    data: bytes
    kind: int
    vault: bytes
    stream: bytes
    made: int
    epoch: int
    sequence: int
    slots: list[slots.Slot]
    cipher: bytes

    def check(self, root: bytes) -> None:
        if H(self.data[:-32], KDF(root, "twStrmCm")) != self.data[-32:]:
            raise Failure("stream-header")


def read_header(data: bytes) -> Header:
    reader = Reader(data, "stream-ends-early")
    fixed = Reader(reader.take(62))
    if fixed.take(4) != b"TWBK" or fixed.number("H") != 1:
        raise Failure("malformed", "no stream")
    check_suite(fixed.number("H"))
    kind, vault, name = fixed.number("B"), fixed.take(16), fixed.take(16)
    made, epoch, sequence, count = fixed.number("q"), fixed.number("I"), fixed.number("Q"), fixed.number("B")
    if kind not in (BACKUP, EXPORT) or not 1 <= count <= 16:
        raise Failure("malformed", "stream header")
    rest = Reader(reader.take(168 * count + 56))
    found = [slots.read(rest.take(slots.SIZE), vault) for _ in range(count)]
    return Header(data[:reader.at], kind, vault, name, made, epoch, sequence, found, rest.take(24))


def chunks(data: bytes, header: Header, root: bytes) -> list[bytes]:
    """The plaintext of every chunk of a stream that is whole."""
    header.check(root)
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header.cipher, H(header.stream, KDF(root, "twStream")))
    reader = Reader(data, "stream-ends-early")
    reader.take(len(header.data))
    ad, plain = H(header.data), []
    while True:
        size = reader.number("I")
        word = f"stream-chunk-{len(plain)}"
        if not 17 <= size <= CHUNK + 17:
            raise Failure(word, "size")
        sealed = reader.take(size)
        try:
            text, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, sealed, ad or None)
        except RuntimeError:
            raise Failure(word, "MAC") from None
        if tag not in (_MESSAGE, _FINAL) or tag == _MESSAGE and len(text) < CHUNK:
            raise Failure(word, "tag")
        plain.append(text)
        ad = b""
        if tag == _FINAL:
            if reader.left:
                raise Failure("stream-goes-on")
            return plain


def frames(plain: bytes) -> list[tuple[int, bytes]]:
    reader, found = Reader(plain, "stream-frame"), []
    while reader.left:
        kind, size = reader.number("B"), reader.number("I")
        if size > 1 << 20:
            raise Failure("stream-frame", "size")
        found.append((kind, reader.take(size)))
    return found


def write(header: Header, root: bytes, plain: bytes) -> bytes:
    """The same stream made again."""
    data = header.data[:-32]
    data += H(data, KDF(root, "twStrmCm"))
    pieces = [plain[at:at + CHUNK] for at in range(0, len(plain), CHUNK)] or [b""]
    state = _Push(H(header.stream, KDF(root, "twStream")), header.cipher)
    ad = H(data)
    for number, piece in enumerate(pieces):
        sealed = state.push(piece, ad, _FINAL if number == len(pieces) - 1 else _MESSAGE)
        data += u32(len(sealed)) + sealed
        ad = b""
    return data


class _Push:
    """libsodium's secretstream with a header of ours, as the document spells it out: it makes its own at random otherwise."""

    def __init__(self, key: bytes, header: bytes):
        self.key = _hchacha20(key, header[:16])
        self.inonce, self.counter = header[16:], 1

    def push(self, plain: bytes, ad: bytes, tag: int) -> bytes:
        nonce = self.counter.to_bytes(4, "little") + self.inonce
        text = u8(tag) + bytes(63) + plain
        stream = _chacha20(self.key, nonce, 64 + len(text))
        mixed = int.from_bytes(text, "little") ^ int.from_bytes(stream[64:], "little")
        coded = mixed.to_bytes(len(text), "little")
        block, cipher = coded[:64], coded[64:]
        message = ad + bytes(-len(ad) % 16) + block + cipher + bytes(len(cipher) % 16)
        message += len(ad).to_bytes(8, "little") + (64 + len(cipher)).to_bytes(8, "little")
        mac = _poly1305(stream[:32], message)
        self.inonce = bytes(one ^ other for one, other in zip(self.inonce, mac))
        self.counter += 1
        return block[:1] + cipher + mac


_CONSTANTS = (0x61707865, 0x3320646E, 0x79622D32, 0x6B206574)


def _rounds(words: list[int]) -> list[int]:
    x = list(words)

    def turn(value: int, count: int) -> int:
        return (value << count | value >> 32 - count) & 0xFFFFFFFF

    def quarter(a: int, b: int, c: int, d: int) -> None:
        for first, second, third, count in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[first] = (x[first] + x[second]) & 0xFFFFFFFF
            x[third] = turn(x[third] ^ x[first], count)

    for _ in range(10):
        for at in range(4):
            quarter(at, at + 4, at + 8, at + 12)
        for at in range(4):
            quarter(at, 4 + (at + 1) % 4, 8 + (at + 2) % 4, 12 + (at + 3) % 4)
    return x


def _words(data: bytes) -> list[int]:
    return [int.from_bytes(data[at:at + 4], "little") for at in range(0, len(data), 4)]


def _hchacha20(key: bytes, nonce: bytes) -> bytes:
    x = _rounds([*_CONSTANTS, *_words(key), *_words(nonce)])
    return b"".join(word.to_bytes(4, "little") for word in x[:4] + x[12:])


def _chacha20(key: bytes, nonce: bytes, count: int) -> bytes:
    stream = b""
    for block in range((count + 63) // 64):
        start = [*_CONSTANTS, *_words(key), block, *_words(nonce)]
        mixed = [(one + other) & 0xFFFFFFFF for one, other in zip(_rounds(start), start)]
        stream += b"".join(word.to_bytes(4, "little") for word in mixed)
    return stream[:count]


def _poly1305(key: bytes, message: bytes) -> bytes:
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(message), 16):
        total = (total + int.from_bytes(message[at:at + 16] + b"\x01", "little")) * r % ((1 << 130) - 5)
    return (total + int.from_bytes(key[16:], "little") & (1 << 128) - 1).to_bytes(16, "little")
