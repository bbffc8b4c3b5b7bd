internal import CSecret
internal import Glibc
internal import Wire

/// The person's session bus, with a thread of its own for what comes from it.
@safe
final class SessionBus: Sendable {
    typealias Hearer = @Sendable (_ signal: String, _ number: UInt32, _ word: String) -> Void
    private nonisolated(unsafe) let connection: OpaquePointer
    /// How long the other end may take, in milliseconds.
    private static let patience: Int32 = 5000

    /// - Parameter hear: told of each signal `(u...)` or `(us)` of the interface.
    /// - Throws: that there is no bus.
    init(signalsOf interface: String, _ hear: @escaping Hearer) throws(ChannelFailure) {
        guard let address = unsafe g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SESSION, nil, nil) else {
            throw ChannelFailure(problem: "there is no session bus")
        }
        defer { unsafe g_free(address) }
        let flags = GDBusConnectionFlags(
            rawValue: G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT.rawValue
                | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION.rawValue)
        // What comes from the bus comes to the context of the thread that made the connection.
        let context = unsafe g_main_context_new()
        unsafe g_main_context_push_thread_default(context)
        defer { unsafe g_main_context_pop_thread_default(context) }
        let made = unsafe g_dbus_connection_new_for_address_sync(address, flags, nil, nil, nil)
        guard let connection = unsafe made else {
            unsafe g_main_context_unref(context)
            throw ChannelFailure(problem: "the session bus cannot be reached")
        }
        unsafe g_dbus_connection_set_exit_on_close(connection, 0)
        unsafe self.connection = connection
        unsafe Self.subscribe(connection, interface, hear)
        unsafe Self.follow(connection, context)
    }

    /// Whether calls still have a chance.
    var isOpen: Bool { unsafe g_dbus_connection_is_closed(connection) == 0 }

    deinit {
        _ = unsafe g_dbus_connection_close_sync(connection, nil, nil)
        unsafe g_object_unref(UnsafeMutableRawPointer(connection))
    }

    /// One method call.
    ///
    /// - Parameter arguments: a tuple; taken over.
    /// - Returns: the first number of the answer; nil when it has none.
    /// - Throws: what the bus says in one word.
    func call(
        _ method: String, of interface: String, at path: String, on name: String, _ arguments: OpaquePointer
    ) throws(ChannelFailure) -> UInt32? {
        var failure: UnsafeMutablePointer<GError>? = nil
        let answer = unsafe g_dbus_connection_call_sync(
            connection, name, path, interface, method, arguments, nil, G_DBUS_CALL_FLAGS_NONE, Self.patience, nil,
            &failure)
        if let failure = unsafe failure {
            let code = unsafe failure.pointee.code
            unsafe g_error_free(failure)
            throw ChannelFailure(problem: Self.problem(code, method))
        }
        guard let answer = unsafe answer else { return nil }
        defer { unsafe g_variant_unref(answer) }
        return unsafe Self.number(in: answer)
    }

    private static func problem(_ code: Int32, _ method: String) -> String {
        switch code {
        case Int32(G_DBUS_ERROR_SERVICE_UNKNOWN.rawValue), Int32(G_DBUS_ERROR_NAME_HAS_NO_OWNER.rawValue):
            "no notification service runs on the session bus"
        case Int32(G_DBUS_ERROR_NO_REPLY.rawValue), Int32(G_DBUS_ERROR_TIMEOUT.rawValue),
            Int32(G_IO_ERROR_TIMED_OUT.rawValue):
            "the notification service does not answer"
        default: "the session bus refused \(method) (\(code))"
        }
    }

    private static func number(in tuple: OpaquePointer) -> UInt32? {
        guard unsafe g_variant_n_children(tuple) > 0, let child = unsafe g_variant_get_child_value(tuple, 0) else {
            return nil
        }
        defer { unsafe g_variant_unref(child) }
        guard unsafe g_variant_classify(child) == G_VARIANT_CLASS_UINT32 else { return nil }
        return unsafe g_variant_get_uint32(child)
    }

    private static func word(in tuple: OpaquePointer) -> String {
        guard unsafe g_variant_n_children(tuple) > 1, let child = unsafe g_variant_get_child_value(tuple, 1) else {
            return ""
        }
        defer { unsafe g_variant_unref(child) }
        guard unsafe g_variant_classify(child) == G_VARIANT_CLASS_STRING else { return "" }
        return unsafe g_variant_get_string(child, nil).map { unsafe String(cString: $0) } ?? ""
    }

    private final class Ear {
        let hear: Hearer
        init(_ hear: @escaping Hearer) { self.hear = hear }
    }

    private static func subscribe(
        _ connection: OpaquePointer, _ interface: String, _ hear: @escaping Hearer
    ) {
        let ear = unsafe Unmanaged.passRetained(Ear(hear)).toOpaque()
        _ = unsafe g_dbus_connection_signal_subscribe(
            connection, nil, interface, nil, nil, nil, G_DBUS_SIGNAL_FLAGS_NONE,
            { _, _, _, _, signal, arguments, ear in
                guard let signal = unsafe signal, let arguments = unsafe arguments, let ear = unsafe ear,
                    let number = unsafe SessionBus.number(in: arguments)
                else { return }
                let word = unsafe SessionBus.word(in: arguments)
                unsafe Unmanaged<Ear>.fromOpaque(ear).takeUnretainedValue().hear(
                    String(cString: signal), number, word)
            }, ear, { ear in if let ear = unsafe ear { unsafe Unmanaged<Ear>.fromOpaque(ear).release() } })
    }

    /// Serves what comes, on a thread of its own, until the connection is closed by either end.
    private static func follow(_ connection: OpaquePointer, _ context: OpaquePointer?) {
        let loop = unsafe g_main_loop_new(context, 0)
        let quit: @convention(c) (gpointer?, gboolean, UnsafePointer<GError>?, gpointer?) -> Void = { _, _, _, loop in
            unsafe g_main_loop_quit(OpaquePointer(loop))
        }
        _ = unsafe g_signal_connect_data(
            UnsafeMutableRawPointer(connection), "closed", unsafeBitCast(quit, to: GCallback.self),
            UnsafeMutableRawPointer(loop), nil, GConnectFlags(rawValue: 0))
        nonisolated(unsafe) let (served, serving) = unsafe (context, loop)
        Task.detached {
            await blocking {
                unsafe g_main_context_push_thread_default(served)
                unsafe g_main_loop_run(serving)
                unsafe g_main_context_pop_thread_default(served)
                unsafe g_main_loop_unref(serving)
                unsafe g_main_context_unref(served)
            }
        }
    }
}
