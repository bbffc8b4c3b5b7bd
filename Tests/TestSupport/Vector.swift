package import Foundation

/// One file of `Tests/Vectors`: bytes, what is needed to decode them, and what must come of it (`Sources/Sealing/ENVELOPE.md` §14).
package struct Vector: Equatable, Sendable {
    package let kind: String
    package let name: String
    package let headers: [Header]
    package let bytes: [UInt8]

    package struct Header: Equatable, Sendable {
        package let key: String
        package let value: String
        package init(_ key: String, _ value: String) { (self.key, self.value) = (key, value) }
        package init(_ key: String, _ bytes: [UInt8]) { (self.key, value) = (key, Vector.hex(bytes)) }
        package init(_ key: String, _ number: some FixedWidthInteger) { (self.key, value) = (key, String(number)) }
    }

    package init(kind: String, name: String, class: String, headers: [Header], bytes: [UInt8]) {
        self.kind = kind
        self.name = name
        self.headers = [Header("class", `class`)] + headers
        self.bytes = bytes
    }

    package static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Vectors")

    package var file: URL { Self.folder.appending(path: kind).appending(path: name + ".txt") }

    /// Why a file is not a vector.
    package enum Problem: Error { case header(String), bytes }

    package func text(_ key: String) throws -> String {
        guard let header = headers.first(where: { $0.key == key }) else { throw Problem.header(key) }
        return header.value
    }

    package func has(_ key: String) -> Bool { headers.contains { $0.key == key } }

    package func bytes(_ key: String) throws -> [UInt8] { try Self.bytes(hex: try text(key)) }

    package func number<Number: FixedWidthInteger>(_ key: String, as type: Number.Type = Number.self) throws -> Number {
        guard let number = Number(try text(key)) else { throw Problem.header(key) }
        return number
    }
}

extension Vector {
    /// As it is stored; runs of zero bytes are written as `zero N`.
    package var stored: String {
        var lines = headers.map { $0.value.isEmpty ? "\($0.key):" : "\($0.key): \($0.value)" } + [""]
        var place = 0
        while place < bytes.count {
            let zeros = bytes[place...].prefix { $0 == 0 }.count
            if zeros >= 64 {
                lines.append("zero \(zeros)")
                place += zeros
                continue
            }
            var end = min(place + 32, bytes.count)
            if let run = Self.startOfZeros(in: bytes, from: place, before: end) { end = run }
            lines.append(Self.hex(Array(bytes[place..<end])))
            place = end
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func startOfZeros(in bytes: [UInt8], from start: Int, before end: Int) -> Int? {
        (start + 1..<max(start + 1, end)).first { place in
            place + 64 <= bytes.count && bytes[place..<place + 64].allSatisfy { $0 == 0 }
        }
    }

    package init(kind: String, name: String, stored text: String) throws {
        self.kind = kind
        self.name = name
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let middle = lines.firstIndex(of: "") else { throw Problem.bytes }
        headers = try lines[..<middle].filter { !$0.hasPrefix("# ") }.map { line in
            guard let colon = line.firstIndex(of: ":") else { throw Problem.header(line) }
            let value = line[line.index(after: colon)...]
            return Header(String(line[..<colon]), String(value.hasPrefix(" ") ? value.dropFirst() : value))
        }
        bytes = try lines[(middle + 1)...].reduce(into: []) { bytes, line in
            if line.hasPrefix("zero ") {
                bytes += [UInt8](repeating: 0, count: Int(line.dropFirst(5)) ?? 0)
            } else {
                bytes += try Self.bytes(hex: line)
            }
        }
    }

    /// All that are stored of some kinds, in the order of their names.
    package static func stored(kinds: [String]) throws -> [Vector] {
        try kinds.flatMap { kind in
            let home = folder.appending(path: kind)
            let files = try FileManager.default.contentsOfDirectory(atPath: home.path()).filter { $0.hasSuffix(".txt") }
            return try files.sorted().map { file in
                let text = try String(contentsOf: home.appending(path: file), encoding: .utf8)
                return try Vector(kind: kind, name: String(file.dropLast(4)), stored: text)
            }
        }
    }

    package static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    package static func bytes(hex text: String) throws -> [UInt8] {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count % 2 == 0 else { throw Problem.bytes }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
