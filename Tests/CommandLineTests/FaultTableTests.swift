import Foundation
import Glibc
import TestSupport
import Testing
import Wire

/// Issue 2, "Must show" 6: each mistake has its own message, hint and exit code.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct FaultTableTests {
    struct Row: CustomTestStringConvertible {
        let words: [String]
        let code: ExitCode
        let id: String
        let message: String
        let hint: String
        var testDescription: String { words.joined(separator: " ").isEmpty ? "nothing" : words.joined(separator: " ") }

        init(_ line: String, _ code: ExitCode, _ id: String, _ message: String, hint: String) {
            words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            (self.code, self.id, self.message, self.hint) = (code, id, message, hint)
        }
    }

    static let misuse: [Row] = [
        .init("frobnicate", .usage, "unknown_verb", "there is no verb \"frobnicate\"", hint: "secret --help"),
        .init("stats", .usage, "unknown_verb", "there is no verb \"stats\"", hint: "secret status"),
        .init("rotte anthropic/main", .usage, "unknown_verb", "there is no verb \"rotte\"", hint: "secret rotate"),
        .init(
            "add Anthropic/Main --stdin", .usage, "bad_name",
            "a credential name may not contain 'A' (character 1); use a-z 0-9 . _ - and /",
            hint: "use a name such as anthropic/main"),
        .init(
            "read anthropic//main", .usage, "bad_name",
            "each part of a credential name starts with a-z or 0-9 (character 11)",
            hint: "use a name such as anthropic/main"),
        .init(
            "rotate anthropic/", .usage, "bad_name",
            "each part of a credential name starts with a-z or 0-9 (character 11)",
            hint: "use a name such as anthropic/main"),
        .init(
            "status ../main", .usage, "bad_name",
            "each part of a credential name starts with a-z or 0-9 (character 1)",
            hint: "use a name such as anthropic/main"),
        .init(
            "remove " + String(repeating: "a", count: 129), .usage, "bad_name",
            "a credential name has at most 128 bytes; this one has 129", hint: "use a name such as anthropic/main"),
        .init(
            "history ", .usage, "bad_name", "a credential name may not be empty",
            hint: "use a name such as anthropic/main"),
        .init("probe", .usage, "probe_what", "give a name, --due or --all", hint: "secret probe --all"),
        .init("probe a --due", .usage, "probe_what", "give a name, --due or --all", hint: "secret probe --all"),
        .init("pause", .usage, "usage", "missing expected argument 'name'", hint: "secret help pause"),
        .init("undo a b", .usage, "usage", "unexpected argument number 3", hint: "secret help undo"),
        .init("list --colour", .usage, "usage", "unknown option '--colour'", hint: "secret help list"),
        .init(
            "add a --stdin --probe sometimes", .usage, "probe_choice", "--probe takes active, passive or off",
            hint: "secret add --help"),
        .init(
            "add a --stdin --minted yesterday", .usage, "date",
            "--minted takes a date such as 2026-11-22, or RFC 3339", hint: "secret add --help"),
        .init(
            "add a --stdin --store cloud", .usage, "home", "--store takes vault or keyring", hint: "secret add --help"),
        .init("move a --to cloud", .usage, "home", "--to takes vault or keyring", hint: "secret move --help"),
        .init("move a", .usage, "usage", "missing expected argument '--to home'", hint: "secret help move"),
        .init(
            "rotate a --stdin --grace long", .usage, "grace", "--grace takes a time such as 24h",
            hint: "secret rotate --help"),
        .init(
            "init --machine --keyring", .usage, "one_slot",
            "choose one of --keyring and --machine; --passphrase-fd may stand beside either",
            hint: "secret init --help"),
        .init(
            "read a --output f", .usage, "no_json", "a value is never put into JSON", hint: "secret read a | wc -c"),
    ]

    @Test(arguments: misuse) func misuseIsNamed(_ row: Row) throws {
        let desk = try Desk()
        try expect(row, desk.fault(row.words))
        // A mistake on the line is found before anything is started.
        #expect(!FileManager.default.fileExists(atPath: desk.places.data))
    }

    static let absent =
        ["status", "probe", "history", "undo", "pause", "resume", "remove", "rotate", "move --to vault"].map { verb in
            Row(
                "\(verb) anthropic/other", .noSuchCredential, "no_such_credential",
                "no credential is called anthropic/other", hint: "secret list")
        }

    static let locked =
        [
            "status anthropic/main", "probe anthropic/main", "probe --due", "probe --all", "history anthropic/main",
            "undo anthropic/main", "pause anthropic/main", "resume anthropic/main", "remove anthropic/main --yes",
            "move anthropic/main --to keyring", "rotate anthropic/main --stdin", "add anthropic/other --stdin --yes",
            "list",
        ].map { Row($0, .notNow, "locked", "the vault is locked", hint: "secret unlock") }

    @Test func absentCredentialIsNamedByEveryVerb() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        for row in Self.absent { try expect(row, desk.fault(row.words)) }
        let read = try desk.secret("read", "anthropic/other")
        #expect(read.code == 66 && read.output.isEmpty)
        #expect(
            read.talk == "secret: error: no credential is called anthropic/other\nsecret: hint: secret list\n")
    }

    @Test func lockedVaultIsNamedByEveryVerb() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        #expect(try desk.secret("lock").code == 0)
        for row in Self.locked { try expect(row, desk.fault(row.words, input: token.value)) }
        #expect(try desk.secret("read", Desk.name).code == 75)
        for words in [["status"], ["status", "--check"], ["status", "--json"]] {
            let status = try desk.run([BuiltProgram.path("secret")] + words)
            #expect(status.code == 75 && !status.text.contains("anthropic"))
            #expect(status.text.contains(words.last == "--json" ? #""locked":1"# : "1 credentials, locked"))
        }
        let again = try desk.fault("init", "--machine", "--no-input")
        #expect(again.code == .usage && again.id == "vault_exists" && again.hint == "secret status")
        #expect(try desk.secret("unlock").code == 0)
        #expect(try desk.value() == token.value)
    }

    @Test func withoutAVaultEveryVerbSaysHowToMakeOne() throws {
        let desk = try Desk()
        for words in [["status"], ["list"], ["read", "a"], ["lock"], ["unlock"], ["undo", "a"], ["rotate", "a"]] {
            let result = try desk.run([BuiltProgram.path("secret")] + words)
            #expect(result.code == 78, "\(words)")
            #expect(
                result.talk == "secret: error: there is no vault yet\nsecret: hint: secret init\n", "\(words)")
        }
    }

    private func expect(_ row: Row, _ fault: Fault) {
        #expect(fault.code == row.code, "\(row.testDescription)")
        #expect(fault.id == row.id, "\(row.testDescription)")
        #expect(fault.message == row.message, "\(row.testDescription)")
        #expect(fault.hint == row.hint, "\(row.testDescription)")
    }
}

/// A token on the command line: it is refused, not repeated, and nothing is started.
@Suite(.ownThreads) struct TokenOnTheCommandLineTests {
    private static let forms = [
        ["TOKEN"], ["add", "a", "--token", "TOKEN"], ["add", "a", "--token=TOKEN"], ["add", "a", "TOKEN"],
        ["add", "a", "--kind=TOKEN"], ["status", "TOKEN"], ["rotate", "a", "--stdin", "TOKEN"],
        ["add", "--base-url", "TOKEN", "a"], ["--TOKEN"], ["add", "a", "--base-url", "https://TOKEN@host"],
        ["add", "x/TOKEN", "--stdin"], ["init", "Bearer TOKEN"],
    ]

    @Test(arguments: forms) func isRefusedUnrepeated(_ form: [String]) throws {
        let desk = try Desk()
        let token = try desk.provider.mint()
        let words = form.map { $0.replacing("TOKEN", with: token.value) }
        for extra in [[], ["--json"]] {
            let result = try desk.run([BuiltProgram.path("secret")] + words + extra)
            #expect(result.code == 64)
            #expect(
                result.talk.hasPrefix("secret: error: a token was given on the command line"), "\(result.talk.count)")
            #expect(
                result.talk.hasSuffix(
                    "secret: hint: revoke it at its provider, make a new one, and paste that when asked\n"))
        }
        #expect(TokenTraces([token.value]).found(in: desk.heard).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: desk.places.data))
    }
}
