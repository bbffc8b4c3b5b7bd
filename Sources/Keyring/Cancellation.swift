internal import CSecret

/// GLib's way to ask a running call to stop; may be used from any thread. It also carries what is known of prompts to the place
/// where libsecret opens one.
@safe
final class Cancellation: @unchecked Sendable {  // GCancellable locks for itself
    let pointer: UnsafeMutablePointer<GCancellable>?

    init() { unsafe pointer = g_cancellable_new() }
    deinit { unsafe g_object_unref(pointer) }

    func cancel() { unsafe g_cancellable_cancel(pointer) }

    /// Whether a prompt is open for this call. It must not be cancelled then: libsecret would dismiss the prompt, and gnome-keyring
    /// 42.1 aborts over a prompt that is dismissed while it waits (gkd-secret-unlock.c, `perform_next_unlock`).
    var holdsPrompt: Bool { unsafe sawPrompt && Prompts.isMarked(pointer, Prompts.allowed) }

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
            guard unsafe Prompts.isMarked(cancellable, Prompts.allowed) else {
                return unsafe Prompts.refuse(service, cancellable, done, data)
            }
            unsafe Prompts.original?(service, prompt, type, cancellable, done, data)
        }
        return unsafe original
    }()

    /// Ends the call without a word to the service, as `prompt_finish` expects it: a task with an error.
    private static func refuse(
        _ service: UnsafeMutablePointer<SecretService>?, _ cancellable: UnsafeMutablePointer<GCancellable>?,
        _ done: GAsyncReadyCallback?, _ data: gpointer?
    ) {
        let task = unsafe g_task_new(service, cancellable, done, data)
        unsafe g_task_return_error(
            task, g_error_new_literal(g_io_error_quark(), gint(G_IO_ERROR_CANCELLED.rawValue), "no prompt is allowed"))
        unsafe g_object_unref(UnsafeMutableRawPointer(task))
    }

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
