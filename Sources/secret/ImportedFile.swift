import Glibc
import Lifecycle
import Sealing
import Synchronization
import Wire

/// A file that is open for reading and goes to the key holder as a descriptor; what comes through a pipe goes behind the message.
struct ImportedFile: ~Copyable {
    let facts: Facts
    private let descriptor: Int32
    /// What a pipe held.
    private let piped: SecretBox?

    /// What a person is told about it.
    struct Facts {
        /// Nil for standard input.
        var path: String?
        var size: Int
        /// Its permissions, such as 0o600.
        var mode: UInt32
    }

    /// A file of this size or more is worth a word about how far it is read.
    private static let large = 4 << 20

    /// - Throws: exit code 74 for what cannot be read or is no file, 77 for another user's, 64 for a terminal, 65 for too much in a pipe.
    init(_ path: String) throws(Fault) { (descriptor, facts, piped) = try Self.opened(path) }

    private static func opened(_ path: String) throws(Fault) -> (Int32, Facts, SecretBox?) {
        let isStandardInput = path == "-"
        let descriptor =
            isStandardInput
            ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 64)
            : unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let what = isStandardInput ? "standard input" : "the file"
            throw Fault(
                .inputOutput, "input", "\(what) cannot be opened (errno \(errno))",
                hint: isStandardInput ? "secret import --help" : "ls -l \(ShellWord(path))")
        }
        do throws(Fault) {
            let status = try status(of: descriptor)
            let piped = status.st_mode & S_IFMT == S_IFREG ? nil : try piped(descriptor, isStandardInput, path)
            guard piped != nil || status.st_uid == geteuid() else {
                throw Fault(
                    .notPermitted, "foreign_file", "the file belongs to another user; nothing was imported",
                    hint: "ls -l \(ShellWord(path))")
            }
            let facts = Facts(
                path: isStandardInput ? nil : path, size: Int(status.st_size), mode: status.st_mode & 0o777)
            return (descriptor, facts, piped)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    private static func status(of descriptor: Int32) throws(Fault) -> stat {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw Fault(.inputOutput, "input", "the file cannot be read (errno \(errno))", hint: "secret import --help")
        }
        return status
    }

    private static func piped(
        _ descriptor: Int32, _ isStandardInput: Bool, _ path: String
    ) throws(Fault) -> SecretBox {
        guard isStandardInput else {
            throw Fault(
                .inputOutput, "no_file", "that is no regular file; nothing was imported",
                hint: "ls -ld \(ShellWord(path))")
        }
        guard isatty(descriptor) == 0 else {
            throw Fault(
                .usage, "no_input", "standard input is the terminal, which would show what is typed",
                hint: "secret import -  with a pipe before it, or secret add anthropic/main to paste one token")
        }
        do throws(SealingError) {
            return SecretBox(try SecretBytes.reading(descriptor, capacity: Connection.largestSecret))
        } catch {
            if case .tooLarge = error {
                throw Fault(
                    .refused, "too_large",
                    "more than \(Connection.largestSecret >> 10) KiB came through the pipe; nothing was imported",
                    hint: "give the file itself, which may be larger: secret import tokens.jsonl")
            }
            throw Fault(.inputOutput, "input", "standard input cannot be read", hint: "secret import --help")
        }
    }

    /// Whether `secret export` made it, by its first bytes alone.
    ///
    /// - Throws: exit code 65 for a backup, which is restored.
    func isExport() throws(Fault) -> Bool {
        var head = [UInt8](repeating: 0, count: SealedStreamHeader.kindEnd)
        guard piped == nil, unsafe pread(descriptor, &head, head.count, 0) == head.count else { return false }
        switch SealedStreamHeader.kind(ofHead: head) {
        case nil: return false
        case .export: return true
        case .backup:
            throw Fault(
                .refused, "not_an_export", "the file is a backup of a whole vault; nothing was imported",
                hint: "secret restore \(ShellWord(facts.path ?? "vault.backup"))")
        }
    }

    /// - Parameter passphrase: of a sealed file.
    func send(_ order: ImportOrder, _ passphrase: SecretBox?, _ common: CommonOptions) throws(Fault) -> Answer {
        let agent = Agent(common: common)
        if let piped { return try agent.ask(.importing(order), secret: piped).0 }
        let progress = facts.size >= Self.large && !common.quiet ? ReadingProgress(descriptor, size: facts.size) : nil
        defer { progress?.end() }
        return try agent.ask(.importing(order), secret: passphrase, file: descriptor).0
    }
}

/// Tells every two seconds how far the key holder has read the file that it shares with this process.
final class ReadingProgress: Sendable {
    private let isOver = Atomic(false)

    init(_ descriptor: Int32, size: Int) {
        Task.detached { [self] in
            var last: Int64 = 0
            var isStoring = false
            while true {
                try? await Task.sleep(for: .seconds(2))
                guard !isOver.load(ordering: .acquiring) else { return }
                let place = Int64(lseek(descriptor, 0, SEEK_CUR))
                // The file is read twice: it is checked first.
                if place < last { isStoring = true }
                last = place
                Voice.note("\(isStoring ? "stored" : "checked") \(min(100, place * 100 / Int64(max(1, size)))) %")
            }
        }
    }

    func end() { isOver.store(true, ordering: .releasing) }
}
