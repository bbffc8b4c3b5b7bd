/// Whether two replies say the same, apart from what differs in any two replies.
///
/// When the reply without the credential is the same as the reply with it, the credential never arrived.
package func sameAnswer(_ first: Reply, _ second: Reply) -> Bool {
    guard first.status == second.status else { return false }
    return switch (first.json, second.json) {
    case (let left?, let right?): left.withoutRequestMarks == right.withoutRequestMarks
    case (nil, nil): first.body == second.body
    default: false
    }
}

extension Tree {
    private static let requestMarks: Set<String> = ["request_id", "requestId", "timestamp", "date"]

    fileprivate var withoutRequestMarks: Tree {
        switch self {
        case .map(let members):
            .map(members.filter { !Self.requestMarks.contains($0.key) }.mapValues(\.withoutRequestMarks))
        case .list(let items): .list(items.map(\.withoutRequestMarks))
        case .null, .bool, .number, .string: self
        }
    }
}
