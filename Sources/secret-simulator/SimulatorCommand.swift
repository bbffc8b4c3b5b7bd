internal import ArgumentParser
internal import Foundation
internal import Policies

/// The program: starts the server, prints one `ready` line, then obeys its parent until standard input ends.
@main
struct SimulatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret-simulator",
        abstract: "Answers probes on loopback as the providers do, for drills and tests.",
        discussion: """
            It makes up its own tokens and never reads a real one: no vault, no environment, no file of yours.
            On start it prints one line, such as 'ready port=45123 ca=/tmp/drill/ca.pem'. Then each line on
            standard input gets one line on standard output:
              mint KIND        a new made-up token: 'token 1 ...'
              set N FIXTURE    how token N is answered from now on, such as 'set 1 revoked'
              fault FAULT      \(Fault.allCases.map(\.rawValue).joined(separator: ", "))
              count            requests so far; 'strays' counts those that followed a redirect
              quit             ends it; so does the end of standard input
            """)

    @Flag(help: "Speak TLS with a certificate made for this run; needs --folder.") var tls = false
    @Flag(help: "With --tls, a certificate for another host.") var wrongName = false
    @Option(help: "Where certificates and keys are written; an existing folder.") var folder: String?
    @Option(help: "The port on 127.0.0.1; 0 takes a free one.") var port = 0

    func validate() throws {
        if tls != (folder != nil) { throw ValidationError("--tls and --folder go together") }
        if wrongName, !tls { throw ValidationError("--wrong-name needs --tls") }
        guard (0...65_535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535") }
    }

    func run() throws {
        umask(0o077)
        acceptSignals()
        let certificates = try folder.map { try DrillCertificates(in: $0, flaw: wrongName ? .wrongName : .none) }
        let provider = SimulatedProvider(policies: try BuiltInPolicies.load())
        let server = try SimulatorServer(provider: provider, certificates: certificates, port: port)
        say("ready port=\(server.port)" + (certificates.map { " ca=\($0.authorityPath)" } ?? ""))
        while let line = readLine() {
            guard let answer = provider.answer(to: line) else { break }
            say(answer)
        }
        try server.stop()
    }

    /// A child of a Swift program inherits the mask of a worker thread, which blocks SIGTERM among others.
    private func acceptSignals() {
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigprocmask(SIG_SETMASK, &none, nil)
    }

    private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
