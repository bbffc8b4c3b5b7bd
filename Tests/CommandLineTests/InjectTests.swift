import Foundation
import TestSupport
import Testing
import Wire

/// `inject`: a text with values in the places of its references.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct InjectTests {
    private func inject(_ desk: Desk, _ words: String..., input: String? = nil) throws -> ProgramResult {
        // What it prints is the value, which the desk does not count as heard.
        let all = ["inject"] + words
        return try ProgramResult.of(
            BuiltProgram.path("secret"), all, environment: desk.environment, input: input.map { Array($0.utf8) },
            within: .seconds(60))
    }

    @Test func valuesStandWhereReferencesStood() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let text = "a: secret://anthropic/main\nb: x{{ secret://anthropic/main }}y\nc: {{ other }} \0 é\n"
        let wanted = "a: \(token.value)\nb: x\(token.value)y\nc: {{ other }} \0 é\n"
        let piped = try inject(desk, input: text)
        #expect(piped.text == wanted && piped.code == 0 && piped.talk.isEmpty)

        let template = desk.folder + "/template"
        let made = desk.folder + "/made"
        try Data(text.utf8).write(to: URL(filePath: template))
        #expect(try inject(desk, template).text == wanted)
        let written = try inject(desk, template, "--output", made)
        #expect(written.code == 0 && written.output.isEmpty && written.talk.isEmpty)
        #expect(FileManager.default.contents(atPath: made) == Data(wanted.utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: made)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let again = try inject(desk, template, "--output", made)
        #expect(again.code == 74 && again.talk.contains("that file exists; it was left as it is"))
        #expect(try inject(desk, input: "").text.isEmpty)
        #expect(try TokenTraces([token.value]).found(below: desk.home) == [:])
    }

    @Test func nothingIsWrittenWhenOneFails() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let made = desk.folder + "/made"
        let cases: [(text: String, code: Int32, said: String)] = [
            ("secret://anthropic/main secret://anthropic/none", 66, "no credential is called anthropic/none"),
            ("secret://anthropic/main\nsecret://", 78, "line 2 has a reference without a good name"),
        ]
        for (text, code, said) in cases {
            for words in [[], ["--output", made]] {
                let result = try desk.run([BuiltProgram.path("secret"), "inject"] + words, input: text)
                #expect(result.code == code && result.output.isEmpty, "\(result.talk)")
                #expect(result.talk.contains(said))
                #expect(!FileManager.default.fileExists(atPath: made))
            }
        }
        #expect(try desk.fault("inject", input: "x").id == "no_json")
        #expect(try inject(desk, desk.folder + "/none").code == 74)
        #expect(try desk.secret("lock").code == 0)
        #expect(try inject(desk, input: "secret://anthropic/main").code == 75)
        #expect(TokenTraces([token.value]).found(in: desk.heard).isEmpty)
    }

    @Test func terminalIsRefused() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let template = desk.folder + "/template"
        try Data("<secret://anthropic/main>".utf8).write(to: URL(filePath: template))
        let refused = try TerminalSession(desk, "inject", template)
        #expect(try refused.end() == 64)
        #expect(refused.text.contains("the values would stay in the terminal's scrollback; nothing was read"))
        let forced = try TerminalSession(desk, "inject", template, "--force")
        #expect(try forced.end() == 0)
        #expect(forced.text == "<\(token.value)>")
    }
}
