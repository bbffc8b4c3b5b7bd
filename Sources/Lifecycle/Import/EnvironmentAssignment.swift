/// One variable of a `.env` file for a program that is to be started.
package struct EnvironmentAssignment: Equatable, Sendable {
    /// Counts from 1.
    package let line: Int
    package let variable: String
    /// Nil for an empty one.
    package let value: ImportedValue?

    package struct Problem: Error, Equatable {
        /// Counts from 1.
        package let line: Int
        package let code: Code
        package enum Code: Error, Equatable { case openQuote, unreadable }
    }

    /// Every variable of a file, in its order.
    ///
    /// - Throws: `.openQuote`, `.unreadable` for a line that assigns nothing, with the line.
    package static func all(in bytes: Span<UInt8>) throws(Problem) -> [EnvironmentAssignment] {
        var reader = EnvironmentReader(from: ImportForm.textStart(of: bytes))
        var lines = LineNumber()
        var all: [EnvironmentAssignment] = []
        while reader.at < bytes.count {
            let line = lines.at(reader.at, in: bytes)
            let found: EnvironmentReader.Line?
            do { found = try reader.next(bytes) } catch { throw Problem(line: line, code: .openQuote) }
            guard let found else { continue }
            switch (found.variable, found.content) {
            case (let variable?, .value(let value)):
                all.append(EnvironmentAssignment(line: line, variable: variable, value: value))
            case (let variable?, .skipped(.empty)):
                all.append(EnvironmentAssignment(line: line, variable: variable, value: nil))
            default: throw Problem(line: line, code: .unreadable)
            }
        }
        return all
    }
}
