import Sealing

/// What opens was sealed under the same key for the same place, to the byte; all else is refused with a name.
///
/// Input: `aim u8 | forgery`; bit 0 of the aim takes the content as an envelope, the other bits move the place it is opened at.
enum EnvelopeFire {
    static let home = EnvelopePlace(
        vault: [UInt8](repeating: 1, count: 16), record: [UInt8](repeating: 2, count: 16), field: .value, version: 3,
        epoch: 4)

    static func run(_ input: [UInt8]) throws {
        let aim = input.first ?? 0
        let forgery = Forgery(input.dropFirst())
        let keys = try KnownKeys.vault.get()
        guard aim & 1 == 0 else { return try refuses(forgery.content, keys) }
        let sealed = try keys.seal(forgery.content.span, at: home)
        let presented = forgery.applied(to: sealed)
        let place = moved(aim)
        let opener = aim & 0x40 == 0 ? keys : try KnownKeys.other.get()
        let isGenuine = presented == sealed && aim & 0x7E == 0
        guard let opened = try? opener.open(presented, at: place) else {
            return try promise(!isGenuine, "a genuine envelope does not open")
        }
        try promise(isGenuine, "an envelope opened that was not sealed so")
        try promise(opened.holds(forgery.content), "an envelope opened to other bytes")
    }

    private static func moved(_ aim: UInt8) -> EnvelopePlace {
        var place = home
        if aim & 0x02 != 0 { place.vault[0] ^= 1 }
        if aim & 0x04 != 0 { place.record[15] ^= 0x80 }
        if aim & 0x08 != 0 { place.field = .description }
        if aim & 0x10 != 0 { place.version += 1 }
        if aim & 0x20 != 0 { place.epoch += 1 }
        return place
    }

    /// Bytes that nobody sealed: refused, and for the reason that their length and number give.
    private static func refuses(_ bytes: [UInt8], _ keys: VaultKeys) throws {
        do throws(SealingError) {
            _ = try keys.open(bytes, at: home)
        } catch {
            let padded = bytes.count - 2 - 24 - 32 - 16
            let isWhole = padded >= 64 && padded <= 128 << 10 && padded.nonzeroBitCount == 1
            switch error {
            case .unknownSuite(let suite):
                try promise(suite != 1 && padded >= 64, "suite \(suite) at \(bytes.count) bytes")
            case .malformed: try promise(!isWhole, "\(bytes.count) bytes are an envelope's")
            case .wrongKeyOrTampered: try promise(isWhole, "\(bytes.count) bytes are no envelope's")
            default: throw error
            }
            return
        }
        throw BrokenPromise(description: "bytes opened that nobody sealed")
    }
}
