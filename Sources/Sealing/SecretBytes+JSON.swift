extension OutputSpan<UInt8> {
    /// Room that `appendJSON` may take for one byte.
    package static var mostJSON: Int { 6 }

    /// A byte of a text as it stands in a JSON string: RFC 8259, section 7.
    package mutating func appendJSON(_ byte: UInt8) {
        switch byte {
        case 0x22, 0x5C:
            append(0x5C)
            append(byte)
        case 0..<0x20, 0x7F:
            for character in "\\u00".utf8 { append(character) }
            for digit in [byte >> 4, byte & 0xF] { append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
        default: append(byte)
        }
    }

    /// A part of a secret, in the same way.
    package mutating func appendJSON(_ secret: borrowing SecretBytes, _ range: Range<Int>) {
        unsafe secret.withPointer { bytes in
            for place in range { unsafe appendJSON(bytes[place]) }
        }
    }

    package mutating func append(_ text: String) {
        for byte in text.utf8 { append(byte) }
    }
}

extension SecretBytes {
    /// Whether a part of it is a text in UTF-8.
    package borrowing func isText(_ range: Range<Int>) -> Bool {
        withBytes { bytes in (try? UTF8Span(validating: bytes.extracting(range))) != nil }
    }
}
