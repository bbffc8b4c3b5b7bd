import Glibc
import Lifecycle
import Sealing
import Wire

extension Agent {
    /// One live value.
    func read(_ name: CredentialName, use: Consumer.Use, host: BoundHost? = nil) throws(Fault) -> SecretBox {
        let (reports, values) = try read(ReadOrder([name], use: use, host: host))
        if let fault = reports.first?.fault { throw fault }
        guard let values else { throw Fault.unexpectedAnswer }
        return values
    }

    /// Live values, as many as one answer holds; the reports are of the first names of the order, and at least of one.
    func read(_ order: ReadOrder) throws(Fault) -> (reports: [ReadReport], values: SecretBox?) {
        guard case (.values(let reports), let values) = try askWithSession(order),
            reports.reduce(0, { $0 + $1.size }) == values?.bytes.count ?? 0,
            zip(reports, order.names).allSatisfy({ $0.name == $1 }), !reports.isEmpty || order.names.isEmpty,
            reports.count <= order.names.count
        else { throw Fault.unexpectedAnswer }
        return (reports, values)
    }

    /// What failed for one name for want of `secret-session` is asked again once that runs, as `ask` does where all failed.
    private func askWithSession(_ order: ReadOrder) throws(Fault) -> (Answer, SecretBox?) {
        var absences = 0
        for _ in 0..<Self.mostSessionStarts {
            let result = try ask(.read(order))
            guard case .values(let reports) = result.0 else { return result }
            let faults = reports.compactMap(\.fault?.id)
            if faults.contains(Fault.keyringAbsent) { absences += 1 }
            let wantsSession =
                faults.contains(Fault.noSession) || absences == 1 && faults.contains(Fault.keyringAbsent)
            guard wantsSession, startSession() == nil else { return result }
            // One that is about to end still holds its lock.
            _ = poll(nil, 0, 20)
        }
        return try ask(.read(order))
    }
}
