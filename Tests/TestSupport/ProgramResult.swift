internal import Glibc

/// What a program left behind after it ended.
package struct ProgramResult: Sendable {
    package let code: Int32
    package let output: [UInt8]
    package let talk: String
    /// What came through the pipe that it was given as descriptor 3.
    package let handedOver: [UInt8]
    package let duration: Duration

    package var text: String { String(decoding: output, as: UTF8.self) }
}

extension ProgramResult {
    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - input: what the program finds on its standard input; nil for `/dev/null`.
    ///   - readerGone: nobody is at the other end of descriptor 3.
    ///   - watching: called with the process again and again while it runs.
    package static func of(
        _ program: String, _ arguments: [String], environment: [String: String], input: [UInt8]? = nil,
        readerGone: Bool = false, within time: Duration = .seconds(20), watching: ((Int32) -> Void)? = nil
    ) throws(TestFault) -> ProgramResult {
        var given = try PipeEnds()
        var output = try PipeEnds()
        var talk = try PipeEnds()
        var handedOver = try PipeEnds()
        if readerGone { handedOver.closeReading() }
        let start = ContinuousClock.now
        var descriptors: [Int32: Int32] = [1: output.writing, 2: talk.writing, 3: handedOver.writing]
        if input != nil { descriptors[0] = given.reading }
        let child = try SpawnedProgram(program, arguments, environment: environment, descriptors: descriptors)
        output.closeWriting()
        talk.closeWriting()
        handedOver.closeWriting()
        let sources = [output.reading, talk.reading] + (readerGone ? [] : [handedOver.reading])
        var traffic = PipeTraffic(from: sources, feeding: given.writing, input ?? [])
        var end: ContinuousClock.Instant?
        // What inherited the pipes has as long again to close them.
        while try !child.hasEnded() || !traffic.hasEnded {
            if traffic.isFed, given.writing >= 0 { given.closeWriting() }
            watching?(child.pid)
            if end == nil, try child.hasEnded() { end = .now }
            guard (end ?? start).duration(to: .now) < time else { throw .late(program) }
            try traffic.move(beside: child.ending, within: watching == nil ? 50 : 0)
        }
        let code = try child.exitCode(within: .zero)
        return ProgramResult(
            code: code, output: traffic.received[output.reading] ?? [],
            talk: String(decoding: traffic.received[talk.reading] ?? [], as: UTF8.self),
            handedOver: traffic.received[handedOver.reading] ?? [], duration: start.duration(to: end ?? .now))
    }
}

/// Where this package's programs lie: beside the running test bundle.
package enum BuiltProgram {
    package static func path(_ name: String) throws(TestFault) -> String {
        for argument in CommandLine.arguments {
            guard argument.hasSuffix(".xctest"), let slash = argument.lastIndex(of: "/") else { continue }
            let path = argument[..<slash] + "/" + name
            if unsafe access(String(path), X_OK) == 0 { return String(path) }
        }
        throw .unexpected("\(name) is not built beside the tests")
    }
}
