internal import CLinux
internal import Glibc
internal import Lifecycle
internal import Sealing
internal import Wire

/// The variables that a command gets beside ours, put together in locked memory only.
struct EnvironmentBlock {
    /// A part of some bytes.
    struct Piece {
        let box: SecretBox
        let range: Range<Int>

        init(box: SecretBox, range: Range<Int>) { (self.box, self.range) = (box, range) }

        /// - Throws: exit code 65 for a value that no environment can hold.
        init(whole box: SecretBox, named name: CredentialName) throws(Fault) {
            guard box.bytes.withBytes({ bytes in !bytes.indices.contains { bytes[$0] == 0 } }) else {
                throw Fault(
                    .refused, "has_nul", "the value of \(name) has a NUL, which no variable can hold",
                    hint: "secret run --file VALUE=\(name) -- env")
            }
            self.init(box: box, range: 0..<box.bytes.count)
        }
    }
    private enum Content {
        case text([UInt8])
        case pieces([Piece])
    }
    private var variables: [(name: String, content: Content)] = []

    mutating func set(_ name: String, to value: SecretBox, named credential: CredentialName) throws(Fault) {
        set(name, to: [try Piece(whole: value, named: credential)])
    }

    mutating func set(_ name: String, to pieces: [Piece]) { set(name, .pieces(pieces)) }

    mutating func set(_ name: String, to text: String) { set(name, .text(Array(text.utf8))) }

    /// The last word on a variable holds.
    private mutating func set(_ name: String, _ content: Content) {
        variables.removeAll { $0.name == name }
        variables.append((name, content))
    }

    /// `VAR=value` and a NUL, one after another.
    func sealed() throws(Fault) -> SecretBox {
        let size = variables.reduce(0) { $0 + $1.name.utf8.count + 2 + Self.size($1.content) }
        do {
            return SecretBox(
                try SecretBytes(capacity: size) { output in
                    for variable in variables {
                        for byte in variable.name.utf8 { output.append(byte) }
                        output.append(UInt8(ascii: "="))
                        Self.append(variable.content, to: &output)
                        output.append(0)
                    }
                })
        } catch { throw Fault.noLockedMemory }
    }

    private static func size(_ content: Content) -> Int {
        switch content {
        case .text(let bytes): bytes.count
        case .pieces(let pieces): pieces.reduce(0) { $0 + $1.range.count }
        }
    }

    private static func append(_ content: Content, to output: inout OutputSpan<UInt8>) {
        switch content {
        case .text(let bytes): for byte in bytes { output.append(byte) }
        case .pieces(let pieces):
            for piece in pieces {
                piece.box.bytes.withBytes { bytes in for place in piece.range { output.append(bytes[place]) } }
            }
        }
    }
}

/// A file in memory that holds a value and that nobody can change: memfd_create(2), sealed. It goes with its last descriptor.
final class SealedFile {
    let descriptor: Int32

    /// - Throws: exit code 74.
    init(_ value: SecretBox) throws(Fault) {
        let made = unsafe linux_memory_file("tokenward")
        // Above the numbers that a program expects to find something else at.
        descriptor = made < 0 ? -1 : fcntl(made, F_DUPFD_CLOEXEC, 20)
        if made >= 0 { close(made) }
        guard descriptor >= 0, value.bytes.write(to: descriptor), lseek(descriptor, 0, SEEK_SET) == 0,
            linux_seal_file(descriptor) == 0
        else {
            let code = errno
            if descriptor >= 0 { close(descriptor) }
            throw Fault(
                .inputOutput, "memory_file", "no file in memory is to be had (errno \(code))", hint: "ulimit -a")
        }
    }

    deinit { close(descriptor) }

    /// Good in the process that inherits the descriptor.
    var path: String { "/dev/fd/\(descriptor)" }
}
