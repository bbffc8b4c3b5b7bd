internal import Lifecycle
internal import Sealing

/// One credential of an export: a line as `JSONLine` reads it, put together in locked memory.
enum ExportFrame {
    static let type: UInt8 = 16

    /// What stands beside the value.
    private struct Facts: Encodable {
        var name: String
        var kind: String
        var minted: String
        var expires: String?
        var probe: String
        var baseURL: String?
        var hosts: [BoundHost]?
        var account: AccountName?

        enum CodingKeys: String, CodingKey {
            case name, kind, minted, expires, probe, hosts, account
            case baseURL = "base_url"
        }
    }

    /// - Throws: `.lockedMemoryExhausted`.
    static func line(
        _ description: Description, _ probing: Probing, value: borrowing SecretBytes
    ) throws(SealingError) -> SecretBytes {
        let probe =
            switch probing {
            case .on, .offline: "active"
            case .passive: "passive"
            // A person paused it, and the pause does not travel.
            case .off, .paused: "off"
            }
        let facts = Facts(
            name: description.name.description, kind: description.kind,
            // Without it an estimated end would begin anew with the import.
            minted: (description.minted ?? description.pasted).rfc3339,
            expires: description.declaredExpiry?.rfc3339, probe: probe, baseURL: description.baseURL?.description,
            hosts: description.hosts, account: description.account)
        let head = encoded(facts).dropLast() + Array(#","value":""#.utf8)
        let tail = Array(#""}"#.utf8)
        return try value.withBytes { bytes throws(SealingError) in
            let source = copy bytes
            return try SecretBytes(capacity: head.count + OutputSpan<UInt8>.mostJSON * source.count + tail.count) {
                output in
                for byte in head { output.append(byte) }
                for place in source.indices { output.appendJSON(source[place]) }
                for byte in tail { output.append(byte) }
            }
        }
    }
}
