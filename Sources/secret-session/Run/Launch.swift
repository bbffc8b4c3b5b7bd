internal import CLinux
internal import Glibc
internal import Sealing

/// A command that is to be started.
struct Launch: Codable {
    let words: [String]
    /// Descriptors that it inherits under their own numbers.
    let files: [Int32]

    /// Where it runs.
    enum Place {
        case ourGroup
        /// In a process group of its own, which gets this terminal's keys.
        case foreground(terminal: Int32)
    }

    /// - Parameters:
    ///   - environment: `VAR=value` and a NUL, one after another, which go before ours; nil for ours alone.
    ///   - standard: what it finds at 0, 1 and 2; nil for what is there.
    /// - Returns: its process, or errno.
    func start(environment: SecretBox?, standard: [Int32?], _ place: Place) -> Result<pid_t, LaunchFailure> {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in standard.enumerated() {
            if let source { unsafe posix_spawn_file_actions_adddup2(&actions, source, Int32(target)) }
        }
        for file in files { unsafe posix_spawn_file_actions_adddup2(&actions, file, file) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        Self.resetSignals(&attributes)
        var flags = Int32(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)
        if case .foreground(let terminal) = place {
            flags |= Int32(POSIX_SPAWN_SETPGROUP)
            unsafe posix_spawnattr_setpgroup(&attributes, 0)
            unsafe _ = linux_spawn_foreground(&actions, terminal)
        }
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        // Whoever forgot to close a descriptor passes none on.
        _ = linux_cloexec_from(3)
        let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var process: pid_t = 0
        let code = unsafe Self.withEnvironment(environment) { variables in
            unsafe posix_spawnp(&process, words[0], &actions, &attributes, arguments, variables)
        }
        return code == 0 ? .success(process) : .failure(LaunchFailure(errno: code))
    }

    /// As they were when we were started: what a parent ignored stays ignored.
    private static func resetSignals(_ attributes: inout posix_spawnattr_t) {
        var (none, defaults) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigfillset(&defaults)
        for number in SignalPipe.ignored { unsafe sigdelset(&defaults, number) }
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    }

    /// Lends the pointers that execve(2) takes: the block's own first, then ours but for those that the block has.
    private static func withEnvironment<Result>(
        _ block: SecretBox?, _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        guard let block else { return unsafe body(merged([])) }
        return unsafe block.bytes.withPointer { start in
            var variables: [UnsafeMutablePointer<CChar>?] = unsafe []
            let text = unsafe UnsafeMutableRawPointer(mutating: start).assumingMemoryBound(to: CChar.self)
            var place = 0
            while place < block.bytes.count {
                unsafe variables.append(text + place)
                place += unsafe strlen(text + place) + 1
            }
            return unsafe body(merged(variables))
        }
    }

    /// These and our own variables, but for those that these have.
    private static func merged(_ own: [UnsafeMutablePointer<CChar>?]) -> [UnsafeMutablePointer<CChar>?] {
        var variables = unsafe own
        var next = unsafe linux_environment()
        while let entry = unsafe next?.pointee {
            let name = unsafe strcspn(entry, "=") + 1
            let isReplaced = unsafe own.contains { (ours: UnsafeMutablePointer<CChar>?) in
                guard let ours = unsafe ours else { return false }
                return unsafe strncmp(ours, entry, name) == 0
            }
            if !isReplaced { unsafe variables.append(entry) }
            unsafe next = next.map { unsafe $0 + 1 }
        }
        return unsafe variables + [nil]
    }
}

/// Why a command does not start, by errno of execve(2).
struct LaunchFailure: Error, Codable {
    let errno: Int32

    /// As shells say it (POSIX, XCU 2.8.2).
    func complaint(_ command: String) -> Complaint {
        let word = command.utf8.count <= 200 ? command : "the command"
        switch errno {
        case ENOENT, ENOTDIR:
            return Complaint(
                message: "\(word): command not found", hint: "check the name and PATH", code: 127)
        case E2BIG:
            return Complaint(
                message: "\(word): the arguments and the environment are too large", hint: "secret run --help",
                code: 126)
        default:
            return Complaint(
                message: "\(word): cannot be executed (errno \(errno))", hint: "check its mode and its first line",
                code: 126)
        }
    }
}
