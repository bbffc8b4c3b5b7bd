import Glibc
import Lifecycle
import Sealing
import Wire

/// Whatever comes through a socket, a message is read or the connection ends; what is read can be sent and read again as the same.
///
/// Input: what the other end writes before it goes away, read once as each sort of message.
enum WireFire {
    static func run(_ input: [UInt8]) throws {
        try converse(input, Request.self)
        try converse(input, Answer.self)
        try converse(input, Hello.self)
        try converse(input, Welcome.self)
        try converse(input, ProbeOrder.self)
        try converse(input, ProbeReport.self)
    }

    private static func converse<Message: Codable & Equatable>(_ input: [UInt8], _ type: Message.Type) throws {
        let (ours, theirs) = try ends()
        defer { close(theirs) }
        let connection = Connection(descriptor: ours)
        // A socket takes this much at once; it was made with room for it.
        guard unsafe write(theirs, input, input.count) == input.count else {
            throw BrokenPromise(description: "no room")
        }
        shutdown(theirs, Int32(SHUT_WR))
        var place = 0
        while let (message, secret) = try? connection.receive(type) {
            let sizes = input[(place + 4)..<(place + 12)].map { Int($0) }
            let messageSize = sizes[..<4].reduce(0) { $0 << 8 | $1 }
            let secretSize = sizes[4...].reduce(0) { $0 << 8 | $1 }
            let end = place + 12 + messageSize + secretSize
            try promise(end <= input.count, "a message is longer than what was sent")
            let behind = Array(input[(end - secretSize)..<end])
            try promise((secret != nil) == (secretSize > 0), "a secret came from nowhere")
            if let secret { try promise(secret.bytes.holds(behind), "a secret is not what was sent") }
            try echo(message, secret)
            place = end
        }
    }

    private static func echo<Message: Codable & Equatable>(_ message: Message, _ secret: SecretBox?) throws {
        let (ours, theirs) = try ends()
        let sender = Connection(descriptor: ours)
        let receiver = Connection(descriptor: theirs)
        if let secret { try sender.send(message, secret: secret.bytes) } else { try sender.send(message) }
        let (again, secretAgain) = try receiver.receive(Message.self)
        try promise(again == message, "a message is read as another the second time")
        let same =
            secret.map { first in secretAgain.map { $0.bytes.matches(first.bytes) } ?? false } ?? (secretAgain == nil)
        try promise(same, "a secret changed on its way")
    }

    private static func ends() throws -> (Int32, Int32) {
        var pair: [Int32] = [0, 0]
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 else {
            throw BrokenPromise(description: "no socket")
        }
        return (pair[0], pair[1])
    }
}
