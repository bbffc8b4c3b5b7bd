/// An encoding in which no two lists of fields share their bytes: each field is preceded by its length.
///
/// Layout: `u32 length (big endian) | bytes`, one after another.
package struct Fields {
    package private(set) var bytes: [UInt8] = []

    package init(_ domain: StaticString) { append(text: "\(domain)") }

    package mutating func append(_ field: some Sequence<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: [0, 0, 0, 0])
        bytes.append(contentsOf: field)
        let length = UInt32(bytes.count - start - 4)
        for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(index))) }
    }

    package mutating func append(text: String) { append(text.utf8) }

    /// Big endian, in as many bytes as the type has.
    package mutating func append(_ number: some FixedWidthInteger) { append(bigEndianBytes(number)) }
}

package func bigEndianBytes(_ number: some FixedWidthInteger) -> [UInt8] {
    stride(from: number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
}

/// Reads fixed fields off the front of public bytes; total, whatever the bytes are.
package struct ByteReader {
    private let bytes: [UInt8]
    private var place = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var remaining: Int { bytes.count - place }

    /// - Throws: `.malformed` when there are fewer.
    package mutating func take(_ count: Int) throws(SealingError) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw .malformed }
        defer { place += count }
        return Array(bytes[place..<place + count])
    }

    /// Big endian, as many bytes as the type has.
    package mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(SealingError) -> Number {
        try take(Number.bitWidth / 8).reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}
