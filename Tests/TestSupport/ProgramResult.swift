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
    /// Runs a program to its end; what it writes must fit into the pipes (64 KiB each).
    ///
    /// - Parameters:
    ///   - input: what the program finds on its standard input, at most 64 KiB; nil for `/dev/null`.
    ///   - readerGone: nobody is at the other end of descriptor 3.
    ///   - watching: called with the process again and again while it runs.
    package static func of(
        _ program: String, _ arguments: [String], environment: [String: String], input: [UInt8]? = nil,
        readerGone: Bool = false, within time: Duration = .seconds(20), watching: ((Int32) -> Void)? = nil
    ) throws(TestFault) -> ProgramResult {
        var given = try PipeEnds()
        if let input { try given.write(input) }
        var output = try PipeEnds()
        var talk = try PipeEnds()
        var handedOver = try PipeEnds()
        if readerGone { handedOver.closeReading() }
        let start = ContinuousClock.now
        var descriptors: [Int32: Int32] = [
            1: output.writing, 2: talk.writing, 3: handedOver.writing,
        ]
        if input != nil { descriptors[0] = given.reading }
        let child = try SpawnedProgram(program, arguments, environment: environment, descriptors: descriptors)
        given.closeWriting()
        output.closeWriting()
        talk.closeWriting()
        handedOver.closeWriting()
        if let watching { while try !child.hasEnded() { watching(child.pid) } }
        let code = try child.exitCode(within: time)
        let duration = start.duration(to: .now)
        return ProgramResult(
            code: code, output: try output.read(within: time),
            talk: String(decoding: try talk.read(within: time), as: UTF8.self),
            handedOver: readerGone ? [] : try handedOver.read(within: time), duration: duration)
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
