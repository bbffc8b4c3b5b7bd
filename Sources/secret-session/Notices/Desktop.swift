internal import CSecret
internal import Lifecycle
internal import Synchronization
internal import Wire

/// The desktop's notifications (Desktop Notifications Specification 1.2), with a button that asks for a new token.
final class Desktop: NoticeChannel {
    let name = "desktop"
    private let invited: @Sendable (CredentialName) -> Void
    private struct Shown {
        var bus: SessionBus?
        /// By the number that the service gave.
        var numbers: [UInt32: CredentialName] = [:]
    }
    private let shown = Mutex(Shown())
    private static let interface = "org.freedesktop.Notifications"
    private static let button = "paste"

    init(invited: @escaping @Sendable (CredentialName) -> Void) { self.invited = invited }

    func deliver(_ notice: Notice) throws(ChannelFailure) {
        let bus = try bus()
        let earlier = shown.withLock { shown in shown.numbers.first { $0.value == notice.name }?.key }
        let number = try unsafe bus.call(
            "Notify", of: Self.interface, at: "/org/freedesktop/Notifications", on: Self.interface,
            Self.arguments(notice, replacing: earlier ?? 0))
        guard let number else { throw ChannelFailure(problem: "the notification service gave no number") }
        shown.withLock { shown in
            if let earlier { shown.numbers[earlier] = nil }
            shown.numbers[number] = notice.name
        }
    }

    private func bus() throws(ChannelFailure) -> SessionBus {
        if let bus = shown.withLock(\.bus), bus.isOpen { return bus }
        let bus = try SessionBus(signalsOf: Self.interface) { [weak self] signal, number, word in
            self?.hear(signal, number, word)
        }
        shown.withLock { $0 = Shown(bus: bus) }
        return bus
    }

    /// Only numbers that this service gave us count: every program on the bus hears and sends these signals.
    private func hear(_ signal: String, _ number: UInt32, _ word: String) {
        let name = shown.withLock { shown in
            signal == "NotificationClosed" ? shown.numbers.removeValue(forKey: number) : shown.numbers[number]
        }
        if let name, signal == "ActionInvoked", word == Self.button || word == "default" { invited(name) }
    }

    /// `(susssasa{sv}i)`: application, replaced number, icon, summary, body, actions, hints, time on screen.
    private static func arguments(_ notice: Notice, replacing number: UInt32) -> OpaquePointer {
        let asks = notice.action?.hasPrefix("secret rotate ") ?? false
        let actions = asks ? [button, "Paste a new token", "default", "Paste a new token"] : []
        let isUrgent = notice.kind == .needsPerson || notice.kind == .refused
        let hints: [(String, OpaquePointer)] = unsafe [
            ("urgency", g_variant_new_byte(isUrgent ? 2 : 1)), ("category", g_variant_new_string("device.error")),
        ]
        var members: [OpaquePointer?] = unsafe [
            g_variant_new_string("Tokenward"), g_variant_new_uint32(number), g_variant_new_string("dialog-password"),
            g_variant_new_string(notice.headline), g_variant_new_string(markup(notice.advice)), array(actions),
            dictionary(hints), g_variant_new_int32(isUrgent ? 0 : -1),
        ]
        return unsafe g_variant_new_tuple(&members, gsize(members.count))
    }

    private static func array(_ words: [String]) -> OpaquePointer {
        var members: [OpaquePointer?] = unsafe words.map { unsafe g_variant_new_string($0) }
        let type = unsafe g_variant_type_new("s")
        defer { unsafe g_variant_type_free(type) }
        return unsafe g_variant_new_array(type, &members, gsize(members.count))
    }

    private static func dictionary(_ entries: [(String, OpaquePointer)]) -> OpaquePointer {
        var members: [OpaquePointer?] = unsafe entries.map { key, value in
            unsafe g_variant_new_dict_entry(g_variant_new_string(key), g_variant_new_variant(value))
        }
        return unsafe g_variant_new_array(nil, &members, gsize(members.count))
    }

    /// A body is read as markup.
    private static func markup(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
