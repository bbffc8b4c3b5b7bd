import Foundation
import Glibc
import TestSupport
import Testing
import Wire

/// Issue 2, "Must show" 4: nothing but locked memory and the wire to the provider ever holds a token.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct SecrecyTests {
    @Test func noSinkHoldsTheToken() throws {
        let desk = try Desk(settings: Desk.Settings.busy)
        let first = try desk.provider.mint()
        let second = try desk.provider.mint()
        // The shell of a careless person; daemons must not inherit it.
        desk.environment["TOKEN"] = first.value
        let traces = TokenTraces([first.value, second.value])
        let watch = ProcessWatch(traces: traces, home: desk.home)

        try run(desk, watch, ["init", "--machine", "--no-input"])
        try run(
            desk, watch, ["add", Desk.name, "--stdin", "--yes", "--base-url", desk.provider.baseURL], first.value)
        try run(desk, watch, ["probe", Desk.name])
        try run(desk, watch, ["rotate", Desk.name, "--stdin", "--yes"], second.value)
        for words in [["status"], ["status", Desk.name, "--json"], ["history", Desk.name], ["list"]] {
            try run(desk, watch, words)
        }
        try run(desk, watch, ["undo", Desk.name])
        let read = try run(desk, watch, ["read", Desk.name])
        #expect(read.text == first.value)
        #expect(read.talk.isEmpty)

        #expect(try traces.found(below: desk.home) == [:])
        watch.look()
        #expect(try desk.secret("daemon", "stop").code == 0)
        #expect(try traces.found(below: desk.home) == [:])
        #expect(traces.found(in: desk.heard).isEmpty)
        #expect(watch.leaks == [])
        #expect(watch.seen.isSuperset(of: ["secretd", "secret-prober", "secret"]))
    }

    /// A token on its way to a program: only that program has it, and only in the way that was asked for.
    @Test func noSinkHoldsATokenThatAProgramGets() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let traces = TokenTraces([token.value])
        let watch = ProcessWatch(traces: traces, home: desk.home)
        let variables = desk.folder + "/variables"
        try Data("TOKEN=secret://\(Desk.name)\n".utf8).write(to: URL(filePath: variables))
        let shows = ["sh", "-c", "echo $TOKEN; echo $TOKEN >&2; exec sleep 0.1"]
        for given in [
            ["--env", "TOKEN=\(Desk.name)"], ["--env-file", variables], ["--quiet", "--env", "TOKEN=\(Desk.name)"],
        ] {
            let result = try run(desk, watch, ["run"] + given + ["--"] + shows)
            #expect(result.text == "[\(Desk.name)]\n" && result.talk == result.text)
        }
        let file = try run(
            desk, watch, ["run", "--file", "FILE=\(Desk.name)", "--", "sh", "-c", "cat $FILE; exec sleep 0.1"])
        #expect(file.text == "[\(Desk.name)]")
        for words in [
            ["--env", "A=\(Desk.name)", "--", "/"], ["--env", "A=\(Desk.name)", "--env", "B=a/none", "--", "true"],
        ] {
            #expect(try desk.run([BuiltProgram.path("secret"), "run"] + words).code != 0)
        }
        let text = "secret://\(Desk.name) secret://a/none"
        #expect(try desk.run([BuiltProgram.path("secret"), "inject"], input: text).code == 66)
        #expect(try desk.run([BuiltProgram.path("secret"), "inject", "--output", "/dev/full"], input: text).code != 0)

        #expect(traces.found(in: desk.heard).isEmpty)
        #expect(try traces.found(below: desk.home) == [:])
        #expect(watch.leaks.isSubset(of: ["sh environ", "sleep environ"]), "\(watch.leaks)")
        #expect(watch.leaks.contains("sleep environ"))
        #expect(watch.seen.isSuperset(of: ["secretd", "secret", "secret-session", "sleep"]))
    }

    /// A paste that is refused leaves as little behind, in its error too.
    @Test func refusedPasteLeavesNoTrace() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let other = try desk.provider.mint()
        let traces = TokenTraces([token.value, other.value])
        let (one, two) = (token.value, other.value)
        let shouted = two.prefix(13).uppercased() + String(two.dropFirst(13))
        let pastes: [String] = [
            String(two.dropLast(9)), "\(one)\n\(two)", String(two.dropFirst(3)), shouted, "\(two)#\(one)",
        ]
        for paste in pastes {
            let fault = try desk.fault(
                "add", "anthropic/other", "--stdin", "--yes", "--base-url", desk.provider.baseURL, input: paste)
            #expect(fault.code == .refused, "\(fault.message)")
        }
        try desk.provider.set(token, to: "unknown_token")
        #expect(try desk.secret("probe", Desk.name).code == 0)
        #expect(try desk.report().credentials.count == 1)
        #expect(traces.found(in: desk.heard).isEmpty)
        #expect(try traces.found(below: desk.home) == [:])
    }

    /// The recovery code opens everything, so it lies nowhere either.
    @Test func recoveryCodeIsShownOnceAndKeptNowhere() throws {
        let desk = try Desk()
        let made = try desk.secret("init", "--machine", "--no-input")
        let code = try #require(made.text.split(separator: "\n").first).filter { $0 != "-" }
        #expect(code.count == 65)
        let traces = TokenTraces([String(code)])
        let spelled = TokenTraces([String(made.text.prefix(77))])
        #expect(try desk.secret("status", "--json").code == 0)
        #expect(try desk.secret("daemon", "stop").code == 0)
        #expect(try traces.found(below: desk.home) == [:])
        #expect(try spelled.found(below: desk.home) == [:])
    }

    @Test func filesArePrivateWhateverTheMask() throws {
        let desk = try Desk()
        try FileManager.default.removeItem(atPath: desk.home)
        let token = try desk.provider.mint()
        let lines = [
            "\"$SECRET\" init --machine --no-input",
            "\"$SECRET\" add anthropic/main --stdin --yes --base-url \(try desk.provider.baseURL)",
            "\"$SECRET\" read anthropic/main --output \"$TOKENWARD_HOME/copy\"",
        ]
        for line in lines {
            let result = try desk.run(["sh", "-c", "umask 000; exec \(line)"], input: token.value)
            #expect(result.code == 0, "\(line): \(result.talk)")
        }
        let paths = try FileManager.default.subpathsOfDirectory(atPath: desk.home)
        #expect(paths.contains("data/vault.db") && paths.contains("run/agent.sock") && paths.contains("machine.key"))
        for path in [""] + paths {
            var facts = stat()
            #expect(unsafe lstat(desk.home + "/" + path, &facts) == 0)
            let isFolder = facts.st_mode & S_IFMT == S_IFDIR
            #expect(facts.st_mode & 0o777 == (isFolder ? 0o700 : 0o600), "\(path)")
        }
    }

    @discardableResult
    private func run(
        _ desk: Desk, _ watch: ProcessWatch, _ words: [String], _ input: String? = nil
    ) throws -> ProgramResult {
        let result = try desk.run([BuiltProgram.path("secret")] + words, input: input) { process in
            watch.look(at: "\(process)")
            watch.look()
        }
        #expect(result.code == 0, "\(words): \(result.talk)")
        return result
    }
}

/// Looks at what the kernel tells every user's programs about running ones (proc(5)).
final class ProcessWatch {
    private let traces: TokenTraces
    private let home: String
    /// Program and place of each trace that was seen.
    private(set) var leaks: Set<String> = []
    /// Programs of this home whose arguments and environment could be looked at.
    private(set) var seen: Set<String> = []

    init(traces: TokenTraces, home: String) {
        self.traces = traces
        self.home = home
    }

    /// Once over all processes.
    func look() { Self.processes().forEach(look) }

    /// Arguments of any process, environment of all of this home but `secret` itself, which has its caller's.
    func look(at process: String) {
        let arguments = Self.bytes(process, "cmdline")
        guard !arguments.isEmpty else { return }
        let program = Self.text(process, "comm")
        note(program, "argv", arguments)
        let environment = Self.bytes(process, "environ")
        guard environment.split(separator: 0).contains(Array("TOKENWARD_HOME=\(home)".utf8)[...]) else { return }
        seen.insert(program)
        if program != "secret" { note(program, "environ", environment) }
    }

    private func note(_ program: String, _ place: String, _ bytes: [UInt8]) {
        if !traces.found(in: bytes).isEmpty { leaks.insert("\(program) \(place)") }
    }

    /// Programs of a name that run with this home.
    static func count(of program: String, home: String) -> Int { processes(of: program, home: home).count }

    static func processes(of program: String, home: String) -> [Int32] {
        let found = processes().filter { process in
            text(process, "comm") == program
                && bytes(process, "environ").split(separator: 0)
                    .contains(Array("TOKENWARD_HOME=\(home)".utf8)[...])
        }
        return found.compactMap { Int32($0) }
    }

    private static func processes() -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.filter { Int32($0) != nil }
    }

    private static func bytes(_ process: String, _ file: String) -> [UInt8] {
        // FileManager.contents(atPath:) takes one short read for the end.
        let handle = FileHandle(forReadingAtPath: "/proc/\(process)/\(file)")
        return (try? handle?.readToEnd()).flatMap(\.self).map { Array($0) } ?? []
    }

    private static func text(_ process: String, _ file: String) -> String {
        String(String(decoding: bytes(process, file), as: UTF8.self).dropLast())
    }
}
