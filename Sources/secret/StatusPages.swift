import Lifecycle
import Wire

/// The status of many credentials, asked for a page at a time so that nobody else waits for it.
struct StatusPages {
    static let size = 1000
    let common: CommonOptions

    /// One page.
    func ask(_ query: StatusQuery) throws(Fault) -> StatusReport {
        guard case .status(let report) = try Agent(common: common).ask(.status(query)).0 else {
            throw Fault.unexpectedAnswer
        }
        return report
    }

    /// One after another, in the order of names, up to the query's limit.
    ///
    /// - Parameter page: called at least once.
    func forEach(_ query: StatusQuery, _ page: (StatusReport) throws(Fault) -> Void) throws(Fault) {
        var (query, rest) = (query, query.limit ?? .max)
        repeat {
            query.limit = min(rest, Self.size)
            let report = try ask(query)
            try page(report)
            rest -= report.credentials.count
            query.after = report.credentials.last?.name
            guard report.credentials.count == Self.size, query.name == nil else { return }
        } while rest > 0
    }

    /// All of them as one report.
    func whole(_ query: StatusQuery) throws(Fault) -> StatusReport {
        var whole: StatusReport?
        try forEach(query) { (report) throws(Fault) in
            guard let before = whole else { return whole = report }
            whole = report
            whole?.credentials = before.credentials + report.credentials
            whole?.damaged = max(before.damaged, report.damaged)
        }
        guard let whole else { throw Fault.unexpectedAnswer }
        return whole
    }
}
