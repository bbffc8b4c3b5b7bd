internal import CSecret
internal import Sealing

/// One session with the Secret Service: for one call, on one thread.
///
/// libsecret's convenience functions (`secret_password_*`, `secret_service_store`, `secret_service_lookup`)
/// unlock, and so prompt, by themselves. The calls below them, used here, prompt only when the service answers
/// with a prompt: after the check for locks that takes a lock in between, and the deadline ends it.
@safe
struct ServiceSession: ~Copyable, ItemShelf {
    private let service: UnsafeMutablePointer<SecretService>
    private let cancellation: Cancellation
    private let mayPrompt: Bool

    /// The values travel encrypted where the service knows `dh-ietf1024-sha256-aes128-cbc-pkcs7`.
    init(cancellation: Cancellation, mayPrompt: Bool) throws(KeyringError) {
        _ = unsafe Prompts.original
        if mayPrompt { cancellation.allowPrompts() }
        try Self.outliveBus(cancellation)
        let opened = unsafe try answered { failure in
            unsafe secret_service_open_sync(
                secret_service_get_type(), nil, SECRET_SERVICE_OPEN_SESSION, cancellation.pointer, &failure)
        }
        guard let service = unsafe opened else { throw .absent }
        unsafe self.service = service
        self.cancellation = cancellation
        self.mayPrompt = mayPrompt
    }

    deinit { unsafe g_object_unref(service) }

    /// GDBus ends a process by SIGTERM when its bus goes away; here that is an answer like any other.
    private static func outliveBus(_ cancellation: Cancellation) throws(KeyringError) {
        let bus = unsafe try answered { failure in
            unsafe g_bus_get_sync(G_BUS_TYPE_SESSION, cancellation.pointer, &failure)
        }
        guard let bus = unsafe bus else { throw .absent }
        unsafe g_dbus_connection_set_exit_on_close(bus, 0)
        unsafe g_object_unref(UnsafeMutableRawPointer(bus))
    }

    borrowing func put(_ secret: borrowing SecretBytes, as id: KeyringItemID) throws(KeyringError) {
        let collection = try openDefaultCollection()
        try requireLasting(collection)
        let attributes = unsafe Self.attributes(of: id)
        defer { unsafe g_hash_table_unref(attributes) }
        // libsecret copies into its own locked memory and wipes that with the last reference.
        let value = unsafe secret.withPointer { bytes in
            unsafe bytes.withMemoryRebound(to: gchar.self, capacity: secret.count) { text in
                unsafe secret_value_new(text, secret.count, "application/octet-stream")
            }
        }
        defer { unsafe secret_value_unref(UnsafeMutableRawPointer(value)) }
        let item = unsafe try answered { failure in
            unsafe secret_item_create_sync(
                collection.pointer, nil, attributes, "Tokenward key", value, SECRET_ITEM_CREATE_REPLACE,
                cancellation.pointer, &failure)
        }
        unsafe g_object_unref(item)
    }

    borrowing func get(_ id: KeyringItemID) throws(KeyringError) -> SecretBytes {
        let item = try find(id)
        unsafe try answered { failure in
            unsafe secret_item_load_secret_sync(item.pointer, cancellation.pointer, &failure)
        }
        guard let value = unsafe secret_item_get_secret(item.pointer) else { throw .locked }
        defer { unsafe secret_value_unref(UnsafeMutableRawPointer(value)) }
        var count: gsize = 0
        guard let text = unsafe secret_value_get(value, &count), KeyringValue.sizes.contains(Int(count))
        else {
            throw .unfitSize(bytes: Int(count))
        }
        return try unsafe text.withMemoryRebound(to: UInt8.self, capacity: Int(count)) {
            bytes throws(KeyringError) in
            try unsafe Span(_unsafeStart: bytes, count: Int(count)).inLockedMemory()
        }
    }

    borrowing func remove(_ id: KeyringItemID) throws(KeyringError) {
        do throws(KeyringError) {
            let item = try find(id)
            unsafe try answered { failure in
                unsafe secret_item_delete_sync(item.pointer, cancellation.pointer, &failure)
            }
        } catch {
            // Somebody else was faster: the service then knows the object no more, and says so in its own way.
            guard case .refused = error, try search(id) == nil else { throw error }
            throw .missing(id)
        }
    }

    /// - Throws: `.locked` or `.dismissed` when there is no default collection or it stays locked.
    @discardableResult
    borrowing func openDefaultCollection() throws(KeyringError) -> CollectionReference {
        let found = unsafe try answered { failure in
            unsafe secret_collection_for_alias_sync(
                service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, cancellation.pointer, &failure)
        }
        guard let collection = unsafe found.map({ unsafe CollectionReference($0) }) else {
            return try createDefaultCollection()
        }
        if unsafe secret_collection_get_locked(collection.pointer) != 0 {
            unsafe try unlock(collection.pointer)
        }
        return collection
    }

    /// The specification's alias `session` names a collection in memory (Secret Service API, "Collections").
    private borrowing func requireLasting(_ collection: borrowing CollectionReference) throws(KeyringError) {
        let found = unsafe try answered { failure in
            unsafe secret_collection_for_alias_sync(
                service, SECRET_COLLECTION_SESSION, SECRET_COLLECTION_NONE, cancellation.pointer, &failure)
        }
        guard let session = unsafe found.map({ unsafe CollectionReference($0) }) else { return }
        guard unsafe Self.path(collection.pointer) != Self.path(session.pointer) else { throw .transient }
    }

    private static func path(_ collection: UnsafeMutablePointer<SecretCollection>) -> String {
        let proxy = unsafe UnsafeMutableRawPointer(collection).assumingMemoryBound(to: GDBusProxy.self)
        return unsafe String(cString: g_dbus_proxy_get_object_path(proxy))
    }

    /// As on a machine where nobody has logged in yet; the service asks for the new collection's password.
    private borrowing func createDefaultCollection() throws(KeyringError) -> CollectionReference {
        guard mayPrompt else { throw .locked }
        do throws(KeyringError) {
            let made = unsafe try answered { failure in
                unsafe secret_collection_create_sync(
                    service, "Default keyring", SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_CREATE_NONE,
                    cancellation.pointer, &failure)
            }
            guard let made = unsafe made else { throw .dismissed }
            return unsafe CollectionReference(made)
        } catch {
            // A dismissed prompt names the object "/", and libsecret 0.20.5 asks that for its properties.
            throw error == .unknownMethod ? .dismissed : error
        }
    }

    /// The unlocked item under `id`.
    ///
    /// A locked keyring may hide its items (KeePassXC does), so not finding one there is `.locked`, not
    /// `.missing`.
    private borrowing func find(_ id: KeyringItemID) throws(KeyringError) -> ItemReference {
        if let item = try search(id) { return item }
        try openDefaultCollection()
        guard let item = try search(id) else { throw .missing(id) }
        return item
    }

    private borrowing func search(_ id: KeyringItemID) throws(KeyringError) -> ItemReference? {
        let attributes = unsafe Self.attributes(of: id)
        defer { unsafe g_hash_table_unref(attributes) }
        let list = unsafe try answered { failure in
            unsafe secret_service_search_sync(
                service, nil, attributes, SECRET_SEARCH_NONE, cancellation.pointer, &failure)
        }
        // Without SECRET_SEARCH_ALL there is at most one, an unlocked one before a locked one.
        defer { unsafe g_list_free(list) }
        guard let first = unsafe list?.pointee.data else { return nil }
        let item = unsafe ItemReference(first.assumingMemoryBound(to: SecretItem.self))
        if unsafe secret_item_get_locked(item.pointer) != 0 { unsafe try unlock(item.pointer) }
        return item
    }

    private borrowing func unlock(_ object: UnsafeMutableRawPointer) throws(KeyringError) {
        guard mayPrompt else { throw .locked }
        let list = unsafe g_list_append(nil, object)
        defer { unsafe g_list_free(list) }
        let unlocked = unsafe try answered { failure in
            unsafe secret_service_unlock_sync(service, list, cancellation.pointer, nil, &failure)
        }
        guard unlocked > 0 else { throw .dismissed }
    }

    /// The marker that makes an item ours, and its id: nothing else is ever written in clear.
    private static func attributes(of id: KeyringItemID) -> OpaquePointer? {
        let table = unsafe g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)
        for (name, value) in [("xdg:schema", "tokenward.Key"), ("id", id.description)] {
            unsafe g_hash_table_insert(table, g_strdup(name), g_strdup(value))
        }
        return unsafe table
    }
}
