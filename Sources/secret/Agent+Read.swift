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
        guard case (.values(let reports), let values) = try ask(.read(order)),
            reports.reduce(0, { $0 + $1.size }) == values?.bytes.count ?? 0,
            zip(reports, order.names).allSatisfy({ $0.name == $1 }), !reports.isEmpty || order.names.isEmpty,
            reports.count <= order.names.count
        else { throw Fault.unexpectedAnswer }
        return (reports, values)
    }
}
