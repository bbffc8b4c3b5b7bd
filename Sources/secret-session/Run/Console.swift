internal import CLinux
internal import Glibc

/// The person's terminal: hands every key on unchanged while the command has a terminal of its own.
final class Console {
    /// What is written to.
    let screen: Int32
    let keyboard: Int32
    private var before = termios()
    private var isRaw = false

    /// - Parameters:
    ///   - screen: a terminal.
    ///   - keyboard: another descriptor of it.
    init(screen: Int32, keyboard: Int32) {
        (self.screen, self.keyboard) = (screen, keyboard)
        // One that is in the background must neither be stopped by what it prints nor by what it puts back.
        for number in [SIGTTOU, SIGTTIN] { signal(number, SIG_IGN) }
    }

    /// Whether keys are for this process; a terminal that is not the controlling one knows no background.
    var isForeground: Bool {
        let group = tcgetpgrp(keyboard)
        return group < 0 || group == getpgrp()
    }

    /// Bytes as they come, from the keyboard and to the screen; nothing in the background.
    func enter() {
        guard !isRaw, isForeground, unsafe tcgetattr(keyboard, &before) == 0 else { return }
        var raw = before
        unsafe cfmakeraw(&raw)
        isRaw = unsafe tcsetattr(keyboard, TCSADRAIN, &raw) == 0
    }

    /// As it was; on every way out.
    func restore() {
        guard isRaw else { return }
        _ = unsafe tcsetattr(keyboard, TCSANOW, &before)
        isRaw = false
    }

    /// Gives the command's terminal the modes that this one had; in the background they are those of another program.
    func lendModes(to terminal: Int32) {
        var modes = termios()
        if isForeground, unsafe tcgetattr(keyboard, &modes) == 0 { _ = unsafe tcsetattr(terminal, TCSANOW, &modes) }
        _ = linux_copy_window(screen, terminal)
    }
}
