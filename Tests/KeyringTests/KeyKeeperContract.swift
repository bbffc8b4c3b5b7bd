import Glibc
import Keyring
import Sealing
import TestSupport
import Testing

/// What every keeper promises; each clause is run against each conformance.
enum Clause: String, CaseIterable, Sendable {
    case returnsWhatItWasGiven, keepsEveryByteValue, replacesUnderTheSameID, keepsItemsApart
    case fetchOfNothingIsMissing, deleteRemoves, deleteOfNothingIsMissing
    case takesTheSmallest, takesTheLargest, refusesTooSmall, refusesTooLarge

    func check(_ keeper: some KeyKeeper) throws {
        let id = KeyringItemID.random()
        switch self {
        case .returnsWhatItWasGiven: try roundTrip(keeper, SecretBytes.random(count: 32), id)
        case .keepsEveryByteValue: try roundTrip(keeper, Self.everyByte(), id)
        case .takesTheSmallest:
            try roundTrip(keeper, SecretBytes.random(count: KeyringValue.sizes.lowerBound), id)
        case .takesTheLargest:
            try roundTrip(keeper, SecretBytes.random(count: KeyringValue.sizes.upperBound), id)
        case .replacesUnderTheSameID:
            try keeper.store(SecretBytes.random(count: 40), as: id)
            try roundTrip(keeper, SecretBytes.random(count: 64), id)
        case .keepsItemsApart:
            let first = try SecretBytes.random(count: 32)
            try keeper.store(first, as: id)
            try roundTrip(keeper, SecretBytes.random(count: 32), .random())
            try expect(keeper, toHold: first, under: id)
        case .fetchOfNothingIsMissing:
            #expect(throws: KeyringError.missing(id)) { _ = try keeper.fetch(id).count }
        case .deleteRemoves:
            try keeper.store(SecretBytes.random(count: 32), as: id)
            try keeper.delete(id)
            #expect(throws: KeyringError.missing(id)) { _ = try keeper.fetch(id).count }
        case .deleteOfNothingIsMissing: #expect(throws: KeyringError.missing(id)) { try keeper.delete(id) }
        case .refusesTooSmall: try refuses(keeper, bytes: KeyringValue.sizes.lowerBound - 1, id)
        case .refusesTooLarge: try refuses(keeper, bytes: KeyringValue.sizes.upperBound + 1, id)
        }
    }

    private func roundTrip(_ keeper: some KeyKeeper, _ secret: consuming SecretBytes, _ id: KeyringItemID)
        throws
    {
        try keeper.store(secret, as: id)
        try expect(keeper, toHold: secret, under: id)
    }

    private func expect(
        _ keeper: some KeyKeeper, toHold secret: borrowing SecretBytes, under id: KeyringItemID
    ) throws {
        let isHeld = try keeper.fetch(id).matches(secret)
        #expect(isHeld, "\(rawValue)")
    }

    private func refuses(_ keeper: some KeyKeeper, bytes: Int, _ id: KeyringItemID) throws {
        let secret = SecretBox(try SecretBytes.random(count: bytes))
        #expect(throws: KeyringError.unfitSize(bytes: bytes)) { try keeper.store(secret.bytes, as: id) }
        #expect(throws: KeyringError.missing(id)) { _ = try keeper.fetch(id).count }
    }

    /// NUL, newline and what is not UTF-8 included.
    private static func everyByte() throws -> SecretBytes {
        try SecretBytes(capacity: 256) { room in for byte in UInt8.min ... .max { room.append(byte) } }
    }
}

@Suite struct KeyKeeperContract {
    @Test(arguments: Clause.allCases) func inMemory(_ clause: Clause) throws {
        try clause.check(InMemoryKeeper())
    }

    /// GLib reads the bus's address from the environment once, hence a process of its own.
    @Test func secretService() async throws {
        let keyring = try PrivateKeyring()
        await #expect(processExitsWith: .success) { [address = keyring.address as String] in
            unsafe setenv("DBUS_SESSION_BUS_ADDRESS", address, 1)
            for clause in Clause.allCases { try clause.check(SecretServiceKeeper()) }
        }
    }
}
