import Foundation
import TestSupport
import Testing

/// The example in the specification is what the encoder makes today; `TOKENWARD_WRITE_VECTORS=1` writes it instead.
@Suite struct WorkedExampleTests {
    private static let page = Vector.folder.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/Sealing/ENVELOPE.md")
    private static let start = "<!-- example -->\n```\n"
    private static let end = "\n```\n<!-- end of example -->\n"

    @Test func isTheOneInTheSpecification() throws {
        let example = try WorkedExample().lines.joined(separator: "\n")
        let page = try String(contentsOf: Self.page, encoding: .utf8)
        let head = try #require(page.range(of: Self.start))
        let tail = try #require(page.range(of: Self.end))
        if ProcessInfo.processInfo.environment["TOKENWARD_WRITE_VECTORS"] != nil {
            let written = page[..<head.upperBound] + example + page[tail.lowerBound...]
            try Data(String(written).utf8).write(to: Self.page)
        } else {
            #expect(page[head.upperBound..<tail.lowerBound] == example)
        }
    }
}
