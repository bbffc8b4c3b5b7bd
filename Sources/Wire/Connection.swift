internal import CLinux
internal import FoundationEssentials
internal import Glibc
package import Sealing

/// One end of a connected Unix socket that speaks in frames; closed when the value dies.
///
/// Frame: `"TWD1" | message length u32 | secret length u32 | message (JSON) | secret`, big endian. The secret goes from the socket to
/// locked memory and back, and is no part of the message.
@safe
package struct Connection: ~Copyable, Sendable {
    static let magic: [UInt8] = Array("TWD1".utf8)
    static let headSize = 12
    /// A page of status of 10,000 credentials fits.
    static let largestMessage = 16 << 20
    /// A paste with all that a terminal may have added.
    package static let largestSecret = 512 << 10
    let descriptor: Int32

    private let interruption: Interruption?

    /// Takes the descriptor over.
    package init(descriptor: Int32, _ interruption: Interruption? = nil) {
        self.descriptor = descriptor
        self.interruption = interruption
        interruption?.cover(descriptor)
    }

    deinit {
        interruption?.uncover()
        close(descriptor)
    }

    /// Reading or writing that makes no progress for this long fails with `.timedOut`.
    package func setTimeout(seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    /// The process and user at the other end when it connected.
    func peer() throws(WireError) -> (process: Int32, user: UInt32) {
        var process: Int32 = 0
        var user: UInt32 = 0
        guard unsafe linux_peer(descriptor, &process, &user) == 0 else { throw .failed(errno: errno) }
        return (process, user)
    }

    /// - Throws: `.foreignPeer` unless the other end runs as this user.
    @discardableResult
    package func requireSameUser() throws(WireError) -> (process: Int32, user: UInt32) {
        let peer = try peer()
        guard peer.user == geteuid() else { throw .foreignPeer(uid: peer.user) }
        return peer
    }

    package func send(_ message: some Encodable) throws(WireError) {
        try write(head(for: message, secretSize: 0))
    }

    /// The other end gets a descriptor of its own for the same open file.
    package func send(_ message: some Encodable, secret: SecretBox? = nil, file: Int32) throws(WireError) {
        let secretSize = secret?.bytes.count ?? 0
        guard secretSize <= Self.largestSecret else { throw .malformed }
        let bytes = try head(for: message, secretSize: secretSize)
        var sent = 0
        while sent == 0 {
            let result = unsafe bytes.withUnsafeBytes {
                unsafe linux_send_files(descriptor, $0.baseAddress, UInt($0.count), [file], 1)
            }
            if result > 0 { sent = result } else { try Self.check(result) }
        }
        try write(Array(bytes[sent...]))
        guard let secret else { return }
        try unsafe secret.bytes.withPointer { bytes throws(WireError) in try unsafe write(bytes, secretSize) }
    }

    package func send(_ message: some Encodable, secret: borrowing SecretBytes) throws(WireError) {
        guard secret.count <= Self.largestSecret else { throw .malformed }
        let (bytes, count) = (try head(for: message, secretSize: secret.count), secret.count)
        try unsafe secret.withPointer { secret throws(WireError) in
            let sent = unsafe bytes.withUnsafeBytes {
                unsafe linux_send_both(descriptor, $0.baseAddress, UInt($0.count), secret, UInt(count))
            }
            if sent < 0 { try Self.check(sent) }
            let (head, rest) = (min(max(0, sent), bytes.count), max(0, sent - bytes.count))
            try write(Array(bytes[head...]))
            try unsafe write(secret + rest, count - rest)
        }
    }

    /// The next message and the secret behind it, if there is one.
    ///
    /// - Parameter mostSecret: the largest secret that may come; none before the two ends know each other.
    package func receive<Message: Decodable>(
        _ type: Message.Type, mostSecret: Int = largestSecret
    ) throws(WireError) -> (Message, SecretBox?) {
        try receive(type, mostSecret: mostSecret, head: try readBytes(Self.headSize))
    }

    /// The same, and the file that came along, if one did.
    package func receiveWithFile<Message: Decodable>(
        _ type: Message.Type
    ) throws(WireError) -> (Message, SecretBox?, PassedFile?) {
        var head = [UInt8](repeating: 0, count: Self.headSize)
        var got = 0
        var file: PassedFile?
        while got < head.count {
            var passed: Int32 = -1
            let result = unsafe head.withUnsafeMutableBytes { room in
                unsafe room.baseAddress.map {
                    unsafe linux_receive_file(descriptor, $0 + got, UInt(room.count - got), &passed)
                } ?? 0
            }
            let isOneMore = passed >= 0 && file != nil
            if passed >= 0 { file = PassedFile(passed) }
            // One message has one file.
            if isOneMore || passed < -1 { throw .malformed }
            if result > 0 { got += result } else { try Self.check(result) }
        }
        let (message, secret) = try receive(type, mostSecret: Self.largestSecret, head: head)
        return (message, secret, file)
    }

    private func receive<Message: Decodable>(
        _ type: Message.Type, mostSecret: Int, head: [UInt8]
    ) throws(WireError) -> (Message, SecretBox?) {
        let messageSize = head[4..<8].reduce(0) { $0 << 8 | Int($1) }
        let secretSize = head[8..<12].reduce(0) { $0 << 8 | Int($1) }
        guard Array(head[..<4]) == Self.magic, messageSize <= Self.largestMessage, secretSize <= mostSecret
        else { throw .malformed }
        let body = try readBytes(messageSize)
        let secret = secretSize > 0 ? SecretBox(try readSecret(secretSize)) : nil
        do { return (try JSONDecoder().decode(type, from: Data(body)), secret) } catch { throw .malformed }
    }

    private func head(for message: some Encodable, secretSize: Int) throws(WireError) -> [UInt8] {
        let body: Data
        do { body = try JSONEncoder().encode(message) } catch { throw .malformed }
        guard body.count <= Self.largestMessage else { throw .malformed }
        return Self.magic + bigEndianBytes(UInt32(body.count)) + bigEndianBytes(UInt32(secretSize)) + body
    }

    private func write(_ bytes: [UInt8]) throws(WireError) {
        let result = unsafe bytes.withUnsafeBufferPointer { buffer -> Result<Void, WireError> in
            guard let start = buffer.baseAddress else { return .success(()) }
            do throws(WireError) { return .success(try unsafe write(start, buffer.count)) } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private func write(_ bytes: UnsafePointer<UInt8>, _ count: Int) throws(WireError) {
        var sent = 0
        while sent < count {
            let result = unsafe Glibc.send(descriptor, bytes + sent, count - sent, Int32(MSG_NOSIGNAL))
            if result > 0 { sent += result } else { try Self.check(result) }
        }
    }

    private func readBytes(_ count: Int) throws(WireError) -> [UInt8] {
        var bytes: [UInt8] = []
        // Room is made as bytes come: a head of 12 bytes may announce 16 MiB.
        var room = [UInt8](repeating: 0, count: min(count, 64 << 10))
        while bytes.count < count {
            let result = unsafe recv(descriptor, &room, min(room.count, count - bytes.count), 0)
            if result > 0 { bytes += room[..<result] } else { try Self.check(result) }
        }
        return bytes
    }

    private func readSecret(_ count: Int) throws(WireError) -> SecretBytes {
        let source = descriptor
        do {
            return try SecretBytes(capacity: count) { output throws(SealingError) in
                try unsafe output.fill(count) { room, size in unsafe recv(source, room, size, 0) }
            }
        } catch {
            switch error {
            case .inputFailed(let code): throw code == 0 ? .closed : code == EAGAIN ? .timedOut : .failed(errno: code)
            default: throw .lockedMemoryExhausted
            }
        }
    }

    /// Returns to try again after an interruption.
    private static func check(_ result: Int) throws(WireError) {
        guard result < 0 else { throw .closed }
        switch errno {
        case EINTR: return
        case EAGAIN: throw .timedOut
        case EPIPE, ECONNRESET: throw .closed
        default: throw .failed(errno: errno)
        }
    }
}
