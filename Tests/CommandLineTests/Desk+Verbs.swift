import Foundation
import TestSupport
import Testing
import Wire

extension Desk {
    /// A vault that opens without a person.
    func makeVault() throws { try #require(secret("init", "--machine", "--no-input").code == 0) }

    /// A vault with one accepted token.
    func makeVaultWithToken() throws -> Provider.Token {
        try makeVault()
        let token = try provider.mint()
        try #require(add(token).code == 0)
        return token
    }

    func add(_ token: Provider.Token, _ words: String..., name: String = Desk.name) throws -> ProgramResult {
        try run(
            [BuiltProgram.path("secret"), "add", name, "--stdin", "--yes", "--base-url", provider.baseURL] + words,
            input: token.value)
    }

    func rotate(_ token: Provider.Token, _ words: String..., name: String = Desk.name) throws -> ProgramResult {
        try run([BuiltProgram.path("secret"), "rotate", name, "--stdin", "--yes"] + words, input: token.value)
    }

    func report() throws -> StatusReport { try decoded(secret("status", "--json")) }

    func credential(_ name: String = Desk.name) throws -> CredentialReport {
        let report: StatusReport = try decoded(secret("status", name, "--json"))
        return try #require(report.credentials.first)
    }

    func history(_ name: String = Desk.name) throws -> [HistoryEntry] {
        struct Sheet: Decodable { let history: [HistoryEntry] }
        let sheet: Sheet = try decoded(secret("history", name, "--json"))
        return sheet.history
    }

    func value(_ name: String = Desk.name) throws -> String {
        let result = try secret("read", name)
        #expect(result.code == 0, "\(result.talk)")
        return result.text
    }

    /// The status that `--watch` shows once it satisfies the condition; the daemon's timer alone does the work.
    func watch(_ name: String = Desk.name, until isReached: (CredentialReport) -> Bool) throws -> CredentialReport {
        var output = try PipeEnds()
        let child = try SpawnedProgram(
            BuiltProgram.path("secret"), ["status", name, "--json", "--watch"], environment: environment,
            descriptors: [1: output.writing])
        output.closeWriting()
        var reached: CredentialReport?
        _ = try output.read(within: .seconds(60)) { bytes in
            let lines = bytes.split(separator: 0x0A).map { Data($0) }
            reached = lines.compactMap { try? JSONDecoder().decode(StatusReport.self, from: $0) }
                .compactMap(\.credentials.first).first(where: isReached)
            return reached != nil
        }
        child.signal(SIGKILL)
        return try #require(reached)
    }

    /// How a command fails: its error on stdout as JSON, the same on stderr as text, and the exit code, all agreeing.
    func fault(_ words: String..., input: String? = nil, location: SourceLocation = #_sourceLocation) throws -> Fault {
        try fault(words, input: input, location: location)
    }

    func fault(
        _ words: [String], input: String? = nil, location: SourceLocation = #_sourceLocation
    ) throws -> Fault {
        struct Sheet: Decodable {
            let error: Fault
            let schema: Int
        }
        let result = try run([BuiltProgram.path("secret")] + words + ["--json"], input: input)
        let sheet = try? JSONDecoder().decode(Sheet.self, from: Data(result.output))
        let fault = try #require(sheet, "\(words): \(result.code) \(result.talk)", sourceLocation: location).error
        #expect(sheet?.schema == 1, sourceLocation: location)
        #expect(result.code == fault.code.rawValue, sourceLocation: location)
        let told = "secret: error: \(fault.message)\n" + (fault.hint.map { "secret: hint: \($0)\n" } ?? "")
        #expect(result.talk.contains(told), sourceLocation: location)
        #expect(!told.contains(">") && fault.hint != nil, "\(words): \(told)", sourceLocation: location)
        return fault
    }

    private func decoded<Value: Decodable>(_ result: ProgramResult) throws -> Value {
        try #require(result.code == 0, "\(result.talk)")
        return try JSONDecoder().decode(Value.self, from: Data(result.output))
    }
}
