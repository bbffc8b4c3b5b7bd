/// Follows the control sequences of ECMA-48 §5.3-5.6 a byte at a time: what a terminal obeys and does not show.
struct EscapeSequence {
    private enum Step { case text, begun, intermediate, parameters, string, stringEnding }
    private var step = Step.text
    private var length = 0
    /// Longer ones are garbage, and text follows on them: in bytes.
    private static let longest = 4096

    /// Whether the byte belongs to a sequence.
    mutating func takes(_ byte: UInt8) -> Bool {
        if step != .text {
            length += 1
            if length > Self.longest { step = .text }
        }
        switch step {
        case .text:
            guard byte == 0x1B else { return false }
            (step, length) = (.begun, 0)
        case .begun: step = Self.kind(byte)
        case .intermediate: if byte >= 0x30 { step = .text }
        case .parameters: if (0x40...0x7E).contains(byte) { step = .text }
        case .string:
            step = byte == 0x07 || byte == 0x18 || byte == 0x1A ? .text : byte == 0x1B ? .stringEnding : .string
        case .stringEnding: step = byte == UInt8(ascii: "\\") ? .text : Self.kind(byte)
        }
        return true
    }

    private static func kind(_ byte: UInt8) -> Step {
        switch byte {
        case 0x1B: .begun
        case UInt8(ascii: "["): .parameters
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"): .string
        case 0x20...0x2F: .intermediate
        default: .text
        }
    }
}
