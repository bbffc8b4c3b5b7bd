/// `VAR=NAME`: the environment variable that a credential's value is for.
package struct VariableBinding: Equatable, Sendable, CustomStringConvertible {
    package let variable: String
    package let name: CredentialName

    /// Why a text is none.
    package enum Problem: Error, Equatable {
        case noEquals
        /// Not letters, digits and `_`, the first no digit (POSIX, XBD 8.1), or more than 128.
        case variable
        case name(CredentialName.Problem)
    }

    package init(_ text: String) throws(Problem) {
        guard let equals = text.firstIndex(of: "=") else { throw .noEquals }
        variable = String(text[..<equals])
        guard Self.isVariable(variable) else { throw .variable }
        do { name = try CredentialName(String(text[text.index(after: equals)...])) } catch { throw .name(error) }
    }

    package var description: String { "\(variable)=\(name)" }

    private static func isVariable(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
        }
    }
}

extension VariableBinding.Problem {
    /// One lower-case line that repeats nothing of the text, which may be a pasted token.
    package var message: String {
        switch self {
        case .noEquals: "a variable is given as VAR=NAME, such as API_KEY=anthropic/main"
        case .variable: "a variable's name has letters, digits and _, and begins with no digit"
        case .name(let problem): problem.message
        }
    }
}
