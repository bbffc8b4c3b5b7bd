internal import Foundation
internal import Glibc

/// A gnome-keyring of the test's own: its bus, its home, its folder; gone with the value.
///
/// The bus starts no keyring by itself, so a daemon that is killed stays dead.
package struct PrivateKeyring: ~Copyable {
    /// For a child that is to use this keyring; nothing of the tester's own environment.
    package let environment: [String: String]
    private let folder: String
    private let bus: SpawnedProgram
    private var service: SpawnedProgram

    /// - Parameters:
    ///   - hasCollection: false for a service that nobody has logged in to yet.
    ///   - showsPrompts: a prompt stays open for 20 s without an answer; else it cannot be shown at all.
    package init(hasCollection: Bool = true, showsPrompts: Bool = false) throws {
        let folder = NSTemporaryDirectory() + "tokenward-keyring-\(UUID().uuidString.prefix(8))"
        for part in ["home", "data", "run"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(part)", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        }
        let environment = Self.environment(in: folder)
        if showsPrompts { try Self.writeSilentPrompter(in: folder) }
        let bus = try Self.startBus(in: folder, environment)
        let service = try Self.startService(environment, arguments: hasCollection ? ["--unlock"] : [])
        self.folder = folder
        self.environment = environment
        self.bus = bus
        self.service = service
    }

    deinit {
        service.signal(SIGKILL)
        bus.signal(SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What D-Bus clients read as DBUS_SESSION_BUS_ADDRESS.
    package var address: String { environment["DBUS_SESSION_BUS_ADDRESS"] ?? "" }

    /// Locks the default collection, as a screen lock does.
    package borrowing func lock() throws(TestFault) {
        try call(
            "org.freedesktop.Secret.Service.Lock", "['/org/freedesktop/secrets/collection/login']")
    }

    /// Stops the daemon's process; its socket stays and nobody answers.
    package borrowing func freeze() { service.signal(SIGSTOP) }
    package borrowing func thaw() { service.signal(SIGCONT) }
    package borrowing func thawBus() { bus.signal(SIGCONT) }
    package borrowing func freezeBus() { bus.signal(SIGSTOP) }

    /// Kills the daemon and waits until it is gone.
    package borrowing func kill() throws(TestFault) {
        service.signal(SIGKILL)
        _ = try service.exitCode(within: .seconds(10))
    }

    /// A new daemon over the same file, logged in; the old one is killed when it still lives.
    package mutating func restart() throws {
        service.signal(SIGKILL)
        _ = try service.exitCode(within: .seconds(10))
        service = try Self.startService(environment, arguments: ["--unlock"])
    }

    /// The daemon's process, for a test that stops and kills at its own times.
    package var process: Int32 { service.pid }

    /// A property of an item, as `gdbus` prints it.
    package borrowing func property(_ name: String, of item: String) throws(TestFault) -> String {
        try call(
            "org.freedesktop.DBus.Properties.Get", "org.freedesktop.Secret.Item", name, object: item)
    }

    /// One method of the Secret Service, at its root object unless told, through `gdbus`; its printed answer.
    @discardableResult
    package borrowing func call(
        _ method: String, _ arguments: String..., object: String = "/org/freedesktop/secrets"
    ) throws(TestFault) -> String {
        let result = try ProgramResult.of(
            "gdbus",
            [
                "call", "--session", "--dest", "org.freedesktop.secrets",
                "--object-path", object, "--method", method,
            ] + arguments, environment: environment)
        guard result.code == 0 else { throw .unexpected("\(method): \(result.talk)") }
        return result.text
    }
}

extension PrivateKeyring {
    private static func environment(in folder: String) -> [String: String] {
        [
            "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "\(folder)/home",
            "XDG_DATA_HOME": "\(folder)/data",
            "XDG_CONFIG_HOME": "\(folder)/home", "XDG_CACHE_HOME": "\(folder)/home",
            "XDG_RUNTIME_DIR": "\(folder)/run",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=\(folder)/bus",
        ]
    }

    /// A program that the bus starts for the window of a prompt, and that never gets as far.
    private static func writeSilentPrompter(in folder: String) throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/services", withIntermediateDirectories: false)
        try "[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\nExec=/bin/sleep 20\n".write(
            toFile: "\(folder)/services/prompter.service", atomically: false, encoding: .utf8)
    }

    /// Returns when the bus has printed its address, so it listens.
    private static func startBus(in folder: String, _ environment: [String: String]) throws -> SpawnedProgram {
        let policy = """
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig><type>session</type><listen>unix:path=\(folder)/bus</listen>
            <servicedir>\(folder)/services</servicedir><policy context="default">
            <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
            </policy></busconfig>
            """
        try policy.write(toFile: "\(folder)/bus.conf", atomically: false, encoding: .utf8)
        let announcement = try PipeEnds()
        let bus = try SpawnedProgram(
            "dbus-daemon", ["--config-file=\(folder)/bus.conf", "--nofork", "--print-address=3"],
            environment: environment, descriptors: [3: announcement.writing])
        _ = try announcement.read(within: .seconds(10)) { $0.contains(UInt8(ascii: "\n")) }
        return bus
    }

    /// Returns when the daemon owns its name on the bus; its login keyring is then open.
    private static func startService(
        _ environment: [String: String], arguments: [String]
    ) throws -> SpawnedProgram {
        var password = try PipeEnds()
        let service = try SpawnedProgram(
            "gnome-keyring-daemon", ["--foreground", "--components=secrets"] + arguments,
            environment: environment, descriptors: [0: password.reading])
        try password.write(Array("keyring of a test".utf8))
        password.closeWriting()
        let wait = try ProgramResult.of(
            "gdbus", ["wait", "--session", "--timeout", "15", "org.freedesktop.secrets"],
            environment: environment)
        guard wait.code == 0 else { throw TestFault.late("gnome-keyring-daemon") }
        return service
    }
}
