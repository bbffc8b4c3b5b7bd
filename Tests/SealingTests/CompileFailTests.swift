import Foundation
import TestSupport
import Testing

/// What nobody can write: the compiler refuses to print, encode, copy or keep a secret.
@Suite(.timeLimit(.minutes(20))) struct CompileFailTests {
    struct Attempt: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        /// Part of what the compiler says; nil when it takes the code.
        let told: String?

        init(_ name: String, _ code: String, told: String?) {
            (testDescription, self.code, self.told) = (name, code, told)
        }
    }

    private static let lent = "_ s: borrowing SecretBytes"
    static let attempts = [
        Attempt("count", "func f(\(lent)) -> Int { s.withBytes { $0.count } }", told: nil),
        Attempt("move", "func f(_ s: consuming SecretBytes) -> SecretBox { SecretBox(s) }", told: nil),
        Attempt("print", "func f(\(lent)) { print(s) }", told: "does not conform to expected type 'Copyable'"),
        Attempt("dump", "func f(\(lent)) { dump(s) }", told: "requires that 'SecretBytes' conform to 'Copyable'"),
        Attempt("interpolate", "func f(\(lent)) -> String { \"\\(s)\" }", told: "no exact matches"),
        Attempt("describe", "func f(\(lent)) -> String { String(describing: s) }", told: "no exact matches"),
        Attempt("reflect", "func f(\(lent)) -> Mirror { Mirror(reflecting: s) }", told: "'Copyable'"),
        Attempt("erase", "func f(_ s: consuming SecretBytes) -> Any { s }", told: "does not conform to 'Copyable'"),
        Attempt("array", "func f(_ s: consuming SecretBytes) -> Int { [s].count }", told: "conform to 'Copyable'"),
        Attempt("copy", "func f(\(lent)) -> SecretBytes { s }", told: "'s' is borrowed and cannot be consumed"),
        Attempt(
            "use twice", "func g(_ s: consuming SecretBytes) {}\nfunc f(_ s: consuming SecretBytes) { g(s); g(s) }",
            told: "'s' consumed more than once"),
        Attempt(
            "keep in a property", "final class Keeper { var kept: SecretBytes?; func f(\(lent)) { kept = s } }",
            told: "is consuming"),
        Attempt(
            "keep the span", "func f(\(lent)) { var kept: Span<UInt8>?; s.withBytes { kept = $0 }; _ = kept }",
            told: "lifetime-dependent"),
        Attempt("return the span", "func f(\(lent)) -> Span<UInt8> { s.withBytes { $0 } }", told: "'Escapable'"),
        Attempt(
            "capture", "func f(\(lent)) -> () -> Int { { s.count } }", told: "cannot be captured by an escaping closure"
        ),
        Attempt(
            "compare", "func f(\(lent), _ t: borrowing SecretBytes) -> Bool { s == t }",
            told: "'==' cannot be applied to two 'SecretBytes' operands"),
        Attempt("hash", "func f(_ s: consuming SecretBytes) -> some Hashable { s }", told: "conform to 'Hashable'"),
        Attempt(
            "encode", "import Foundation\nfunc f(\(lent)) throws -> Data { try JSONEncoder().encode(s) }",
            told: "conform to 'Encodable'"),
        Attempt(
            "encode the box",
            "import Foundation\nfunc f(_ s: SecretBox) throws -> Data { try JSONEncoder().encode(s) }",
            told: "conform to 'Encodable'"),
        Attempt("a message's member", "struct Message: Codable { var token: SecretBox }", told: "'Encodable'"),
        Attempt(
            "text", "func f(\(lent)) -> String { s.withBytes { String(decoding: $0, as: UTF8.self) } }",
            told: "conform to 'Collection'"),
        Attempt("bytes", "func f(\(lent)) -> [UInt8] { s.withBytes { Array($0) } }", told: "no exact matches"),
        Attempt(
            "data", "import Foundation\nfunc f(\(lent)) -> Data { s.withBytes { Data($0) } }", told: "no exact matches"),
        Attempt("the memory itself", "func f(\(lent)) { _ = s.block }", told: "'private' protection level"),
        Attempt(
            "keep the pointer unmarked",
            "func f(\(lent)) { var kept: UnsafePointer<UInt8>?; s.withPointer { kept = $0 }; _ = kept }",
            told: "not marked with 'unsafe'"),
    ]

    @Test(arguments: attempts) func theCompilerDecides(_ attempt: Attempt) throws {
        let file = FileManager.default.temporaryDirectory.path + "/attempt-\(UUID().uuidString).swift"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data("import Sealing\n\(attempt.code)\n".utf8).write(to: URL(filePath: file))
        let result = try Self.compile(file)
        let told = result.talk + result.text
        if let words = attempt.told {
            #expect(result.code != 0 && told.contains(words), "\(told)")
        } else {
            #expect(result.code == 0, "\(told)")
        }
    }

    /// The folder's name as SwiftPM makes an identifier of it.
    private static func packageName(of folder: URL) -> String {
        String(folder.lastPathComponent.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }

    /// To the end of the checks of ownership, which come behind those of types.
    private static func compile(_ file: String) throws -> ProgramResult {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let modules = URL(filePath: try BuiltProgram.path("secret")).deletingLastPathComponent()
            .appending(path: "Modules").path
        let maps = ["CSodium", "CLinux"].flatMap { name in
            ["-Xcc", "-fmodule-map-file=\(package.path)/Sources/\(name)/module.modulemap"]
        }
        return try ProgramResult.of(
            "swiftc",
            [
                "-emit-sil", "-o", "/dev/null", "-swift-version", "6", "-strict-memory-safety", "-warnings-as-errors",
                "-package-name", Self.packageName(of: package), "-parse-as-library", "-I", modules,
            ] + maps + [file], environment: ProcessInfo.processInfo.environment, within: .seconds(120))
    }
}
