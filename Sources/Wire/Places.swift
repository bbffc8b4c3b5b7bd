internal import FoundationEssentials
internal import Glibc

/// Where everything lives: all under `TOKENWARD_HOME`, else by the XDG Base Directory Specification.
///
/// Without environment the home comes from the password database and the runtime folder is `/run/user/UID` when it exists.
package struct Places: Equatable, Sendable {
    /// config.yaml, policies, and the key file of the machine slot.
    package var configuration: String
    /// vault.db and its lock.
    package var data: String
    /// Logs and the anchor.
    package var state: String
    /// Sockets.
    package var runtime: String

    package init(environment: [String: String]) {
        func folder(_ variable: String, _ fallback: String) -> String {
            let value = environment[variable] ?? ""
            return (value.hasPrefix("/") ? value : fallback) + "/tokenward"
        }
        if let home = environment["TOKENWARD_HOME"], !home.isEmpty {
            let home = home.hasPrefix("/") ? home : Self.currentFolder + "/" + home
            configuration = home
            data = home + "/data"
            state = home + "/state"
            runtime = home + "/run"
            return
        }
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? Self.passwordHome
        configuration = folder("XDG_CONFIG_HOME", home + "/.config")
        data = folder("XDG_DATA_HOME", home + "/.local/share")
        state = folder("XDG_STATE_HOME", home + "/.local/state")
        let perUser = "/run/user/\(geteuid())"
        let runtimeFallback = unsafe access(perUser, W_OK) == 0 ? perUser : home + "/.local/state/tokenward-run"
        runtime = folder("XDG_RUNTIME_DIR", runtimeFallback)
    }

    package var configurationFile: String { configuration + "/config.yaml" }
    /// A person's own policies.
    package var policies: String { configuration + "/policies" }
    package var machineKey: String { configuration + "/machine.key" }
    package var anchor: String { state + "/anchor" }
    package var database: String { data + "/vault.db" }
    package var vaultLock: String { data + "/vault.lock" }
    package var agentSocket: String { runtime + "/agent.sock" }
    package var proberSocket: String { runtime + "/prober.sock" }
    package var proberLock: String { runtime + "/prober.lock" }
    package var sessionSocket: String { runtime + "/session.sock" }
    /// How far each channel of notices got.
    package var noticeLedger: String { state + "/notices.json" }
    package var sessionLock: String { runtime + "/session.lock" }

    /// Makes the folders with mode 0700, whatever the umask.
    ///
    /// - Throws: `.failed` with errno.
    package func make() throws(WireError) {
        for folder in [configuration, data, state, runtime] { try Self.makeFolder(folder) }
    }

    private static func makeFolder(_ path: String) throws(WireError) {
        guard unsafe mkdir(path, 0o700) != 0 else { return }
        switch errno {
        case EEXIST: return
        case ENOENT:
            let parent = path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
            guard !parent.isEmpty else { throw .failed(errno: ENOENT) }
            try makeFolder(parent)
            try makeFolder(path)
        default: throw .failed(errno: errno)
        }
    }

    private static var currentFolder: String {
        guard let path = unsafe getcwd(nil, 0) else { return "" }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    private static var passwordHome: String {
        guard let entry = unsafe getpwuid(geteuid()), let home = unsafe entry.pointee.pw_dir else { return "/" }
        return unsafe String(cString: home)
    }
}
