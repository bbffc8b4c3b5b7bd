import Foundation
import Glibc
import Keyring
import TestSupport
import Testing

/// `secret-session keyring` as `secret` runs it: a child with a pipe as descriptor 3, on a real
/// gnome-keyring.
@Suite struct SessionProgramTests {
    @Test func createdKeyComesBack() throws {
        let keyring = try PrivateKeyring()
        let created = try keyring.session("create", "--fd", "3")
        #expect(created.code == 0)
        #expect(created.handedOver.count == 48)
        let id = try #require(KeyringItemID(bytes: Array(created.handedOver.prefix(16))))

        let fetched = try keyring.session("fetch", "--id", id.description, "--fd", "3")
        #expect(fetched.code == 0)
        #expect(fetched.handedOver == Array(created.handedOver.dropFirst(16)))
        for result in [created, fetched] { #expect(result.output.isEmpty && result.talk.isEmpty) }
    }

    @Test func keysDiffer() throws {
        let keyring = try PrivateKeyring()
        let made = try (0..<2).map { _ in try keyring.session("create", "--fd", "3").handedOver }
        #expect(made[0].prefix(16) != made[1].prefix(16))
        #expect(made[0].suffix(32) != made[1].suffix(32))
    }

    @Test func unknownIDIsMissing() throws {
        let keyring = try PrivateKeyring()
        let id = KeyringItemID.random()
        for verb in [["fetch", "--fd", "3"], ["delete"]] {
            let result = try keyring.session(verb + ["--id", id.description])
            #expect(result.code == 66)
            #expect(result.talk.hasPrefix("secret: error: the keyring holds no item \(id)\nsecret: hint: "))
            #expect(result.handedOver.isEmpty)
        }
    }

    @Test func deletedKeyIsGone() throws {
        let keyring = try PrivateKeyring()
        let id = try keyring.createdID()
        #expect(try keyring.session("delete", "--id", id).code == 0)
        #expect(try keyring.session("fetch", "--id", id, "--fd", "3").code == 66)
    }

    @Test func keyNobodyReadsIsNotLeftBehind() throws {
        let keyring = try PrivateKeyring()
        let result = try keyring.session(["create", "--fd", "3"], readerGone: true)
        #expect(result.code == 74)
        #expect(
            try keyring.call("org.freedesktop.Secret.Service.SearchItems", Self.marker)
                == "(@ao [], @ao [])\n")
    }

    /// Attributes lie in clear in the keyring file, values as plain MD5: nothing but the marker and the id
    /// may be there.
    @Test func attributesHoldNothingButTheID() throws {
        let keyring = try PrivateKeyring()
        let id = try keyring.createdID()
        let found = try keyring.call("org.freedesktop.Secret.Service.SearchItems", Self.marker)
        #expect(found == "([objectpath '/org/freedesktop/secrets/collection/login/1'], @ao [])\n")
        let item = "/org/freedesktop/secrets/collection/login/1"
        let attributes = try keyring.property("Attributes", of: item)
        #expect(
            Set(attributes.split { "(<{},>)\n".contains($0) }.map { $0.trimmed }) == [
                "'id': '\(id)'", "'xdg:schema': 'tokenward.Key'",
            ])
        #expect(try keyring.property("Label", of: item) == "(<'Tokenward key'>,)\n")
    }

    @Test(arguments: [
        ["create"], ["create", "--fd", "1"], ["create", "--fd", "2"], ["create", "--fd", "0"],
        ["create", "--fd", "77"],
        ["create", "--fd", "-1"], ["fetch", "--fd", "3"], ["fetch", "--fd", "3", "--id", "0011"],
        ["fetch", "--id", "00112233445566778899aabbccddeeff"], ["delete"], ["rename"],
    ])
    func wrongUseIsNamed(_ words: [String]) throws {
        let result = try ProgramResult.of(
            BuiltProgram.path("secret-session"), ["keyring"] + words,
            environment: ["DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus"])
        #expect(result.code == 64)
        #expect(result.talk.hasPrefix("secret: error: "))
        #expect(result.talk.hasSuffix("\nsecret: hint: see `secret-session keyring --help`\n"))
        #expect(result.output.isEmpty && result.handedOver.isEmpty)
    }

    @Test func whatWasTypedIsNotRepeated() throws {
        let typed = String(repeating: "k3y", count: 20)
        for words in [["fetch", "--fd", "3", "--id", typed], [typed], ["delete", "--id", "--" + typed]] {
            let result = try ProgramResult.of(
                BuiltProgram.path("secret-session"), ["keyring"] + words, environment: [:])
            #expect(result.code == 64)
            #expect(!result.talk.contains("k3y") && !result.text.contains("k3y"))
        }
    }

    /// A bus that takes the connection and says nothing shows when the program is past its start.
    @Test func hardensItselfBeforeAnythingElse() throws {
        let bus = try SilentSocket()
        var talk = try PipeEnds()
        let child = try SpawnedProgram(
            BuiltProgram.path("secret-session"), ["keyring", "state"],
            environment: ["DBUS_SESSION_BUS_ADDRESS": "unix:path=\(bus.path)"], descriptors: [2: talk.writing]
        )
        talk.closeWriting()
        try bus.waitForCaller(within: .seconds(10))
        let limits = try String(contentsOfFile: "/proc/\(child.pid)/limits", encoding: .utf8)
        let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        #expect(core?.split(separator: " ").dropFirst(4) == ["0", "0", "bytes"])
        child.signal(SIGSEGV)
        #expect(try child.exitCode(within: .seconds(10)) == 128 + SIGSEGV)
        #expect(try talk.read(within: .seconds(10)).isEmpty)
    }

    static let marker = "{'xdg:schema': 'tokenward.Key'}"
}

extension Substring {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
