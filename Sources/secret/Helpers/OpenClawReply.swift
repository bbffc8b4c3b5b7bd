import FoundationEssentials
import Lifecycle
import Sealing
import Wire

/// The answer to OpenClaw: `{"protocolVersion":1,"values":{...},"errors":{...}}`, put together in locked memory.
struct OpenClawReply {
    /// What an id has become.
    enum Entry {
        /// A part of values that came together.
        case value(SecretBox, Range<Int>)
        case trouble(OpenClawTrouble)
    }
    private let entries: [(id: String, entry: Entry)]

    init(_ entries: [(id: String, entry: Entry)]) { self.entries = entries }

    /// Asks the key holder for what OpenClaw asked for.
    ///
    /// A token that its provider is known to refuse is handed over all the same: OpenClaw then meets a 401 of one provider, where an
    /// error stops the whole gateway in older versions (facts/openclaw.md §2.6).
    init(to request: OpenClawRequest, _ read: (ReadOrder) throws(Fault) -> (reports: [ReadReport], values: SecretBox?))
    {
        let names = request.ids.map { try? CredentialName($0) }
        var wanted = names.compactMap(\.self)[...]
        var found: [CredentialName: Entry] = [:]
        do throws(Fault) {
            while !wanted.isEmpty {
                let part = try read(ReadOrder(Array(wanted), use: .openclaw))
                var place = 0
                for report in part.reports {
                    found[report.name] = Self.entry(report, part.values, at: place)
                    place += report.size
                }
                wanted = wanted.dropFirst(part.reports.count)
            }
        } catch { for name in wanted { found[name] = .trouble(OpenClawTrouble(error)) } }
        entries = zip(request.ids, names).map { id, name in
            (id, name.flatMap { found[$0] } ?? .trouble(.notFound))
        }
    }

    private static func entry(_ report: ReadReport, _ values: SecretBox?, at place: Int) -> Entry {
        if let fault = report.fault { return .trouble(OpenClawTrouble(fault)) }
        guard let values, report.size > 0 else { return .trouble(.damaged) }
        let range = place..<(place + report.size)
        return values.bytes.isText(range) ? .value(values, range) : .trouble(.notText)
    }

    /// - Throws: exit code 70 when no locked memory is left.
    func bytes() throws(Fault) -> SecretBox {
        var size = 64
        for (id, entry) in entries {
            size += OutputSpan<UInt8>.mostJSON * id.utf8.count + 128
            if case .value(_, let range) = entry { size += OutputSpan<UInt8>.mostJSON * range.count }
        }
        do throws(SealingError) {
            return SecretBox(try SecretBytes(capacity: size) { write(to: &$0) })
        } catch {
            throw Fault(.fault, "locked_memory", "no locked memory is left for a secret", hint: "ulimit -l")
        }
    }

    private func write(to output: inout OutputSpan<UInt8>) {
        output.append(#"{"protocolVersion":1,"values":{"#)
        var comma = ""
        for case (let id, .value(let box, let range)) in entries {
            output.append("\(comma)\(Self.quoted(id)):\"")
            output.appendJSON(box.bytes, range)
            output.append("\"")
            comma = ","
        }
        output.append("},\"errors\":{")
        comma = ""
        for case (let id, .trouble(let trouble)) in entries {
            let what = #"{"code":"\#(trouble.rawValue)","message":"\#(trouble.message)"}"#
            output.append("\(comma)\(Self.quoted(id)):\(what)")
            comma = ","
        }
        output.append("}}")
    }

    /// An id as a JSON string.
    private static func quoted(_ id: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(id)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}

/// Why an id has no value; OpenClaw shows the code or the message, depending on its version.
enum OpenClawTrouble: String, CaseIterable {
    case notFound = "NOT_FOUND"
    case locked = "LOCKED"
    case rateLimited = "RATE_LIMITED"
    case keyring = "KEYRING_UNAVAILABLE"
    case notText = "NOT_TEXT"
    case damaged = "DAMAGED"
    case unavailable = "UNAVAILABLE"

    /// Fixed, because it is logged.
    var message: String {
        switch self {
        case .notFound: "no credential of that name is stored; see: secret list"
        case .locked: "the vault is locked; run: secret unlock"
        case .rateLimited: "the values were asked for too often; wait a moment"
        case .keyring: "the keyring that holds the value cannot be used; see: secret status"
        case .notText: "the value is no text in UTF-8"
        case .damaged: "the vault fails its own check; see: secret verify"
        case .unavailable: "the key holder cannot be reached; see: secret daemon status"
        }
    }

    init(_ fault: Fault) {
        self =
            switch fault.code {
            case .noSuchCredential: .notFound
            case .damaged: .damaged
            case .notNow where fault.id == "asked_too_often": .rateLimited
            case _ where fault.id.hasPrefix("keyring"): .keyring
            case .notNow: .locked
            default: .unavailable
            }
    }
}
