import CLinux
import Glibc
import Lifecycle
import Sealing
import Synchronization
import TestSupport
import Wire

/// Answers every request with itself, and every secret with the same secret.
struct Echo: Responder {
    var welcomed = Welcome(vault: .open, prober: true, attention: nil)

    func welcome() async -> Welcome { welcomed }
    func answer(_ question: Request, secret: SecretBox?) async -> (Request, SecretBox?) { (question, secret) }
}

/// Answers with what it can read from the file that came along.
struct FileReader: Responder {
    func welcome() async -> Welcome { Echo().welcomed }
    func answer(_ question: Request, secret: SecretBox?) async -> (Answer, SecretBox?) { (.done("no file"), nil) }

    func answer(_ question: Request, secret: SecretBox?, file: PassedFile?, from peer: Peer) async -> (
        Answer, SecretBox?
    ) {
        guard let file else { return await answer(question, secret: secret) }
        let bytes = try? DescriptorBytes(file.descriptor).read(atMost: 64)
        return (.anchor(bytes ?? []), secret)
    }
}

/// A listener that serves in a folder of its own until the value dies.
final class Served: Sendable {
    let path: String
    private let listener: Listener
    private let folder: Folder
    private let ended: Task<Void, Never>

    private final class Folder: Sendable {
        let folder: TemporaryFolder
        init(_ folder: consuming TemporaryFolder) { self.folder = folder }
    }

    init(_ responder: some Responder = Echo(), pathBytes: Int = 0) throws {
        let folder = Folder(try TemporaryFolder())
        self.folder = folder
        path = try folder.folder.deepFolder(bytes: pathBytes) + "/agent.sock"
        let listener = try Listener(path: path)
        self.listener = listener
        ended = Task { await listener.run(responder) }
    }

    /// Returns when the answers under way are sent.
    func stop() async {
        listener.stop()
        await ended.value
    }

    func client() throws(WireError) -> Client { try Client(socket: path, program: "tests", timeoutSeconds: 60) }
}

/// A plain socket to a listener, for bytes that no client would send.
struct RawSocket: ~Copyable {
    private let descriptor: Int32

    init(_ path: String) throws(TestFault) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            unsafe room.copyBytes(from: path.utf8.prefix(107))
        }
        let socket = descriptor
        let connected = unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe connect(socket, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
        }
        guard connected == 0 else { throw .system(call: "connect", errno: errno) }
        var time = timeval(tv_sec: 60, tv_usec: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8], files: [Int32]) {
        _ = unsafe linux_send_files(descriptor, bytes, UInt(bytes.count), files, UInt(files.count))
    }

    /// What the other end does not want any more is not sent.
    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { all in
                unsafe Glibc.send(
                    descriptor, all.baseAddress.map { unsafe $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            sent += count
        }
    }

    /// Nothing more comes from this end.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Everything until the other end closes.
    func readToEnd() throws(TestFault) -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { return all }
            guard count > 0 else { throw .system(call: "recv", errno: errno) }
            all += chunk.prefix(count)
        }
    }
}

/// A frame as `Connection` describes it, with sizes that may lie.
func frame(
    _ message: String, secret: [UInt8] = [], magic: String = "TWD1", messageSize: UInt32? = nil,
    secretSize: UInt32? = nil
) -> [UInt8] {
    Array(magic.utf8) + bigEndianBytes(messageSize ?? UInt32(message.utf8.count))
        + bigEndianBytes(secretSize ?? UInt32(secret.count)) + Array(message.utf8) + secret
}

let hello = frame(#"{"protocolVersion":1,"program":"tests","build":"0"}"#)
