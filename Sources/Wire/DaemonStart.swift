internal import FoundationEssentials
internal import Glibc
internal import Sealing

/// What both daemons do before they serve.
package enum DaemonStart {
    /// The whole life of a daemon's process; a fault is told to the starter and on stderr, and becomes the exit code.
    package static func run(_ program: String, _ serve: () async throws(Fault) -> Void) async -> Never {
        ProcessHardening.apply()
        do throws(Fault) { try await serve() } catch {
            Readiness.tell(error, started: wasStarted)
            let line = Array("\(program): \(error.message) (\(error.id))\n".utf8)
            _ = unsafe write(STDERR_FILENO, line, line.count)
            exit(error.code.rawValue)
        }
        exit(ExitCode.done.rawValue)
    }

    /// The places of this process, made and private.
    ///
    /// - Throws: exit code 74 with the folder that cannot be made.
    package static func places() throws(Fault) -> Places {
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        let places = Places(environment: ProcessInfo.processInfo.environment)
        do { try places.make() } catch { throw socketFault(error, places) }
        // A daemon holds no folder of its caller's.
        _ = unsafe chdir("/")
        return places
    }

    /// A lock for the life of the daemon; nil when another process holds it.
    package static func lock(_ path: String, _ places: Places) throws(Fault) -> HeldLock? {
        do {
            guard let lock = try FileLock.take(path) else { return nil }
            return HeldLock(lock)
        } catch { throw socketFault(error, places) }
    }

    package static func listen(_ path: String, _ places: Places) throws(Fault) -> Listener {
        do { return try Listener(path: path) } catch { throw socketFault(error, places) }
    }

    /// True when whoever started this process waits for a word on descriptor 3.
    private static var wasStarted: Bool { CommandLine.arguments.dropFirst().contains("--started") }

    /// From now on commands may come.
    package static func ready() { Readiness.tell(nil, started: wasStarted) }

    private static func socketFault(_ error: WireError, _ places: Places) -> Fault {
        switch error {
        case .untrustedSocket:
            Fault(
                .notPermitted, "untrusted_folder", "the folder \(places.runtime) is not private to this user",
                hint: "chmod 0700 \(places.runtime)")
        case .failed(let code) where code == ENOSPC || code == EDQUOT:
            Fault(.inputOutput, "disk_full", "the disk is full", hint: "make room below \(places.data), then try again")
        case .failed(let code):
            Fault(
                .inputOutput, "places", "the folders of Tokenward cannot be made or used (errno \(code))",
                hint: "check the permissions of \(places.data) and \(places.runtime)")
        default: Fault(.fault, "socket", "the socket cannot be opened", hint: "secret daemon status")
        }
    }
}

/// A lock as a reference, so that it lives as long as the daemon.
package final class HeldLock {
    private let lock: FileLock
    init(_ lock: consuming FileLock) { self.lock = lock }
}
