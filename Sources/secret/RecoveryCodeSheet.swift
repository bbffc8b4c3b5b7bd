import Glibc
import Sealing
import Wire

/// Shows a recovery code once, and has it typed back where there is a person to do so.
struct RecoveryCodeSheet {
    let common: CommonOptions

    /// The vault gives the code only once, so it must arrive: where stdout fails, the terminal's stderr shows it.
    ///
    /// - Throws: exit code 74 when stdout cannot be written.
    func show(_ code: SecretBox, slot: String) throws(Fault) {
        Voice.note("write down this recovery code and keep it away from this machine; it is shown once:")
        let json = (before: #"{"recoveryCode":""#, after: #"","schema":1,"slot":"\#(slot)"}"# + "\n")
        let (before, after) = common.json ? json : ("", "\n")
        guard Voice.output(before, secret: code, after, to: STDOUT_FILENO) else {
            let reason = errno
            let shown = Voice.output("", secret: code, "\n", to: STDERR_FILENO)
            throw Fault(
                .inputOutput, "code_not_shown",
                "stdout cannot be written (errno \(reason)); it is done, and the recovery code "
                    + (shown ? "stands above on stderr" : "is lost"),
                hint: "secret slot add recovery")
        }
        try askBack()
    }

    /// Whoever typed it once has it in hand. Giving up leaves the code valid.
    private func askBack() throws(Fault) {
        guard !common.noInput, !common.yes, isatty(STDOUT_FILENO) == 1, let terminal = Terminal() else { return }
        for _ in 0..<5 {
            let typed = try terminal.readLine(prompt: "type the recovery code back: ")
            guard typed.bytes.count > 0 else { break }
            do throws(Fault) {
                _ = try Agent(common: common).ask(.unlock(.recovery, UnlockTerms()), secret: typed, opening: false)
                return Voice(common).say("the recovery code is right")
            } catch {
                guard error.code == .refused || error.code == .notPermitted else { throw error }
                Voice.note(error.message)
            }
        }
        Voice.note("the recovery code was not typed back; try it any time: secret unlock --recovery")
    }
}
