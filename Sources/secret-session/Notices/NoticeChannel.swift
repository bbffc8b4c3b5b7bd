internal import Glibc
internal import Lifecycle
internal import Wire

/// A way to tell people something.
protocol NoticeChannel: Sendable {
    /// As in `secret notify test desktop`.
    var name: String { get }
    /// On return the other end has it.
    func deliver(_ notice: Notice) throws(ChannelFailure)
}

/// Why a channel did not take a notice; holds nothing of an address.
struct ChannelFailure: Error, Equatable {
    let problem: String
}

/// The channels that a configuration names.
struct NoticeChannels: Sendable {
    let all: [any NoticeChannel]

    /// - Parameter invited: run when a person asks the desktop to paste.
    init(_ settings: Settings.Notices, hasBus: Bool, invited: @escaping @Sendable (CredentialName) -> Void) {
        var all: [any NoticeChannel] = []
        if settings.desktop, hasBus { all.append(Desktop(invited: invited)) }
        if !settings.command.isEmpty { all.append(CommandHook(words: settings.command)) }
        if let webhook = settings.webhook { all.append(WebhookChannel(webhook: webhook)) }
        self.all = all
    }

    /// Whether a session bus is to be expected: D-Bus specification, "Well-known message bus instances", and systemd's user bus.
    static var hasBus: Bool {
        if let address = unsafe getenv("DBUS_SESSION_BUS_ADDRESS") { return unsafe address.pointee != 0 }
        guard let folder = unsafe getenv("XDG_RUNTIME_DIR") else { return false }
        return unsafe access(String(cString: folder) + "/bus", F_OK) == 0
    }
}
