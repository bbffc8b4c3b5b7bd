import Foundation
import Glibc
import TestSupport
import Testing
import Wire

/// `run` where nothing is a terminal: values in, masked output out, the command's own end.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct RunTests {
    private static let label = "[anthropic/main]"

    private func run(_ desk: Desk, _ script: String, _ words: [String] = [], input: String? = nil) throws
        -> ProgramResult
    {
        try desk.run(
            [BuiltProgram.path("secret"), "run", "--env", "TOKEN=\(Desk.name)"] + words + ["--", "sh", "-c", script],
            input: input)
    }

    /// How a program may print the token; what of it is shown.
    private static let ways: [(name: String, script: String, shown: String)] = [
        ("at once", "echo \"key: $TOKEN.\"", "key: [anthropic/main].\n"),
        (
            "in pieces", "for i in $(seq 1 108); do printf %s \"$TOKEN\" | tail -c +$i | head -c 1; done",
            "sk-ant-oat01-[anthropic/main]"
        ),
        ("wrapped", "echo \"$TOKEN\" | fold -w 80", "[anthropic/main]\n\n"),
        ("base64", "printf %s \"$TOKEN\" | base64 -w 0", "[anthropic/main]"),
        ("base64 of more", "printf 'user:%s' \"$TOKEN\" | base64", "dXNlcjp[anthropic/main]\n=\n"),
        ("hexadecimal", "printf %s \"$TOKEN\" | od -An -v -tx1 | tr -d ' \\n'", "[anthropic/main]"),
        ("HEXADECIMAL", "printf %s \"$TOKEN\" | od -An -v -tx1 | tr -d ' \\n' | tr a-f A-F", "[anthropic/main]"),
        ("percent", "printf %s \"$TOKEN\" | od -An -v -tx1 | tr -d '\\n' | tr ' ' %", "[anthropic/main]"),
        ("cut at the end", "printf %s \"$TOKEN\" | head -c 60", "[anthropic/main]"),
        (
            "in colours",
            "printf '%s\\033[31m%s\\033[0m' \"$(printf %s \"$TOKEN\" | head -c 50)\" \"$(printf %s \"$TOKEN\" | tail -c +51)\"",
            "[anthropic/main]\u{1B}[31m\u{1B}[0m"
        ),
    ]

    /// Where the pieces come slowly, some of the beginning that all tokens share is seen.
    private static func withoutBeginning(_ shown: String) -> String {
        let shared = "sk-ant-oat01-"
        let seen = shared.indices.reversed().map { shared[...$0] }.first { shown.contains($0 + "[") }
        return seen.map { shown.replacing($0 + "[", with: "[") } ?? shown
    }

    @Test func tokenIsNeverShown() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let traces = TokenTraces([token.value])
        for way in Self.ways {
            for script in [way.script, "{ \(way.script); } >&2"] {
                let result = try run(desk, script)
                #expect(result.code == 0, "\(way.name): \(result.talk)")
                let shown = result.text + result.talk
                #expect(Self.withoutBeginning(shown) == Self.withoutBeginning(way.shown), "\(way.name)")
                #expect(traces.found(in: shown.utf8).isEmpty, "\(way.name)")
            }
        }
        #expect(traces.found(in: desk.heard).isEmpty)
        #expect(try traces.found(below: desk.home) == [:])
    }

    @Test func commandGetsTheValueAndNobodyElse() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        desk.environment["OTHER"] = "kept"
        desk.environment["TOKEN"] = "replaced"
        let result = try run(
            desk, "printf %s \"$TOKEN\" | cmp - \"$1\" && echo same; echo $OTHER; env | grep -c ^TOKEN=; cat")
        #expect(result.text == "kept\n1\n" || !result.text.contains("same"))
        try Data(token.value.utf8).write(to: URL(filePath: desk.folder + "/expected"))
        let script =
            "printf %s \"$TOKEN\" | cmp - \(desk.folder)/expected && echo same; echo $OTHER; env | grep -c ^TOKEN=; cat"
        let second = try run(desk, script, input: "from stdin")
        #expect(second.text == "same\nkept\n1\nfrom stdin")
        #expect(second.talk.isEmpty)
        let watch = ProcessWatch(traces: TokenTraces([token.value]), home: desk.home)
        let words = ["run", "--env", "TOKEN=\(Desk.name)", "--", "sleep", "0.2"]
        let watched = try desk.run([BuiltProgram.path("secret")] + words) { _ in watch.look() }
        #expect(watched.code == 0)
        #expect(watch.leaks == ["sleep environ"])
    }

    @Test func severalValues() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let other = try desk.provider.mint()
        #expect(try desk.add(other, name: "anthropic/other").code == 0)
        let words = ["--env", "A=anthropic/other", "--env", "B=\(Desk.name)", "--env", "C=anthropic/other"]
        let script = "printf %s%s%s $A $B $C > \(desk.folder)/got; echo $A-$B-$C"
        let result = try desk.run([BuiltProgram.path("secret"), "run"] + words + ["--", "sh", "-c", script])
        #expect(result.text == "[anthropic/other]-[anthropic/main]-[anthropic/other]\n")
        let got = FileManager.default.contents(atPath: desk.folder + "/got")
        #expect(got == Data((other.value + token.value + other.value).utf8))
    }

    @Test func withoutMask() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let words = ["run", "--no-mask", "--env", "T=\(Desk.name)", "--", "sh", "-c", "echo $T"]
        let result = try ProgramResult.of(BuiltProgram.path("secret"), words, environment: desk.environment)
        #expect(result.text == token.value + "\n")
    }

    @Test(arguments: [
        ("exit 0", Int32(0)), ("exit 7", 7), ("kill -TERM $$", 128 + SIGTERM), ("kill -KILL $$", 128 + SIGKILL),
        ("kill -SEGV $$", 128 + SIGSEGV), ("kill -INT $$", 128 + SIGINT),
    ]) func endIsTheCommands(_ script: String, _ code: Int32) throws {
        let desk = try Desk()
        try desk.makeVault()
        let result = try desk.secret("run", "--", "sh", "-c", script)
        #expect(result.code == code && result.talk.isEmpty)
    }

    @Test func commandThatCannotStart() throws {
        let desk = try Desk()
        try desk.makeVault()
        for (command, code, word) in [
            ("no-such-command", Int32(127), "command not found"), ("/nonexistent/program", 127, "command not found"),
            ("/etc/passwd", 126, "cannot be executed"), ("/", 126, "cannot be executed"),
        ] {
            let result = try desk.secret("run", "--", command)
            #expect(result.code == code && result.text.isEmpty)
            #expect(result.talk.hasPrefix("secret: error: \(command): \(word)"))
        }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2]) func signalIsHandedOn(_ number: Int32) throws
    {
        let desk = try Desk()
        try desk.makeVault()
        var output = try PipeEnds()
        let script = "trap 'echo heard; exit 9' \(number); echo ready; while :; do sleep 0.05; done"
        let child = try SpawnedProgram(
            BuiltProgram.path("secret"), ["run", "--", "sh", "-c", script], environment: desk.environment,
            descriptors: [1: output.writing])
        output.closeWriting()
        _ = try output.read(within: .seconds(60)) { String(decoding: $0, as: UTF8.self).contains("ready") }
        child.signal(number)
        let rest = try output.read(within: .seconds(60))
        #expect(String(decoding: rest, as: UTF8.self) == "heard\n")
        #expect(try child.exitCode(within: .seconds(60)) == 9)
    }

    @Test func valueInAFile() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        try Data(token.value.utf8).write(to: URL(filePath: desk.folder + "/expected"))
        let script = """
            cmp "$KEY" \(desk.folder)/expected && echo same; cat "$KEY"; env | grep -c oat01
            (echo x >> "$KEY") 2> /dev/null || echo sealed; ls /proc/self/fd | sort -n | tr '\\n' ' '
            """
        let result = try desk.secret("run", "--file", "KEY=\(Desk.name)", "--", "sh", "-c", script)
        // ls itself opens 3.
        #expect(result.text == "same\n\(Self.label)0\nsealed\n0 1 2 3 20 ")
        #expect(result.talk.isEmpty)
        #expect(TokenTraces([token.value]).found(in: desk.heard).isEmpty)
    }

    @Test func fileOfVariables() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let path = desk.folder + "/dot.env"
        let text = """
            # a comment
            export KEY=secret://anthropic/main
            HEADER="Bearer {{ secret://anthropic/main }}, \\"quoted\\""
            PLAIN='as it is'
            EMPTY=
            TWICE=one
            TWICE=two
            """
        try Data(text.utf8).write(to: URL(filePath: path))
        try Data("\(token.value)|Bearer \(token.value), \"quoted\"|as it is||two|option".utf8)
            .write(to: URL(filePath: desk.folder + "/expected"))
        let script =
            "printf '%s|%s|%s|%s|%s|%s' \"$KEY\" \"$HEADER\" \"$PLAIN\" \"$EMPTY\" \"$TWICE\" option > \(desk.folder)/got"
        #expect(try desk.secret("run", "--env-file", path, "--", "sh", "-c", script).code == 0)
        #expect(FileManager.default.contentsEqual(atPath: desk.folder + "/got", andPath: desk.folder + "/expected"))
        let shown = try desk.secret(
            "run", "--env-file", path, "--env", "PLAIN=\(Desk.name)", "--", "sh", "-c", "echo $HEADER $PLAIN")
        #expect(shown.text == "Bearer \(Self.label), \"quoted\" \(Self.label)\n")
    }

    @Test func badLinesAreRefused() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        let path = desk.folder + "/dot.env"
        let cases: [(words: [String], file: String, code: Int32, said: String)] = [
            (["--env", "A"], "", 64, "VAR=NAME"), (["--env", "1A=\(Desk.name)"], "", 64, "begins with no digit"),
            (["--env", "A=\(Desk.name)", "--file", "A=\(Desk.name)"], "", 64, "given twice"),
            (["--env", "A=Anthropic"], "", 64, "may not contain"), (["--json"], "", 64, "not JSON"),
            (["--env", "A=anthropic/none"], "", 66, "no credential is called anthropic/none"),
            (["--file", "A=anthropic/none"], "", 66, "no credential is called anthropic/none"),
            (["--env-file", path], "A=secret://anthropic/none", 66, "no credential is called anthropic/none"),
            (["--env-file", path], "\nA=secret://", 78, "line 2 has a reference without a good name"),
            (["--env-file", path], "A='x", 78, "line 1 opens a quote"),
            (["--env-file", path], "A=1\nwhat", 78, "line 2 is no VAR=value"),
            (["--env-file", path + ".none"], "", 74, "cannot be read (errno 2)"),
        ]
        for (words, file, code, said) in cases {
            try Data(file.utf8).write(to: URL(filePath: path))
            let result = try desk.run(
                [BuiltProgram.path("secret"), "run"] + words + ["--", "touch", desk.folder + "/ran"])
            #expect(result.code == code, "\(words): \(result.talk)")
            #expect(result.talk.contains(said), "\(words): \(result.talk)")
            #expect(!FileManager.default.fileExists(atPath: desk.folder + "/ran"))
        }
        #expect(try desk.secret("run", "--env", "A=\(Desk.name)").code == 64)
        #expect(try desk.secret("run", "--env", "A=\(Desk.name)", "env").code == 64)
        #expect(try desk.secret("lock").code == 0)
        let locked = try desk.secret("run", "--env", "A=\(Desk.name)", "--", "true")
        #expect(locked.code == 75 && locked.talk.contains("the vault is locked"))
    }

    /// What it cannot hide it names; the command's own `--token`, `--json` and `--quiet` are no business of ours.
    @Test func shortValueIsNamed() throws {
        let desk = try Desk()
        try desk.makeVault()
        let words = ["add", "some/pin", "--stdin", "--yes", "--as-is", "--probe", "off"]
        let kind = ["--kind", "anthropic.api-key"]
        let added = try desk.run([BuiltProgram.path("secret")] + words + kind, input: "1234567")
        try #require(added.code == 0, "\(added.talk)")
        let result = try desk.secret("run", "--env", "PIN=some/pin", "--", "echo", "--token", "--json", "--quiet")
        #expect(result.text == "--token --json --quiet\n")
        #expect(result.talk == "secret: some/pin has fewer than 8 characters and is not hidden in what is printed\n")
        #expect(try desk.secret("run", "--quiet", "--env", "PIN=some/pin", "--", "true").talk.isEmpty)
    }

    /// A command whose reader has had enough sees it.
    @Test func readerThatGoesAway() throws {
        let desk = try Desk()
        try desk.makeVault()
        let result = try desk.run(["sh", "-c", "\"$SECRET\" run -- yes | head -n 1; echo end"])
        #expect(result.text == "y\nend\n")
    }

    /// All that a command prints arrives, a megabyte and more.
    @Test func muchOutput() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        let result = try run(desk, "seq 1 300000; echo \"$TOKEN\"")
        #expect(
            result.output.count == (1...300_000).reduce(0) { $0 + "\($1)".utf8.count + 1 } + Self.label.utf8.count + 1)
        #expect(result.text.hasSuffix("300000\n\(Self.label)\n"))
    }
}
