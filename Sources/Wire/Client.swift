internal import CLinux
internal import Glibc
package import Sealing
internal import Synchronization

/// A connection to a daemon whose user and version are the caller's own.
package struct Client: ~Copyable, Sendable {
    private let connection: Connection
    package let welcome: Welcome
    /// The daemon's process.
    package let process: Int32

    /// - Parameter interruption: ends a call from another thread.
    /// - Throws: `.nobodyThere`, `.untrustedSocket`, `.foreignPeer`, `.otherVersion`, `.timedOut`, `.closed`, `.failed`.
    package init(
        socket path: String, program: String, timeoutSeconds: Int = 120, interruption: Interruption? = nil
    ) throws(WireError) {
        let connection = try Self.connectPatiently(to: path, interruption)
        connection.setTimeout(seconds: timeoutSeconds)
        try connection.requireSameUser()
        let process = try connection.peer().process
        try connection.send(Hello(program: program))
        let welcome = try connection.receive(Welcome.self, mostSecret: 0).0
        guard welcome.protocolVersion == Wire.protocolVersion else {
            throw .otherVersion(protocolVersion: welcome.protocolVersion, build: welcome.build)
        }
        self.connection = connection
        self.welcome = welcome
        self.process = process
    }

    /// A daemon whose queue is full is given 5 s to make room, unless the call is cut before.
    private static func connectPatiently(
        to path: String, _ interruption: Interruption?
    ) throws(WireError) -> Connection {
        for _ in 0..<100 {
            do throws(WireError) { return try connect(to: path, interruption) } catch {
                guard error == .busy else { throw error }
            }
            if let interruption, interruption.isCut { throw .timedOut }
            _ = poll(nil, 0, 50)
        }
        throw .timedOut
    }

    /// The process that listens at a socket, whatever version it speaks.
    package static func process(at path: String) throws(WireError) -> Int32 {
        let connection = try connect(to: path)
        try connection.requireSameUser()
        return try connection.peer().process
    }

    private static func connect(
        to path: String, _ interruption: Interruption? = nil
    ) throws(WireError) -> Connection {
        try UnixSocket.requirePrivateFolder(of: path)
        let connection = Connection(descriptor: try UnixSocket.make(), interruption)
        let descriptor = connection.descriptor
        try unsafe UnixSocket.withAddress(of: path) { address, size throws(WireError) in
            guard unsafe UnixSocket.connect(descriptor, address, size) else {
                switch errno {
                case ENOENT, ECONNREFUSED: throw .nobodyThere
                case EAGAIN: throw .busy
                default: throw .failed(errno: errno)
                }
            }
        }
        return connection
    }

    package func call<Question: Encodable, Answer: Decodable>(
        _ question: Question, as type: Answer.Type
    ) throws(WireError) -> (Answer, SecretBox?) {
        try connection.send(question)
        return try connection.receive(type)
    }

    /// Passes a file along; the answer may take as long as work on the file takes.
    package func call<Question: Encodable, Answer: Decodable>(
        _ question: Question, secret: SecretBox? = nil, file: Int32, as type: Answer.Type
    ) throws(WireError) -> (Answer, SecretBox?) {
        connection.setTimeout(seconds: 86_400)
        try connection.send(question, secret: secret, file: file)
        return try connection.receive(type)
    }

    package func call<Question: Encodable, Answer: Decodable>(
        _ question: Question, secret: borrowing SecretBytes, as type: Answer.Type
    ) throws(WireError) -> (Answer, SecretBox?) {
        try connection.send(question, secret: secret)
        return try connection.receive(type)
    }
}

/// Lets another thread end a call that waits; the call then fails with `.closed`.
package final class Interruption: Sendable {
    private struct Line {
        var descriptor: Int32?
        var cut = false
    }
    private let line = Mutex(Line())

    package init() {}

    package func cut() {
        line.withLock { line in
            line.cut = true
            if let descriptor = line.descriptor { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    package var isCut: Bool { line.withLock(\.cut) }

    func cover(_ descriptor: Int32) {
        line.withLock { line in
            line.descriptor = descriptor
            if line.cut { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    func uncover() { line.withLock { $0.descriptor = nil } }
}
