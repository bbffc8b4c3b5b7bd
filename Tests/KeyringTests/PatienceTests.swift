import Dispatch
import Testing

@testable import Keyring

@Suite struct PatienceTests {
    /// As when a service hangs where GLib does not look at its cancellable.
    @Test func leavesWorkThatDoesNotListen() {
        let never = DispatchSemaphore(value: 0)
        let patience = Patience(limit: .milliseconds(20), grace: .milliseconds(20))
        #expect(throws: KeyringError.hung) {
            try patience.run { _ throws(KeyringError) in never.wait() }
        }
        never.signal()
    }

    @Test func givesWhatWorkGives() throws {
        let patience = Patience(limit: .seconds(10), grace: .zero)
        #expect(try patience.run { _ throws(KeyringError) in 7 } == 7)
        #expect(throws: KeyringError.absent) {
            try patience.run { _ throws(KeyringError) in throw .absent }
        }
    }
}
