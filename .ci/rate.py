"""Values read over one connection: ours over the Unix socket, OpenBao's over HTTP on loopback; the same loop for both.

Usage: rate.py ours SOCKET NAME | rate.py bao PORT TOKEN PATH. Prints reads a second: the best of five runs of a second each.
"""
import socket
import struct
import sys
import time


def frame(message: bytes) -> bytes:
    return b"TWD1" + struct.pack(">II", len(message), 0) + message


class Ours:
    def __init__(self, path: str, name: str):
        self.line = socket.socket(socket.AF_UNIX)
        self.line.connect(path)
        self.ask(frame(b'{"protocolVersion":1,"program":"bench","build":"bench"}'))
        self.request = frame(b'{"read":{"_0":{"names":["%s"],"use":"read"}}}' % name.encode())

    def ask(self, request: bytes) -> bytes:
        self.line.sendall(request)
        reply = self.line.recv(65536)
        while len(reply) < 12 or len(reply) < 12 + sum(struct.unpack(">II", reply[4:12])):
            reply += self.line.recv(65536)
        return reply

    def read(self) -> bytes:
        reply = self.ask(self.request)
        return reply[12 + struct.unpack(">I", reply[4:8])[0]:]


class Bao:
    def __init__(self, port: str, token: str, path: str):
        self.line = socket.create_connection(("127.0.0.1", int(port)))
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = f"GET /v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Vault-Token: {token}\r\n\r\n".encode()

    def read(self) -> bytes:
        self.line.sendall(self.request)
        reply = self.line.recv(65536)
        while b"\r\n\r\n" not in reply:
            reply += self.line.recv(65536)
        head, _, body = reply.partition(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(body) < size:
            body += self.line.recv(65536)
        return body


def rate(source: Ours | Bao, wanted: bytes) -> float:
    best = 0.0
    for _ in range(5):
        start, count = time.perf_counter(), 0
        while (spent := time.perf_counter() - start) < 1:
            for _ in range(20):
                if wanted not in source.read():
                    sys.exit("another value came")
            count += 20
        best = max(best, count / spent)
    return best


kind, *where, wanted = sys.argv[1:]
print(f"{rate((Ours if kind == 'ours' else Bao)(*where), wanted.encode()):.0f}")
