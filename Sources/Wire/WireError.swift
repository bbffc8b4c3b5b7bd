/// Why two ends could not talk.
package enum WireError: Error, Equatable, Sendable {
    /// Nobody listens at the socket.
    case nobodyThere
    /// The socket, or the folder around it, does not belong to this user or is open to others.
    case untrustedSocket
    /// The other end runs as another user.
    case foreignPeer(uid: UInt32)
    case otherVersion(protocolVersion: Int, build: String)
    /// The other end went away in the middle.
    case closed
    case timedOut
    /// The other end's queue is full: it is stopped, or has too much to do.
    case busy
    /// Bytes that are no frame, or a frame beyond its bounds.
    case malformed
    /// A system call failed, with errno.
    case failed(errno: Int32)
    case lockedMemoryExhausted
}
