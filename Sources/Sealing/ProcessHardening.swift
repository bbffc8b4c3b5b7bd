internal import CLinux
internal import Glibc

/// What a process that touches secrets does first, before it has threads, children or a secret.
package enum ProcessHardening {
    /// Undumpable (no core, no ptrace, no /proc/PID/mem for the same uid), core limit 0, and the fatal
    /// signals at default, because the Swift runtime's crash report prints registers. No signal stays blocked.
    package static func apply() {
        _ = linux_set_undumpable()
        _ = linux_no_core()
        linux_default_fatal_signals()
        linux_unblock_signals()
    }

    /// Whether the kernel says that this process is undumpable and leaves no core; for `doctor`.
    package static var holds: Bool {
        var core = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core) == 0 else { return false }
        return core.rlim_cur == 0 && linux_dumpable() == 0
    }
}
