import Sealing
import Testing

@testable import Keyring

/// A shelf that spoils what it is given, in one way.
private final class SpoilingShelf: ItemShelf {
    enum Spoiling: CaseIterable {
        case nothing, flipsTheLastBit, losesTheItem, cutsTheEnd
        case says(KeyringError)
        static let allCases: [Spoiling] = [.flipsTheLastBit, .losesTheItem, .cutsTheEnd]
    }
    private let spoiling: Spoiling
    private(set) var item: SecretBox?
    init(_ spoiling: Spoiling) { self.spoiling = spoiling }

    func put(_ secret: borrowing SecretBytes, as id: KeyringItemID) throws(KeyringError) {
        item = SecretBox(try secret.copy())
    }

    func get(_ id: KeyringItemID) throws(KeyringError) -> SecretBytes {
        guard let item else { throw .missing(id) }
        switch spoiling {
        case .nothing: return try item.bytes.copy()
        case .flipsTheLastBit: return try changed(item) { $0 == item.bytes.count - 1 ? $1 ^ 1 : $1 }
        case .cutsTheEnd: return try changed(item) { $0 == item.bytes.count - 1 ? nil : $1 }
        case .losesTheItem: throw .missing(id)
        case .says(let error): throw error
        }
    }

    func remove(_ id: KeyringItemID) throws(KeyringError) {
        guard item != nil else { throw .missing(id) }
        item = nil
    }

    private func changed(_ item: SecretBox, _ change: (Int, UInt8) -> UInt8?) throws(KeyringError)
        -> SecretBytes
    {
        do throws(SealingError) {
            return try SecretBytes(capacity: item.bytes.count) { room in
                item.bytes.withBytes { bytes in
                    for index in bytes.indices {
                        if let byte = change(index, bytes[index]) { room.append(byte) }
                    }
                }
            }
        } catch { throw .lockedMemoryExhausted(bytes: item.bytes.count) }
    }
}

@Suite struct ReadBackTests {
    private let id = KeyringItemID.random()

    @Test func keepsWhatComesBackEqual() throws {
        let shelf = SpoilingShelf(.nothing)
        try shelf.storeReadingBack(SecretBytes.random(count: 32), as: id)
        #expect(shelf.item != nil)
    }

    @Test(arguments: SpoilingShelf.Spoiling.allCases)
    private func removesWhatComesBackChanged(_ spoiling: SpoilingShelf.Spoiling) throws {
        let shelf = SpoilingShelf(spoiling)
        #expect(throws: KeyringError.changedInKeeping) {
            try shelf.storeReadingBack(SecretBytes.random(count: 32), as: id)
        }
        #expect(shelf.item == nil)
    }

    @Test func saysWhyTheReadBackFailed() throws {
        let shelf = SpoilingShelf(.says(.hung))
        #expect(throws: KeyringError.hung) {
            try shelf.storeReadingBack(SecretBytes.random(count: 32), as: id)
        }
    }
}
