import Keyring
import TestSupport
import Testing

extension PrivateKeyring {
    borrowing func session(_ words: String...) throws -> ProgramResult { try session(words) }

    /// Runs `secret-session keyring` on this keyring, or on another bus.
    borrowing func session(
        _ words: [String], bus: String? = nil, readerGone: Bool = false
    ) throws -> ProgramResult {
        var settings = environment
        if let bus { settings["DBUS_SESSION_BUS_ADDRESS"] = bus }
        return try ProgramResult.of(
            BuiltProgram.path("secret-session"), ["keyring"] + words, environment: settings,
            readerGone: readerGone)
    }

    /// The id of a fresh key that this keyring holds.
    borrowing func createdID() throws -> String {
        let handedOver = try session("create", "--fd", "3").handedOver
        return try #require(KeyringItemID(bytes: Array(handedOver.prefix(16)))).description
    }
}
