package import Lifecycle

extension TransportFailure {
    /// Never a death: what stops a reply says nothing about the token.
    package var outcome: Outcome {
        switch self {
        case .unreachable: Outcome(.providerDown, reason: "unreachable")
        case .timedOut: Outcome(.providerDown, reason: "timed_out")
        case .cut: Outcome(.providerDown, reason: "cut_off")
        case .tls: Outcome(.unknown, reason: "tls_failed")
        case .tooLarge: Outcome(.unknown, reason: "too_large")
        case .malformed: Outcome(.unknown, reason: "malformed_reply")
        case .unsendable: Outcome(.unknown, reason: "not_sendable")
        case .cancelled: Outcome(.unknown, reason: "cancelled")
        }
    }

    /// Whether it is certain that no request left this machine.
    package var sentNothing: Bool {
        switch self {
        case .unsendable, .unreachable, .tls: true
        case .timedOut, .cut, .tooLarge, .malformed, .cancelled: false
        }
    }
}
