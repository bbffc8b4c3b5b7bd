internal import CLinux
internal import Glibc

/// A child process that a test started, killed when the value dies. It inherits the descriptors that it is
/// given and no others, and an environment of its own.
@safe
package struct SpawnedProgram: ~Copyable {
    package let pid: Int32
    /// Readable once the process ended: pidfd_open(2).
    let ending: Int32

    /// - Parameters:
    ///   - program: a path, or a name to be found in PATH.
    ///   - descriptors: the child's number to ours; 0, 1 and 2 are `/dev/null` unless named.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String],
        descriptors: [Int32: Int32] = [:]
    ) throws(TestFault) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for standard in Int32(0)...2 where descriptors[standard] == nil {
            unsafe posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0)
        }
        for (child, ours) in descriptors { unsafe posix_spawn_file_actions_adddup2(&actions, ours, child) }
        // What other libraries of this process opened without close-on-exec is none of the child's.
        _ = linux_cloexec_from(3)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        Self.acceptSignals(&attributes)

        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        var settings = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
        defer {
            unsafe (words + settings).forEach { unsafe free($0) }
        }
        var child: pid_t = 0
        let failure = unsafe posix_spawnp(&child, program, &actions, &attributes, &words, &settings)
        guard failure == 0 else { throw .system(call: "posix_spawnp \(program)", errno: failure) }
        pid = child
        ending = linux_pidfd(child)
    }

    /// As from a shell: tests run on threads that block signals, and a child would inherit that.
    private static func acceptSignals(_ attributes: inout posix_spawnattr_t) {
        var (none, all) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    }

    deinit {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        unsafe waitpid(pid, &status, 0)
        close(ending)
    }

    /// Sends a signal; the process cannot have been reaped yet, so the number is still its own.
    package borrowing func signal(_ number: Int32) { kill(pid, number) }

    /// Whether it ended, without a wait.
    package borrowing func hasEnded() throws(TestFault) -> Bool {
        var question = pollfd(fd: ending, events: Int16(POLLIN), revents: 0)
        let answers = unsafe poll(&question, 1, 0)
        guard answers >= 0 || errno == EINTR else { throw .system(call: "poll", errno: errno) }
        return answers > 0
    }

    /// The exit code, or 128 + the signal that ended it.
    package borrowing func exitCode(within time: Duration) throws(TestFault) -> Int32 {
        try Readiness.wait(for: ending, until: .now + time)
        var status = unsafe siginfo_t()
        guard unsafe waitid(P_PID, id_t(pid), &status, WEXITED | WNOWAIT) == 0 else {
            throw .system(call: "waitid", errno: errno)
        }
        let value = unsafe status._sifields._sigchld.si_status
        return unsafe status.si_code == CLD_EXITED ? value : 128 + value
    }
}
