internal import Glibc
internal import Lifecycle
internal import Wire

/// A program of the person's own, which reads each notice as JSON and ends with 0 when it is told.
struct CommandHook: NoticeChannel {
    let name = "command"
    let words: [String]
    private static let patience: Int32 = 30_000

    func deliver(_ notice: Notice) throws(ChannelFailure) {
        guard let text = try? Sheet.text(notice) else { throw ChannelFailure(problem: "the notice cannot be written") }
        var input = try ChildPipe()
        let child = try ChildProgram(words, standard: [input.reading, nil, nil])
        input.closeReading()
        // One that reads nothing may end well all the same.
        _ = input.write(text + "\n")
        input.closeWriting()
        guard let code = child.end(within: Self.patience) else {
            throw ChannelFailure(problem: "the program took more than \(Self.patience / 1000) s and was ended")
        }
        guard code == 0 else { throw ChannelFailure(problem: "the program ended with \(code)") }
    }
}
