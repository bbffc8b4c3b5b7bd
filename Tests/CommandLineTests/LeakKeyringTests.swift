import Foundation
import Glibc
import TestSupport
import Testing

/// What passes over the person's bus and lies in their keyring is sealed before it gets there.
@Suite(.ownThreads, .timeLimit(.minutes(10))) struct LeakKeyringTests {
    /// Everything that passes over a bus from now on: dbus-monitor(1), raw.
    private final class BusWatch {
        private let child: SpawnedProgram
        private let path: String

        init(_ keyring: borrowing PrivateKeyring, _ path: String) throws {
            self.path = path
            let file = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            defer { close(file) }
            child = try SpawnedProgram(
                "dbus-monitor", ["--session", "--binary"], environment: keyring.environment, descriptors: [1: file])
            try wait(for: "NameAcquired")
        }

        func wait(for sign: String) throws {
            for _ in 0..<500 {
                if Data(seen()).firstRange(of: Array(sign.utf8)) != nil { return }
                _ = poll(nil, 0, 20)
            }
            throw TestFault.late("dbus-monitor")
        }

        func seen() -> [UInt8] { Array(FileManager.default.contents(atPath: path) ?? Data()) }
    }

    private func say(_ word: String, on keyring: borrowing PrivateKeyring) throws {
        let words = ["--session", "--type=signal", "/canary", "org.tokenward.Test.Word", "string:\(word)"]
        let result = try ProgramResult.of("dbus-send", words, environment: keyring.environment)
        #expect(result.code == 0, "\(result.talk)")
    }

    @Test func theBusAndTheKeyringFileShowNothing() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        let watch = try BusWatch(keyring, desk.folder + "/bus")
        let (first, second) = (try desk.provider.mint(), try desk.provider.mint())
        let made = try desk.secret("init", "--keyring", "--no-input")
        try #require(made.code == 0, "\(made.talk)")
        let code = made.text.split(separator: "\n").first.map(String.init) ?? ""
        let traces = TokenTraces([first.value, second.value, code, code.filter { $0 != "-" }])
        try desk.expect(desk.add(first, "--store", "keyring"))
        #expect(try desk.value() == first.value)
        #expect(try desk.secret("probe", Desk.name).code == 0)
        try desk.expect(desk.rotate(second))
        #expect(try desk.secret("lock").code == 0 && desk.secret("unlock", "--keyring").code == 0)
        for home in ["vault", "keyring"] { #expect(try desk.secret("move", Desk.name, "--to", home).code == 0) }
        try keyring.lock()
        #expect(try desk.secret("read", Desk.name).code == 75)

        try say("all-was-said", on: keyring)
        try watch.wait(for: "all-was-said")
        #expect(Data(watch.seen()).firstRange(of: Array("org.freedesktop.Secret.Collection".utf8)) != nil)
        #expect(traces.found(in: watch.seen()).isEmpty)
        let folder = try #require(keyring.environment["XDG_DATA_HOME"])
        #expect(
            try !FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".keyring") }.isEmpty)
        #expect(try traces.found(below: folder) == [:] && traces.found(below: desk.home) == [:])
        print("leaks: \(watch.seen().count >> 10) KiB of D-Bus traffic searched, nothing found")

        // The watch is one that sees what is said in clear.
        try say(first.value, on: keyring)
        try watch.wait(for: first.value)
        #expect(traces.found(in: watch.seen()) == ["clear"])
    }
}
