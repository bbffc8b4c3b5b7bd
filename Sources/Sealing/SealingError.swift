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
    /// Writing to a descriptor failed, with errno.
    case outputFailed(errno: Int32)
    /// The commitment of a sealed stream does not fit: made with other keys, or its header was changed.
    case streamHeaderMismatch
    /// A chunk of a sealed stream, counted from 0, is not the one that belongs there, or was changed.
    case streamChunk(Int)
    /// A sealed stream ends before its last chunk.
    case streamEndsEarly
    /// Bytes follow on the last chunk of a sealed stream.
    case streamGoesOn
    /// What an authentic stream holds is no frame of ours.
    case streamFrame
    /// A recovery code that is mistyped; `part` counts groups from 1.
    case recoveryCode(part: Int?)
}
