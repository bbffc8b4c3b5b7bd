internal import CSecret

/// GLib's way to ask a running call to stop; may be used from any thread. It also carries what is known of prompts to the place
/// where libsecret opens one.
@safe
final class Cancellation: @unchecked Sendable {  // GCancellable locks for itself
    let pointer: UnsafeMutablePointer<GCancellable>?

    init() { unsafe pointer = g_cancellable_new() }
    deinit { unsafe g_object_unref(pointer) }

    func cancel() { unsafe g_cancellable_cancel(pointer) }

    /// From now on a prompt that the service wants is opened; without it the call ends there.
    func allowPrompts() { unsafe Prompts.mark(pointer, Prompts.allowed) }

    /// Whether the service wanted to ask the person.
    var sawPrompt: Bool { unsafe Prompts.isMarked(pointer, Prompts.seen) }
}

/// The one place where libsecret opens a prompt, `SecretServiceClass.prompt_async` (secret-service.h; the `_sync` calls go through it
/// too), taken over for the whole process.
enum Prompts {
    static let allowed = "tokenward-prompts-allowed"
    static let seen = "tokenward-prompt-seen"

    typealias Open =
        @convention(c) (
            UnsafeMutablePointer<SecretService>?, UnsafeMutablePointer<SecretPrompt>?, OpaquePointer?,
            UnsafeMutablePointer<GCancellable>?, GAsyncReadyCallback?, gpointer?
        ) -> Void

    /// Takes effect once, however often it is read; holds what libsecret itself does.
    static let original: Open? = {
        guard let type = unsafe g_type_class_ref(secret_service_get_type()) else { return nil }
        let methods = unsafe type.assumingMemoryBound(to: SecretServiceClass.self)
        let original = unsafe methods.pointee.prompt_async
        unsafe methods.pointee.prompt_async = { service, prompt, type, cancellable, done, data in
            unsafe Prompts.mark(cancellable, Prompts.seen)
            // A call that was cancelled before it begins asks nobody.
            if unsafe !Prompts.isMarked(cancellable, Prompts.allowed) { unsafe g_cancellable_cancel(cancellable) }
            unsafe Prompts.original?(service, prompt, type, cancellable, done, data)
        }
        return unsafe original
    }()

    /// Data of an object are guarded by GObject's own lock.
    static func mark(_ call: UnsafeMutablePointer<GCancellable>?, _ name: String) {
        guard let call = unsafe call else { return }
        unsafe g_object_set_data(
            UnsafeMutableRawPointer(call).assumingMemoryBound(to: GObject.self), name, UnsafeMutableRawPointer(call))
    }

    static func isMarked(_ call: UnsafeMutablePointer<GCancellable>?, _ name: String) -> Bool {
        guard let call = unsafe call else { return false }
        return unsafe g_object_get_data(UnsafeMutableRawPointer(call).assumingMemoryBound(to: GObject.self), name)
            != nil
    }
}
