/// The names that one file's credentials get: each once.
package struct ImportNames: Sendable {
    private var taken: Set<CredentialName> = []
    /// By the name that is numbered, so that a thousand alike take no longer than others.
    private var last: [CredentialName: Int] = [:]

    package init() {}

    /// The name, or the first of `name-2`, `name-3`, ... that is free.
    package mutating func unique(_ name: CredentialName) -> CredentialName {
        if taken.insert(name).inserted { return name }
        var number = last[name] ?? 1
        while true {
            number += 1
            let next = CredentialName(name, number: number)
            guard taken.insert(next).inserted else { continue }
            last[name] = number
            return next
        }
    }
}

extension CredentialName {
    /// A longer part may be a token that someone used as a name.
    static let longestPart = 48

    /// The nearest name: capitals made small, other characters a hyphen, and `default` for a part that gives nothing.
    ///
    /// - Parameter parts: one or two, without their slash.
    package init(nearest parts: [String]) {
        self.init(unchecked: parts.prefix(2).map(Self.part).joined(separator: "/"))
    }

    /// Of a profile as OpenClaw calls it: `anthropic:main` becomes `anthropic/main`.
    init(profile id: String, provider: String?) {
        let parts = id.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        self.init(nearest: parts.count == 2 ? parts : [provider ?? "openclaw", id])
    }

    init(_ name: CredentialName, number: Int) {
        let ending = "-\(number)"
        self.init(unchecked: name.description.prefix(Self.longest - ending.utf8.count) + ending)
    }

    private static func part(_ text: String) -> String {
        var part: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x61...0x7A, 0x30...0x39: part.append(byte)
            case 0x41...0x5A: part.append(byte | 0x20)
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): if !part.isEmpty { part.append(byte) }
            default: if let last = part.last, last != UInt8(ascii: "-") { part.append(UInt8(ascii: "-")) }
            }
        }
        while let last = part.last, [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(last) {
            part.removeLast()
        }
        return part.isEmpty || part.count > longestPart ? "default" : String(decoding: part, as: UTF8.self)
    }
}
