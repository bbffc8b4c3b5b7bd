internal import ArgumentParser
internal import Glibc
internal import Wire

/// A verb that shows something, or fails as `secret` does.
protocol SessionVerb: ParsableCommand {
    var json: Bool { get }
    func perform() throws(Fault) -> ExitCode
}

private struct FailureReport: Encodable { let error: Fault }

typealias ExitCode = Wire.ExitCode

extension SessionVerb {
    func run() throws {
        do throws(Fault) { Glibc.exit(try perform().rawValue) } catch {
            if json, let text = try? Sheet.text(FailureReport(error: error)) { print(text) }
            throw Complaint(error)
        }
    }

    func show(_ value: some Encodable, _ text: String) throws(Fault) {
        print(json ? try Sheet.text(value) : text)
    }
}
