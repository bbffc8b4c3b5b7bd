/// Where this process keeps its secrets.
package enum LockedMemory: String, Sendable, Codable {
    /// In memory that no other process can read, root's included (memfd_secret(2)).
    case hidden
    /// In memory that is not swapped.
    case locked
    /// Some of them in memory that may be swapped: the kernel locks no more.
    case open

    /// The worst that any secret of this process had so far.
    package static var now: LockedMemory {
        switch LockedArena.shelter {
        case .hidden: .hidden
        case .locked: .locked
        case .open: .open
        }
    }
}
