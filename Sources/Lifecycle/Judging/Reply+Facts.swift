extension Reply {
    /// The provider's id of the request: at most 128 printable ASCII characters, whatever was sent.
    var requestID: String? {
        let sent = headers["request-id"] ?? headers["x-request-id"] ?? values(at: "/request_id").first?.text
        guard let sent else { return nil }
        let kept = sent.unicodeScalars.lazy.filter { (0x21...0x7E).contains($0.value) }.prefix(128)
        return kept.isEmpty ? nil : String(String.UnicodeScalarView(kept))
    }

    /// The scalar at a place; a list of them with commas.
    func text(at place: Sighted.Place) -> String? {
        switch place {
        case .header(let name): return headers[name]
        case .pointer(let pointer):
            let found = values(at: pointer).flatMap { if case .list(let items) = $0 { items } else { [$0] } }
            let texts = found.compactMap(\.text)
            return texts.isEmpty ? nil : texts.joined(separator: ", ")
        }
    }

    /// What may be shown of a provider's text: at most 64 printable ASCII characters.
    static func printable(_ text: String) -> String? {
        let kept = text.unicodeScalars.lazy.filter { (0x20...0x7E).contains($0.value) }.prefix(64)
        return kept.isEmpty ? nil : String(String.UnicodeScalarView(kept))
    }

    /// The time at a place, as it is written there; nil when there is none.
    func time(_ sighted: Sighted, now: Timestamp) -> Timestamp? {
        text(at: sighted.place).flatMap { Timestamp($0, as: sighted.form, now: now) }
    }

    /// What a refusal asks to wait, at least `floor` and at most 24 h; nil when it names no time.
    ///
    /// `Retry-After: 0` was seen (facts: Anthropic's usage endpoint), so zero is not taken at its word.
    ///
    /// - Parameter resets: other places that name a time; the latest counts.
    func retryAfter(now: Timestamp, floor: Duration, resets: [Sighted] = []) -> Duration? {
        guard status >= 400 || !resets.isEmpty else { return nil }
        let named = headers["retry-after"].map { text in
            Self.delay(text) ?? Timestamp(httpDate: text).map { $0 - now } ?? .zero
        }
        let asked = ([named] + resets.map { time($0, now: now).map { $0 - now } }).compactMap(\.self)
        return asked.max().map { min(max($0, floor), .hours(24)) }
    }

    /// RFC 9110 section 10.2.3, `delay-seconds`; anything above a day is as good as a day.
    private static func delay(_ text: String) -> Duration? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return .seconds(min(Int64(text) ?? .max, 86_400))
    }
}

extension Timestamp {
    /// Reads an IMF-fixdate (RFC 9110 section 5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    package init?(httpDate text: String) {
        let words = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard words.count == 6, words[0].utf8.count == 4, words[0].hasSuffix(","), words[5] == "GMT",
            let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        self.init(rfc3339: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
    }
}
