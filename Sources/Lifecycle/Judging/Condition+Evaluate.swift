extension Condition {
    /// Whether every member holds for the reply; `now` is only asked by `before_now`.
    package func holds(for reply: Reply, now: Timestamp) -> Bool {
        guard status.isEmpty || status.contains(where: { $0.contains(reply.status) }) else { return false }
        guard bodyContains.map({ reply.body.containsIgnoringCase($0) }) ?? true else { return false }
        return json.allSatisfy { test in
            test.operation.holds(for: reply.values(at: test.subject), now: now)
        }
            && headers.allSatisfy { test in
                test.operation.holds(for: reply.headers[test.subject].map { [.string($0)] } ?? [], now: now)
            }
    }
}

extension Condition.Operation {
    /// Whether any of the values found satisfies it; `present: false` asks that none was found.
    func holds(for found: [Tree], now: Timestamp) -> Bool {
        switch self {
        case .present(let wanted): !found.isEmpty == wanted
        case .equals(let text): found.contains { $0.text == text }
        case .isOne(let texts): found.contains { $0.text.map(texts.contains) ?? false }
        case .contains(let text): found.contains { $0.text?.containsIgnoringCase(text) ?? false }
        case .atMost(let bound): found.contains { $0.text.flatMap(Double.init).map { $0 <= bound } ?? false }
        case .atLeast(let bound): found.contains { $0.text.flatMap(Double.init).map { $0 >= bound } ?? false }
        case .beforeNow:
            found.contains { $0.text.flatMap(Timestamp.init(rfc3339:)).map { $0 < now } ?? false }
        }
    }
}

extension Reply {
    /// What a JSON Pointer finds; nothing when the body is no JSON.
    func values(at pointer: String) -> [Tree] {
        guard let json, let pointer = JSONPointer(pointer) else { return [] }
        return pointer.values(in: json)
    }
}

extension String {
    /// Bytes compared, with `A-Z` and `a-z` as the same.
    func containsIgnoringCase(_ text: String) -> Bool {
        let haystack = utf8.map(\.lowerCased)
        let needle = text.utf8.map(\.lowerCased)
        guard let first = needle.first, needle.count <= haystack.count else { return needle.isEmpty }
        for start in 0...(haystack.count - needle.count) where haystack[start] == first {
            if haystack[start..<start + needle.count].elementsEqual(needle) { return true }
        }
        return false
    }
}

extension UInt8 {
    fileprivate var lowerCased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
