import Glibc
import Lifecycle
import Wire

/// `secret-simulator` over its line protocol: an order to its stdin, an answer from its stdout.
final class SimulatedProvider {
    private let child: Program
    private var orders: Pipe
    private var answers: Pipe
    private(set) var port = 0
    /// Path of the certificate that its TLS is signed by.
    private(set) var authority = ""

    init(folder: String) throws(Fault) {
        guard unsafe mkdir(folder, 0o700) == 0 else {
            throw Fault(
                .inputOutput, "drill_folder", "the drill's folder cannot be made (errno \(errno))", hint: "df -h")
        }
        let orders = try Pipe()
        var answers = try Pipe()
        child = try Program.start(
            "secret-simulator", ["--tls", "--folder", folder],
            descriptors: [orders.reading, answers.writing, STDERR_FILENO], leads: false)
        answers.closeWriting()
        self.orders = orders
        self.answers = answers
        for word in try line().split(separator: " ") {
            if word.hasPrefix("port=") { port = Int(word.dropFirst(5)) ?? 0 }
            if word.hasPrefix("ca=") { authority = String(word.dropFirst(3)) }
        }
        guard port > 0, !authority.isEmpty else { throw Self.silent }
    }

    var baseURL: String { "https://127.0.0.1:\(port)" }

    /// A fresh token that the simulator accepts, and its number.
    func mint(_ kind: String) throws(Fault) -> (number: String, token: [UInt8]) {
        let words = try ask("mint \(kind)").split(separator: " ")
        guard words.count == 3, words[0] == "token" else { throw Self.silent }
        return (String(words[1]), Array(words[2].utf8))
    }

    func set(_ number: String, to fixture: String) throws(Fault) { _ = try ask("set \(number) \(fixture)") }

    func requests() throws(Fault) -> Int {
        try ask("count").split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    func quit() {
        orders.closeWriting()
        _ = child.end()
    }

    private func ask(_ order: String) throws(Fault) -> String {
        let bytes = Array((order + "\n").utf8)
        guard unsafe write(orders.writing, bytes, bytes.count) == bytes.count else { throw Self.silent }
        return try line()
    }

    private func line() throws(Fault) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            var waiting = pollfd(fd: answers.reading, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&waiting, 1, 20_000) > 0, unsafe read(answers.reading, &byte, 1) == 1 else {
                throw Self.silent
            }
            if byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
    }

    private static let silent = Fault(
        .fault, "simulator", "the simulated provider does not answer", hint: "apt-get install -y openssl")
}
