internal import CLinux
internal import Dispatch
internal import Glibc
internal import Sealing
internal import Synchronization

/// Accepts connections of the same user on a Unix socket, a thread for each, until it is stopped.
package final class Listener: Sendable {
    /// More connections than this wait in the kernel's queue.
    private static let mostConnections = 64
    private static let idleSeconds = 60
    private let descriptor: Int32
    private let path: String
    private let inode: ino_t
    private let open = Mutex<Set<Int32>>([])
    /// By the connection that waits for it.
    private let underWay = Mutex<[Int32: Task<Void, Never>]>([:])
    private let stopped = Atomic(false)
    private let served = Atomic<UInt64>(0)
    /// A unit for every connection that may be served besides those that are; made empty, because libdispatch refuses to free a
    /// semaphore that holds less than at its making.
    private let room = DispatchSemaphore(value: 0)

    /// Takes the path: its folder is private to this user, a socket left by a dead daemon is replaced. The caller holds the vault's
    /// lock, so that no living daemon is displaced. The socket gets mode 0600.
    ///
    /// - Throws: `.untrustedSocket`, `.failed`.
    package init(path: String) throws(WireError) {
        try UnixSocket.requirePrivateFolder(of: path)
        let descriptor = try UnixSocket.make()
        _ = unsafe unlink(path)
        do throws(WireError) {
            // Linux takes the mode of a socket's file from its descriptor, less the umask: unix_bind in net/unix/af_unix.c.
            guard fchmod(descriptor, 0o600) == 0 else { throw .failed(errno: errno) }
            try unsafe UnixSocket.withAddress(of: path) { address, size throws(WireError) in
                guard unsafe bind(descriptor, address, size) == 0, listen(descriptor, 64) == 0 else {
                    throw .failed(errno: errno)
                }
            }
        } catch {
            close(descriptor)
            throw error
        }
        var bound = stat()
        _ = unsafe lstat(path, &bound)
        inode = bound.st_ino
        self.descriptor = descriptor
        self.path = path
        for _ in 0..<Self.mostConnections { room.signal() }
    }

    /// Serves until `stop`, then for up to 10 s until the answers under way are sent.
    package func run(_ responder: some Responder) async {
        await blocking { self.accept(responder) }
    }

    private func accept(_ responder: some Responder) {
        while true {
            room.wait()
            guard !stopped.load(ordering: .acquiring), let client = next() else { break }
            Thread.start { [self] in
                let connection = Connection(descriptor: client)
                serve(connection, responder)
                // Forgotten before it is closed: the next connection may get the same number.
                _ = open.withLock { $0.remove(client) }
                _ = consume connection
                room.signal()
            }
        }
        for _ in 0..<100 where open.withLock({ !$0.isEmpty }) { breathe() }
    }

    /// The next connection; nil when the listener was stopped.
    private func next() -> Int32? {
        while !stopped.load(ordering: .acquiring) {
            let client = linux_accept(descriptor)
            if client >= 0 {
                _ = open.withLock { $0.insert(client) }
                // `stop` may have looked before it was in the set.
                if stopped.load(ordering: .acquiring) { shutdown(client, Int32(SHUT_RD)) }
                return client
            }
            if errno == EINTR || errno == ECONNABORTED { continue }
            // Without descriptors or memory accept(2) fails at once.
            if !stopped.load(ordering: .acquiring) { breathe() }
        }
        return nil
    }

    /// One conversation; it ends at the first thing that is wrong with it.
    private func serve<Door: Responder>(_ connection: borrowing Connection, _ responder: Door) {
        connection.setTimeout(seconds: Self.idleSeconds)
        do throws(WireError) {
            let peer = try connection.requireSameUser()
            let hello = try connection.receive(Hello.self, mostSecret: 0).0
            try connection.send(awaiting { await responder.welcome() })
            guard hello.protocolVersion == Wire.protocolVersion else { return }
            let number = served.add(1, ordering: .relaxed).newValue
            let caller = Peer(connection: number, user: peer.user, process: peer.process)
            while true {
                let (question, secret, file) = try connection.receiveWithFile(Door.Incoming.self)
                let (answer, reply) = answer(connection.descriptor) {
                    await responder.answer(question, secret: secret, file: file, from: caller)
                }
                if let reply { try connection.send(answer, secret: reply.bytes) } else { try connection.send(answer) }
            }
        } catch {}
    }

    /// Work that a stop cancels: nobody waits for a provider then.
    private func answer<Value: Sendable>(
        _ client: Int32, _ work: @escaping @Sendable () async -> Value
    ) -> Value {
        defer { underWay.withLock { $0[client] = nil } }
        return awaiting(work) { task in
            underWay.withLock { $0[client] = task }
            // `stop` may have looked before it was there.
            if stopped.load(ordering: .acquiring) { task.cancel() }
        }
    }

    /// Whether the path still leads here: a session's end may remove the folder under a daemon that lives on.
    package var isInPlace: Bool {
        var bound = stat()
        return unsafe lstat(path, &bound) == 0 && bound.st_ino == inode
    }

    /// Ends `run`, wakes every connection that waits, cancels the work under way, and removes the socket.
    package func stop() {
        guard !stopped.exchange(true, ordering: .acquiringAndReleasing) else { return }
        _ = unsafe unlink(path)
        shutdown(descriptor, Int32(SHUT_RDWR))
        open.withLock { for client in $0 { shutdown(client, Int32(SHUT_RD)) } }
        underWay.withLock { for task in $0.values { task.cancel() } }
        room.signal()
    }

    /// Without descriptors accept(2) fails at once; a short wait keeps that from turning.
    private func breathe() { _ = poll(nil, 0, 100) }

    deinit { close(descriptor) }
}
