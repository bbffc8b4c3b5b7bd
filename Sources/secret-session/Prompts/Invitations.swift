internal import Glibc
internal import Lifecycle
internal import Synchronization
internal import Wire

/// Prompts that a person asked for on the desktop: one window for a credential at a time.
final class Invitations: Sendable {
    private let places: Places
    private let program: String
    private let open = Mutex<Set<CredentialName>>([])

    init(places: Places, program: String) {
        self.places = places
        self.program = program
    }

    /// Returns at once; what becomes of it is told by the window and by the next notice.
    func accept(_ name: CredentialName) {
        guard open.withLock({ $0.insert(name).inserted }) else { return }
        Task.detached { [self] in
            await blocking { [self] in
                do throws(Fault) {
                    _ = try TokenPrompt(places: places, name: name, program: program).run()
                } catch { Complaint.note("\(name) was not replaced: \(error.message) (\(error.id))") }
            }
            _ = open.withLock { $0.remove(name) }
        }
    }
}
