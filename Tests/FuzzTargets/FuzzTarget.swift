/// One reader of bytes that others may have written, and what it promises whatever they are.
package struct FuzzTarget: Sendable {
    /// Also the folder of its seeds below `Tests/Corpora`.
    package let name: String
    /// Of an input worth trying, in bytes.
    package let longest: Int
    private let promises: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, longest: Int, _ promises: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.longest = longest
        self.promises = promises
    }

    /// - Throws: `BrokenPromise`; anything else means that the surroundings gave out, such as locked memory.
    package func run(_ input: [UInt8]) throws { try promises(input) }

    package static let all = [
        FuzzTarget("envelope", longest: 4096, EnvelopeFire.run),
        FuzzTarget("slot", longest: 512, SlotFire.run),
        FuzzTarget("manifest", longest: 16_384, ManifestFire.run),
        FuzzTarget("backup", longest: 4096, BackupFire.run),
        FuzzTarget("wire", longest: 8192, WireFire.run),
        FuzzTarget("policy", longest: 8192, PolicyFire.run),
        FuzzTarget("paste", longest: 4096, PasteFire.run),
        FuzzTarget("import", longest: 8192, ImportFire.run),
    ]

    /// Breaks its promise for every input but the empty one: shows that a broken promise is found.
    package static let control = FuzzTarget("control", longest: 1) { input throws in
        try promise(input.isEmpty, "as it should be")
    }

}

/// What a reader did although it must not.
package struct BrokenPromise: Error, CustomStringConvertible {
    package let description: String
}

func promise(_ holds: Bool, _ words: @autoclosure () -> String) throws(BrokenPromise) {
    if !holds { throw BrokenPromise(description: words()) }
}
