internal import Glibc
internal import Sealing
internal import Wire

/// What is done with a file that came over the socket.
enum FileUse { case reading, writing }

extension Fault {
    /// What the failure of a sealed stream means to the person whose file it is.
    init(stream error: SealingError, _ use: FileUse) {
        switch error {
        case .inputFailed(let code): self = .file("cannot be read (errno \(code))")
        case .outputFailed(ENOSPC), .outputFailed(EDQUOT):
            self = .file("cannot be written: the disk is full", hint: "make room, or choose a folder on another disk")
        case .outputFailed(let code): self = .file("cannot be written (errno \(code))")
        case .malformed where use == .reading:
            self = .damagedFile("its head is none of Tokenward's, or is damaged")
        case .unknownSuite where use == .reading: self = .damagedFile("it names a cipher that is not known here")
        case .wrongKeyOrTampered, .streamHeaderMismatch: self = .damagedFile("its head was changed")
        case .streamChunk: self = .damagedFile("its content was changed, moved or repeated")
        case .streamEndsEarly: self = .damagedFile("it ends too early")
        case .streamGoesOn: self = .damagedFile("it goes on behind its end")
        case .streamFrame: self = .damagedFile("its content is not what such a file holds")
        default: self = Fault(error)
        }
    }

    static func damagedFile(_ what: String) -> Fault {
        Fault(
            .damaged, "file_damaged", "the file is damaged: \(what); nothing was changed",
            hint: "use another copy of the file; what is here now is shown by: secret status")
    }

    private static func file(_ what: String, hint: String = "check the file and the disk, then try again") -> Fault {
        Fault(.inputOutput, "file_failed", "the file \(what); nothing was changed", hint: hint)
    }
}

/// Runs work on a stream, its failure becoming what a person reads.
func streaming<Value: ~Copyable>(_ use: FileUse, _ work: () throws(SealingError) -> Value) throws(Fault) -> Value {
    do throws(SealingError) { return try work() } catch { throw Fault(stream: error, use) }
}

/// Whether a descriptor that came over the socket is what was asked for.
struct PassedFileCheck {
    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// - Throws: exit code 64 unless it is an empty regular file of this user that may be written.
    func requireNew() throws(Fault) {
        let facts = try regular()
        let mode = fcntl(descriptor, F_GETFL) & O_ACCMODE
        guard facts.st_uid == geteuid(), facts.st_size == 0, mode == O_WRONLY || mode == O_RDWR else { throw wrong }
    }

    /// Goes to its beginning.
    ///
    /// - Throws: exit code 64 unless it is a regular file that may be read.
    func requireReadable() throws(Fault) {
        _ = try regular()
        let mode = fcntl(descriptor, F_GETFL) & O_ACCMODE
        guard mode == O_RDONLY || mode == O_RDWR, lseek(descriptor, 0, SEEK_SET) == 0 else { throw wrong }
    }

    private func regular() throws(Fault) -> stat {
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { throw wrong }
        return facts
    }

    private var wrong: Fault {
        Fault(.usage, "wrong_file", "that is not the kind of file that is needed here", hint: "secret help")
    }
}
