internal import CLinux
internal import Glibc
package import Sealing

/// A connection to a daemon whose user and version are the caller's own.
package struct Client: ~Copyable, Sendable {
    private let connection: Connection
    package let welcome: Welcome
    /// The daemon's process.
    package let process: Int32

    /// - Throws: `.nobodyThere`, `.untrustedSocket`, `.foreignPeer`, `.otherVersion`, `.timedOut`, `.closed`, `.failed`.
    package init(socket path: String, program: String, timeoutSeconds: Int = 120) throws(WireError) {
        let connection = try Self.connect(to: path)
        connection.setTimeout(seconds: timeoutSeconds)
        try connection.requireSameUser()
        let process = try connection.peer().process
        try connection.send(Hello(program: program))
        let welcome = try connection.receive(Welcome.self).0
        guard welcome.protocolVersion == Wire.protocolVersion else {
            throw .otherVersion(protocolVersion: welcome.protocolVersion, build: welcome.build)
        }
        self.connection = connection
        self.welcome = welcome
        self.process = process
    }

    /// The process that listens at a socket, whatever version it speaks.
    package static func process(at path: String) throws(WireError) -> Int32 {
        let connection = try connect(to: path)
        try connection.requireSameUser()
        return try connection.peer().process
    }

    private static func connect(to path: String) throws(WireError) -> Connection {
        try UnixSocket.requirePrivateFolder(of: path)
        let connection = Connection(descriptor: try UnixSocket.make())
        let descriptor = connection.descriptor
        try unsafe UnixSocket.withAddress(of: path) { address, size throws(WireError) in
            guard unsafe Glibc.connect(descriptor, address, size) == 0 else {
                throw errno == ENOENT || errno == ECONNREFUSED ? .nobodyThere : .failed(errno: errno)
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

    package func call<Question: Encodable, Answer: Decodable>(
        _ question: Question, secret: borrowing SecretBytes, as type: Answer.Type
    ) throws(WireError) -> (Answer, SecretBox?) {
        try connection.send(question, secret: secret)
        return try connection.receive(type)
    }
}
