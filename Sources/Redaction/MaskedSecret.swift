package import Sealing

/// A value that is to be hidden in what a program prints, and what stands in its place.
package struct MaskedSecret: Sendable {
    /// Shown between brackets.
    package let label: String
    package let value: SecretBox
    /// How many of its first bytes are its kind's, as `sk-ant-oat01-`, and may be seen.
    package let publicCount: Int
    /// Shorter values occur by chance.
    package static let least = 8

    package init(label: String, value: SecretBox, publicCount: Int = 0) {
        self.label = label
        self.value = value
        self.publicCount = publicCount
    }

    /// Whether a mask can tell it from other text: 8 bytes that are no line breaks.
    package var canBeMasked: Bool {
        value.bytes.withBytes { bytes in bytes.indices.count { !Skip.isBreak(bytes[$0]) } >= Self.least }
    }
}

/// What a terminal or a program may put between two bytes of a value.
enum Skip {
    /// CR, LF, and the NUL of UTF-16.
    static func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D || byte == 0 }
}
