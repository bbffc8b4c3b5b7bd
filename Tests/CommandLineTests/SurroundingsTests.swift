import Foundation
import Glibc
import Lifecycle
import TestSupport
import Testing
import Wire

/// Issue 2, "Must show" 6: what fails around the programs is named, and nothing is lost by it.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct SurroundingsTests {
    @Test func deadProviderIsNoFaultOfTheToken() throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let added = try desk.secret(
            "add", Desk.name, "--stdin", "--yes", "--base-url", "http://127.0.0.1:\(deadPort())", input: token.value)
        #expect(added.code == 0)
        let stored = try desk.credential()
        #expect(stored.state == .unverified && stored.action == nil)
        #expect([.unknown, .providerDown].contains(stored.lastProbe?.outcome))
        #expect(added.talk.contains("the provider says: \(try #require(stored.lastProbe).outcome.rawValue) ("))
        #expect(try desk.secret("status", "--check").code == 0)
        #expect(try desk.value() == token.value)
        #expect(stored.nextProbeAt != nil)
    }

    @Test(arguments: ["slow", "huge", "redirect", "mangled"])
    func misbehavingProviderIsNoFaultOfTheToken(_ fault: String) throws {
        let desk = try Desk(settings: "probe: {host_rate: 1ms, timeout: 500ms}\n")
        try desk.makeVault()
        let token = try desk.provider.mint()
        try desk.provider.fault(fault)
        #expect(try desk.add(token).code == 0)
        #expect(try desk.credential().state == .unverified)
        #expect([.unknown, .providerDown].contains(try desk.credential().lastProbe?.outcome))
    }

    /// A session's end removes the folder of the sockets; what listened there could never be reached again.
    @Test func daemonsEndWhenTheirSocketsAreGone() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        try desk.makeVault()
        let token = try desk.provider.mint()
        #expect(try desk.add(token, "--store", "keyring").code == 0)
        let programs = ["secretd", "secret-prober", "secret-session"]
        for program in programs { #expect(ProcessWatch.count(of: program, home: desk.home) == 1, "\(program)") }
        let sockets = [desk.places.agentSocket, desk.places.proberSocket, desk.places.sessionSocket]
        let processes = try sockets.map { try Client.process(at: $0) }
        try FileManager.default.removeItem(atPath: desk.places.runtime)
        for process in processes { try ForeignProcess.waitForEnd(of: process) }
        #expect(try desk.value() == token.value)
    }

    @Test func daemonsStopAndStart() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        struct Sheet: Decodable {
            let running: Bool
            let process: Int32?
        }
        func sheet(_ code: Int32) throws -> Sheet {
            let result = try desk.secret("daemon", "status", "--json")
            #expect(result.code == code)
            return try JSONDecoder().decode(Sheet.self, from: Data(result.output))
        }
        let process = try #require(sheet(0).process)
        #expect(try desk.secret("daemon", "stop").talk == "secret: stopped\n")
        // Reaped or not by whoever adopted it, it runs no more and its sockets are gone.
        #expect(ProcessWatch.count(of: "secretd", home: desk.home) == 0)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: desk.places.runtime).allSatisfy {
                $0.hasSuffix(".lock")
            })
        #expect(try !sheet(69).running)
        let again = try desk.secret("daemon", "stop")
        #expect(again.code == 0 && again.talk == "secret: nothing runs\n")
        #expect(try desk.secret("daemon", "start").code == 0)
        #expect(try sheet(0).process != process)
        #expect(try desk.value() == token.value)
    }

    @Test func stopDoesNotWaitForASlowProvider() throws {
        let desk = try Desk(settings: "probe: {host_rate: 1ms, timeout: 5m}\n")
        _ = try desk.makeVaultWithToken()
        try desk.provider.fault("slow")
        let probing = try SpawnedProgram(
            BuiltProgram.path("secret"), ["probe", Desk.name], environment: desk.environment)
        while try desk.provider.requests < 2 {}
        let stopped = try desk.secret("daemon", "stop")
        #expect(stopped.code == 0 && stopped.talk == "secret: stopped\n")
        #expect(try probing.exitCode(within: .seconds(60)) == 69)
        try desk.provider.fault("none")
        #expect(try desk.credential().state == .healthy)
        #expect(try desk.credential().lastProbe?.outcome == .valid)
    }

    @Test func daemonOfAnotherVersionIsNamed() throws {
        let desk = try Desk()
        try desk.places.make()
        let stranger = try StrangeDaemon(at: desk.places.agentSocket)
        var output = try PipeEnds()
        var talk = try PipeEnds()
        let child = try SpawnedProgram(
            BuiltProgram.path("secret"), ["status", "--json"], environment: desk.environment,
            descriptors: [1: output.writing, 2: talk.writing])
        output.closeWriting()
        talk.closeWriting()
        // Asked for the work, then for what a person should be told at its end.
        for _ in 0..<2 {
            try stranger.welcome(
                #"{"protocolVersion":7,"build":"9.9.9","vault":"ajar","prober":true,"later":[1,2]}"#)
        }
        #expect(try child.exitCode(within: .seconds(60)) == 69)
        let text = String(decoding: try talk.read(within: .seconds(60)), as: UTF8.self)
        #expect(
            text == """
                secret: error: the daemon is of another version (9.9.9, protocol 7; this is 0.1.0, protocol 1)
                secret: hint: secret daemon stop

                """)
        #expect(
            String(decoding: try output.read(within: .seconds(60)), as: UTF8.self).contains(#""id":"other_version""#))
    }

    @Test func sharedRuntimeFolderIsNotTrusted() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        #expect(try desk.secret("daemon", "stop").code == 0)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: desk.places.runtime)
        let fault = try desk.fault("add", "anthropic/other", "--stdin", "--yes", input: token.value)
        #expect(fault.code == .notPermitted && fault.hint == "chmod 0700 \(desk.places.runtime)")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: desk.places.runtime)
        #expect(try desk.value() == token.value)
    }

    @Test func withoutKeyringAndTerminalInitRefusesAndNamesTheWaysOut() throws {
        let desk = try Desk()
        let token = try desk.provider.mint()
        for words in [["init", "--no-input"], ["init"], ["add", Desk.name, "--stdin", "--yes"]] {
            // A vault and a value are two JSON documents: a script makes the vault first.
            if words[0] == "add" {
                #expect(try desk.fault(words, input: token.value).id == "no_vault")
                continue
            }
            let fault = try desk.fault(words, input: token.value)
            #expect(fault.code == .unreachable && fault.id == "no_slot_possible")
            #expect(
                fault.message
                    == "no keyring answers and there is no terminal to ask for a passphrase, so nothing was made")
            let hint = try #require(fault.hint)
            #expect(hint.contains("secret init --machine") && hint.contains("secret init --passphrase-fd 0"))
            #expect(try desk.fault("status").id == "no_vault")
        }
        #expect(try desk.fault("add", Desk.name, "--stdin", "--yes", input: token.value).id == "no_vault")
        let added = try desk.secret("add", Desk.name, "--stdin", "--yes", input: token.value)
        #expect(added.code == 69 && added.talk.contains("no keyring answers"))
        #expect(try TokenTraces([token.value]).found(below: desk.home) == [:])
        #expect(try desk.fault("init", "--keyring").code == .unreachable)
    }

    @Test(arguments: [
        (text: "probe: {intervall: 1h}", problem: "intervall"),
        (text: "confirm.explicit: [2, 10]", problem: "confirm.explicit"),
        (text: "probe: [", problem: "YAML"), (text: "backoff: {first: 2h, most: 1h}", problem: "first"),
    ])
    func badConfigurationIsNamedWithItsPath(_ bad: (text: String, problem: String)) throws {
        let desk = try Desk(settings: bad.text)
        let fault = try desk.fault("status")
        #expect(fault.code == .configuration && fault.id == "configuration")
        #expect(fault.message.hasPrefix("\(desk.home)/config.yaml: "), "\(fault.message)")
        #expect(fault.message.contains(bad.problem), "\(fault.message)")
        #expect(fault.hint == "correct the file, then run: secret daemon start")
        try desk.write(settings: Desk.Settings.quiet)
        #expect(try desk.secret("init", "--machine").code == 0)
    }

    /// A port where nobody listens, which the kernel gave and took back.
    private func deadPort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let done = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, size) == 0 && getsockname(descriptor, generic, &size) == 0
            }
        }
        guard done else { throw TestFault.system(call: "bind", errno: errno) }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// A daemon that speaks a later version of the messages; it listens where ours would.
private struct StrangeDaemon: ~Copyable {
    private let descriptor: Int32

    init(at path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8.prefix(107)) }
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(descriptor, 4) == 0 else { throw TestFault.system(call: "bind", errno: errno) }
    }

    deinit { close(descriptor) }

    /// Answers the next caller's first frame, and hangs up.
    borrowing func welcome(_ message: String) throws {
        try Readiness.wait(for: descriptor, until: .now + .seconds(60))
        let caller = accept(descriptor, nil, nil)
        defer { close(caller) }
        try Readiness.wait(for: caller, until: .now + .seconds(60))
        var hello = [UInt8](repeating: 0, count: 4096)
        let got = unsafe read(caller, &hello, hello.count)
        #expect(got > 12 && hello.prefix(4) == Array("TWD1".utf8)[...])
        let body = Array(message.utf8)
        let frame = Array("TWD1".utf8) + [0, 0, 0, UInt8(body.count), 0, 0, 0, 0] + body
        #expect(unsafe write(caller, frame, frame.count) == frame.count)
        shutdown(caller, Int32(SHUT_WR))
    }
}
