/// A text as one word of a POSIX shell's command line, good to be pasted (XCU 2.2.2).
package struct ShellWord: CustomStringConvertible {
    package let description: String

    package init(_ text: String) {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy(Self.isPlain)
        let word = isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
        // A file whose name looks like an option is named by its folder.
        description = text.hasPrefix("-") ? (isPlain ? "./" + word : "'./" + word.dropFirst()) : word
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "/._-+,:@%".utf8.contains(byte)
        }
    }
}
