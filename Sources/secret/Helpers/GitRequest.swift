import Lifecycle
import Sealing

/// What git asks a credential helper to do: gitcredentials(7).
enum GitTask: String { case get, store, erase }

/// Attributes that git writes to a helper, `key=value` a line, to an empty line or the end: git-credential(1), INPUT/OUTPUT FORMAT.
struct GitRequest {
    var scheme = ""
    /// With its port.
    var host = ""
    var account: AccountName?
    /// Where the password stands in the input.
    var password: Range<Int>?

    /// Nil for a NUL or a carriage return anywhere, a line without `=`, an attribute twice, and one that is too long.
    init?(_ input: borrowing SecretBytes) {
        let request = input.withBytes { bytes -> GitRequest? in
            var request = GitRequest()
            var seen: Set<String> = []
            for line in Self.lines(bytes) {
                guard let sign = line.first(where: { bytes[$0] == 0x3D }), sign - line.lowerBound <= 64 else {
                    return nil
                }
                let key = Self.text(line.lowerBound..<sign, bytes)
                guard key.hasSuffix("[]") || seen.insert(key).inserted else { return nil }
                guard request.take(key, sign + 1..<line.upperBound, bytes) else { return nil }
            }
            return bytes.indices.allSatisfy { bytes[$0] != 0 && bytes[$0] != 0x0D } ? request : nil
        }
        guard let request else { return nil }
        self = request
    }

    private init() {}

    /// False for a value that cannot be one.
    private mutating func take(_ key: String, _ range: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
        if key == "password" {
            password = range.isEmpty ? nil : range
            return true
        }
        guard ["protocol", "host", "username"].contains(key) else { return true }
        guard range.count <= 512 else { return false }
        let text = Self.text(range, bytes)
        switch key {
        case "protocol": scheme = text
        case "host": host = text
        default:
            account = AccountName(text)
            return account != nil || text.isEmpty
        }
        return true
    }

    private static func lines(_ bytes: Span<UInt8>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            if end == start { break }
            lines.append(start..<end)
            start = end + 1
        }
        return lines
    }

    private static func text(_ range: Range<Int>, _ bytes: Span<UInt8>) -> String {
        String(decoding: range.map { bytes[$0] }, as: UTF8.self)
    }
}
