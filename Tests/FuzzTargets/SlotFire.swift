import Sealing

/// A slot's header is read as it stands, keeps the bounds of the passphrase's cost, and opens only as it was made.
///
/// Input: `aim u8 | forgery`; bit 0 takes the content as a slot, bits 1 and 2 choose the kind of a slot that is made, bit 3
/// opens it with another secret.
enum SlotFire {
    private static let vault = [UInt8]("vault of the fuzz".utf8.prefix(16))
    private static let id = [UInt8](repeating: 7, count: 16)

    static func run(_ input: [UInt8]) throws {
        let aim = input.first ?? 0
        let forgery = Forgery(input.dropFirst())
        guard aim & 1 == 0 else { return try read(forgery.content) }
        let kinds: [SlotKind] = [.keyring, .recovery, .machine, .keyring]
        let kind = kinds[Int(aim >> 1) % kinds.count]
        let keys = try KnownKeys.vault.get()
        let secret = try KnownKeys.secret(9)
        let made = try KeySlot.make(kind, id: id, vault: vault, keys: keys, secret: secret)
        let presented = forgery.applied(to: made.bytes)
        try read(presented)
        guard let slot = try? KeySlot(presented, vault: vault), slot.kind != .passphrase else {
            return try promise(presented != made.bytes, "a slot that was just made is refused")
        }
        let given = try KnownKeys.secret(aim & 8 == 0 ? 9 : 10)
        let opened = try? slot.open(with: given)
        let isGenuine = presented == made.bytes && aim & 8 == 0
        try promise((opened != nil) == isGenuine, isGenuine ? "a genuine slot does not open" : "a forged slot opens")
        if let opened { try promise(opened.isSame(as: keys), "a slot opened to another key") }
    }

    private static func read(_ bytes: [UInt8]) throws {
        let slot: KeySlot
        do throws(SealingError) { slot = try KeySlot(bytes, vault: vault) } catch {
            switch error {
            case .malformed, .unknownSuite, .keyDerivationOutOfBounds: return
            default: throw error
            }
        }
        try promise(slot.bytes == bytes, "a slot is not stored as it was read")
        try promise(slot.id == Array(bytes[20..<36]) && slot.kind.rawValue == bytes[1], "a slot has another id")
        let passes = bytes[36..<40].reduce(0) { $0 << 8 | Int($1) }
        let memory = bytes[40..<48].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let isDear = (3...10).contains(passes) && (64 << 20...2 << 30).contains(memory)
        let isFree = passes == 0 && memory == 0
        try promise(slot.kind == .passphrase ? isDear : isFree, "\(passes) passes over \(memory) bytes are accepted")
    }
}
