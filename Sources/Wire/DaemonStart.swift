internal import FoundationEssentials
internal import Glibc

/// What both daemons do before they serve.
package enum DaemonStart {
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
    package static var wasStarted: Bool { CommandLine.arguments.dropFirst().contains("--started") }

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
