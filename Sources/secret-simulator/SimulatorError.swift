/// Why the simulator cannot start.
enum SimulatorError: Error, Equatable, CustomStringConvertible {
    /// `openssl req` ended with this code.
    case openssl(code: Int32)
    /// The system gave no port.
    case noPort

    var description: String {
        switch self {
        case .openssl(let code): "openssl could not make certificates (exit \(code)); is the folder there?"
        case .noPort: "the system gave no port on 127.0.0.1"
        }
    }
}
