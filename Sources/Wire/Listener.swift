internal import CLinux
internal import Glibc
internal import Synchronization

/// Accepts connections of the same user on a Unix socket, a thread for each, until it is stopped.
package final class Listener: Sendable {
    /// More connections than this wait in the kernel's queue.
    private static let mostConnections = 64
    private static let idleSeconds = 60
    private let descriptor: Int32
    private let path: String
    private let open = Mutex<Set<Int32>>([])
    private let stopped = Atomic(false)

    /// Takes the path: its folder is private to this user, a socket left by a dead daemon is replaced. The caller holds the vault's
    /// lock, so that no living daemon is displaced. The socket gets mode 0600.
    ///
    /// - Throws: `.untrustedSocket`, `.failed`.
    package init(path: String) throws(WireError) {
        try UnixSocket.requirePrivateFolder(of: path)
        let descriptor = try UnixSocket.make()
        _ = unsafe unlink(path)
        let mask = umask(0o177)
        defer { umask(mask) }
        do throws(WireError) {
            try unsafe UnixSocket.withAddress(of: path) { address, size throws(WireError) in
                guard unsafe bind(descriptor, address, size) == 0, listen(descriptor, 64) == 0 else {
                    throw .failed(errno: errno)
                }
            }
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.path = path
    }

    /// Serves until `stop`; `serve` gets each connection on a thread of its own and may block.
    package func run(serve: @escaping @Sendable (borrowing Connection) -> Void) {
        while !stopped.load(ordering: .acquiring) {
            let client = linux_accept(descriptor)
            if client < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                if errno == EMFILE || errno == ENFILE { waitForRoom() ; continue }
                return
            }
            guard admit(client) else {
                close(client)
                continue
            }
            Thread.start { [self] in
                let connection = Connection(descriptor: client)
                connection.setTimeout(seconds: Self.idleSeconds)
                if (try? connection.requireSameUser()) != nil { serve(connection) }
                _ = open.withLock { $0.remove(client) }
            }
        }
    }

    /// Ends `run`, wakes every connection that waits, and removes the socket.
    package func stop() {
        guard !stopped.exchange(true, ordering: .acquiringAndReleasing) else { return }
        _ = unsafe unlink(path)
        shutdown(descriptor, Int32(SHUT_RDWR))
        open.withLock { for client in $0 { shutdown(client, Int32(SHUT_RD)) } }
    }

    private func admit(_ client: Int32) -> Bool {
        open.withLock { clients in
            guard clients.count < Self.mostConnections else { return false }
            clients.insert(client)
            return true
        }
    }

    /// Without descriptors accept(2) fails at once; a short wait keeps that from turning.
    private func waitForRoom() { _ = poll(nil, 0, 100) }

    deinit { close(descriptor) }
}

/// A detached thread of its own; blocking there holds up no one else.
enum Thread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func start(_ body: @escaping @Sendable () -> Void) {
        let work = unsafe Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let failed = unsafe pthread_create(
            &thread, nil,
            { argument in
                if let argument = unsafe argument { unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        if failed != 0 { unsafe work.takeRetainedValue().body() } else { pthread_detach(thread) }
    }
}
