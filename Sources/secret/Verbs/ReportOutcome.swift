import ArgumentParser
import Glibc
import Lifecycle
import Sealing
import Wire

struct ReportOutcome: Verb {
    static let configuration = CommandConfiguration(
        commandName: "report-outcome",
        abstract: "Tell what a provider answered to a program of yours; it weighs like one probe and costs none.",
        discussion: """
            A gateway, or who reads its log, passes on the status, the body and the headers that it saw. They are judged by the rules of the \
            credential's kind; what does not look like the provider's own answer changes nothing. The body is not kept.
            """)
    @OptionGroup var common: CommonOptions
    @OptionGroup var target: NameArgument
    @Option(help: ArgumentHelp("The status of the answer, such as 401.", valueName: "code")) var status: Int
    @Option(help: ArgumentHelp("The body of the answer; - for stdin.", valueName: "file")) var bodyFile: String?
    @Option(
        help: ArgumentHelp("A header of the answer, such as 'request-id: req_011'.", valueName: "name: value"))
    var header: [String] = []
    @Option(
        help: ArgumentHelp(
            "Of the value that was used; another than the live one's changes nothing.", valueName: "text"))
    var fingerprint: String?

    /// What a provider's answer may have (`Judgement.largestBody`); more is no answer that is judged.
    private static let largestBody = 65_536

    func perform() throws(Fault) -> ExitCode {
        let name = try target.name()
        guard (100...599).contains(status) else {
            throw Fault(
                .usage, "status", "--status takes a number from 100 to 599",
                hint: "secret report-outcome \(name) --status 401 --body-file body.json")
        }
        var reply = ReportedReply(status: status)
        for text in header {
            guard let (key, value) = Self.header(text) else {
                throw Fault(
                    .usage, "header", "--header takes a name, a colon and a value",
                    hint: "secret report-outcome \(name) --status 401 --header 'request-id: req_011'")
            }
            reply.headers[key] = value
        }
        let order = ReportOrder(name: name, reply: reply, fingerprint: fingerprint)
        guard case .probed(let result) = try Agent(common: common).ask(.report(order), secret: try body()).0 else {
            throw Fault.unexpectedAnswer
        }
        try voice.show(result, result.line(unasked: "changed nothing"))
        return .done
    }

    private static func header(_ text: String) -> (String, String)? {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex, text.utf8.count <= 4096 else {
            return nil
        }
        let value = text[text.index(after: colon)...].drop { $0 == " " }
        return (text[..<colon].lowercased(), String(value))
    }

    private func body() throws(Fault) -> SecretBox? {
        guard let bodyFile else { return nil }
        let file = unsafe bodyFile == "-" ? dup(STDIN_FILENO) : open(bodyFile, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw Fault(
                .inputOutput, "body_file", "\(bodyFile) cannot be read (errno \(errno))",
                hint: "ls -l \(ShellWord(bodyFile))")
        }
        defer { close(file) }
        do {
            return SecretBox(try SecretBytes.reading(file, capacity: Self.largestBody))
        } catch {
            guard case .tooLarge = error else {
                throw Fault(.inputOutput, "body_file", "the body cannot be read", hint: "secret report-outcome --help")
            }
            throw Fault(
                .refused, "body_too_large", "the body has more than 64 KiB; no answer to a probe has",
                hint: "secret report-outcome --help")
        }
    }
}
