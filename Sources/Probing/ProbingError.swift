/// Why the prober cannot be set up.
package enum ProbingError: Error, Equatable {
    case unreadableTrust(path: String)
}

extension ProbingError {
    /// One lower-case line, no full stop.
    package var message: String {
        switch self {
        case .unreadableTrust(let path): "probe.trust names \(path), which holds no certificate in PEM"
        }
    }
}
