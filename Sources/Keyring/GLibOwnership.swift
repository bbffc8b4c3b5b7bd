internal import CSecret
internal import Sealing

/// One reference to an item; given back when the value dies, and its value wiped with the last one.
@safe
struct ItemReference: ~Copyable {
    let pointer: UnsafeMutablePointer<SecretItem>

    /// Takes over the caller's reference.
    init(_ pointer: UnsafeMutablePointer<SecretItem>) { unsafe self.pointer = pointer }
    deinit { unsafe g_object_unref(pointer) }
}

/// One reference to a collection, given back when the value dies.
@safe
struct CollectionReference: ~Copyable {
    let pointer: UnsafeMutablePointer<SecretCollection>

    /// Takes over the caller's reference.
    init(_ pointer: UnsafeMutablePointer<SecretCollection>) { unsafe self.pointer = pointer }
    deinit { unsafe g_object_unref(pointer) }
}

/// Makes one call of GLib and throws what it reports.
@discardableResult
func answered<Value>(
    _ call: (inout UnsafeMutablePointer<GError>?) -> Value
) throws(KeyringError) -> Value {
    var failure: UnsafeMutablePointer<GError>?
    let value = unsafe call(&failure)
    guard let failure = unsafe failure else { return value }
    defer { unsafe g_error_free(failure) }
    throw unsafe KeyringError(failure.pointee)
}

extension KeyringError {
    /// The object that was called does not exist, or cannot do that.
    static let unknownMethod = refused(
        domain: "g-dbus-error-quark", code: gint(bitPattern: G_DBUS_ERROR_UNKNOWN_METHOD.rawValue))

    /// Keeps the code and drops GLib's text, which repeats what the service said.
    init(_ failure: GError) {
        let domain = unsafe failure.domain
        let code = unsafe failure.code
        switch domain {
        case g_io_error_quark(): self = Self.ofTransport(code)
        case g_dbus_error_quark(): self = Self.ofBus(code)
        case secret_error_get_quark() where code == gint(SECRET_ERROR_IS_LOCKED.rawValue): self = .locked
        default: self = .refused(domain: unsafe String(cString: g_quark_to_string(domain)), code: code)
        }
    }

    private static func ofTransport(_ code: gint) -> KeyringError {
        switch UInt32(bitPattern: code) {
        case G_IO_ERROR_CANCELLED.rawValue, G_IO_ERROR_TIMED_OUT.rawValue: .hung
        case G_IO_ERROR_DBUS_ERROR.rawValue: .refused(domain: "g-io-error-quark", code: code)
        default: .absent  // the bus's socket: not there, refused, closed
        }
    }

    private static func ofBus(_ code: gint) -> KeyringError {
        switch UInt32(bitPattern: code) {
        case G_DBUS_ERROR_TIMEOUT.rawValue, G_DBUS_ERROR_TIMED_OUT.rawValue: .hung
        case G_DBUS_ERROR_SERVICE_UNKNOWN.rawValue, G_DBUS_ERROR_NAME_HAS_NO_OWNER.rawValue,
            G_DBUS_ERROR_NO_SERVER.rawValue, G_DBUS_ERROR_NO_REPLY.rawValue,
            G_DBUS_ERROR_DISCONNECTED.rawValue,
            G_DBUS_ERROR_SPAWN_EXEC_FAILED.rawValue...G_DBUS_ERROR_SPAWN_NO_MEMORY.rawValue:
            .absent
        default: .refused(domain: "g-dbus-error-quark", code: code)
        }
    }
}

extension SecretBytes {
    /// A second home for the same bytes.
    borrowing func copy() throws(KeyringError) -> SecretBytes {
        try withBytes { bytes throws(KeyringError) in try bytes.inLockedMemory() }
    }
}

extension Span<UInt8> {
    func inLockedMemory() throws(KeyringError) -> SecretBytes {
        do throws(SealingError) { return try SecretBytes(copying: self) } catch {
            throw .lockedMemoryExhausted(bytes: count)
        }
    }
}
