import Sealing

/// Changes to bytes that were made well, as an input spells them: `count u8 | (act u8 | place u16 | value u8) ... | content`.
struct Forgery {
    private struct Step {
        let act: UInt8
        let place: Int
        let value: UInt8
    }
    private var steps: [Step] = []
    /// What is to be sealed or encoded first.
    let content: [UInt8]

    init(_ input: some Collection<UInt8>) {
        var rest = Array(input)[...]
        let count = Int(rest.popFirst() ?? 0) % 5
        for _ in 0..<count where rest.count >= 4 {
            let place = Int(rest[rest.startIndex + 1]) << 8 | Int(rest[rest.startIndex + 2])
            steps.append(Step(act: rest[rest.startIndex], place: place, value: rest[rest.startIndex + 3]))
            rest = rest.dropFirst(4)
        }
        content = Array(rest)
    }

    func applied(to bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for step in steps {
            let place = bytes.isEmpty ? 0 : step.place % bytes.count
            switch step.act % 5 {
            case 0: if !bytes.isEmpty { bytes[place] ^= step.value }
            case 1: bytes = Array(bytes[..<place])
            case 2: bytes.insert(step.value, at: place)
            case 3: if !bytes.isEmpty { bytes.remove(at: place) }
            default: bytes += repeatElement(step.value, count: step.place % 300)
            }
        }
        return bytes
    }
}

/// The keys that all targets seal under: known, so that a seed means the same in every run.
enum KnownKeys {
    static let vault = Result { try VaultKeys(root: secret(1)) }
    static let other = Result { try VaultKeys(root: secret(2)) }
    static let lookup = Result { try LookupKey(secret(3)) }

    static func secret(_ first: UInt8) throws(SealingError) -> SecretBytes {
        try SecretBytes(capacity: VaultKeys.size) { output in
            for index in 0..<UInt8(VaultKeys.size) { output.append(first &* 31 &+ index) }
        }
    }
}

extension SecretBytes {
    borrowing func holds(_ bytes: [UInt8]) -> Bool {
        withBytes { span in span.count == bytes.count && span.indices.allSatisfy { span[$0] == bytes[$0] } }
    }
}
