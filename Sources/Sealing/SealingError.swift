/// Why sealing or opening failed. Payloads are sizes and public numbers, never bytes of a secret.
package enum SealingError: Error, Equatable {
    case lockedMemoryExhausted(bytes: Int)
    /// The value is larger than an envelope may hold.
    case tooLarge(bytes: Int)
    /// The input ended early or a descriptor failed, with errno; 0 for an early end.
    case inputFailed(errno: Int32)
    /// The envelope is not one of ours, or shorter or longer than its parts.
    case malformed
    case unknownSuite(UInt16)
    /// The commitment or the tag does not match: another key, another place, or changed bytes.
    case wrongKeyOrTampered
    /// A header asks for less work than the floor or more than the ceiling.
    case keyDerivationOutOfBounds
    /// A recovery code that is mistyped; `part` counts groups from 1.
    case recoveryCode(part: Int?)
}
