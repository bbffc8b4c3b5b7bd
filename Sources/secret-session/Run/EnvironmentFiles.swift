internal import Glibc
internal import Lifecycle
internal import Sealing
internal import Wire

/// Files of `VAR=value` lines, in which `secret://NAME` stands for a value.
struct EnvironmentFiles {
    private struct Variable {
        let name: String
        /// As it is without its spelling; may be a secret that somebody wrote there.
        let text: SecretBox
        let references: [SecretReference]
    }
    private var variables: [Variable] = []
    /// In bytes.
    private static let largest = 1 << 20

    /// - Throws: exit code 74 for a file that cannot be read, 78 with the line that is wrong.
    init(_ paths: [String]) throws(Fault) {
        for path in paths {
            let bytes = try Self.read(path)
            let assignments: [EnvironmentAssignment]
            do { assignments = try bytes.bytes.withBytes(EnvironmentAssignment.all) } catch {
                let what = error.code == .openQuote ? "opens a quote that is not closed" : "is no VAR=value"
                throw Self.wrong(path, "line \(error.line) \(what)")
            }
            for assignment in assignments {
                let text = try Self.value(assignment, in: bytes)
                do {
                    let references = try text.bytes.withBytes(SecretReference.all)
                    variables.append(Variable(name: assignment.variable, text: text, references: references))
                } catch {
                    throw Self.wrong(
                        path, "line \(assignment.line) has a reference without a good name: \(error.name.message)")
                }
            }
        }
    }

    var names: [CredentialName] { variables.flatMap { $0.references.map(\.name) } }

    func add(to block: inout EnvironmentBlock, _ shelf: ValueShelf) throws(Fault) {
        for variable in variables {
            var pieces: [EnvironmentBlock.Piece] = []
            var place = 0
            for reference in variable.references {
                pieces.append(.init(box: variable.text, range: place..<reference.range.lowerBound))
                pieces.append(try .init(whole: shelf[reference.name], named: reference.name))
                place = reference.range.upperBound
            }
            pieces.append(.init(box: variable.text, range: place..<variable.text.bytes.count))
            block.set(variable.name, to: pieces)
        }
    }

    private static func read(_ path: String) throws(Fault) -> SecretBox {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        do { return SecretBox(try SecretBytes.reading(descriptor, capacity: largest)) } catch {
            if case .inputFailed(let code) = error { throw unreadable(path, code) }
            if case .tooLarge = error { throw wrong(path, "it is larger than \(largest >> 20) MiB") }
            throw Fault.noLockedMemory
        }
    }

    private static func value(_ assignment: EnvironmentAssignment, in bytes: SecretBox) throws(Fault) -> SecretBox {
        do throws(SealingError) {
            let made = try bytes.bytes.withBytes { (bytes) throws(SealingError) in
                let bytes = copy bytes
                return try SecretBytes(capacity: assignment.value?.range.count ?? 0) { output in
                    assignment.value?.write(bytes, to: &output)
                }
            }
            return SecretBox(made)
        } catch { throw Fault.noLockedMemory }
    }

    private static func unreadable(_ path: String, _ code: Int32) -> Fault {
        Fault(
            .inputOutput, "env_file", "the file of variables cannot be read (errno \(code))",
            hint: "ls -l \(ShellWord(path))")
    }

    private static func wrong(_ path: String, _ what: String) -> Fault {
        Fault(.configuration, "env_file", "the file of variables is wrong: \(what)", hint: "ls -l \(ShellWord(path))")
    }
}

extension Fault {
    static let noLockedMemory = Fault(
        .fault, "locked_memory", "no locked memory is left for a secret", hint: "ulimit -l")
}
