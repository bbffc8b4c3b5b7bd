internal import Glibc
internal import Lifecycle
internal import Sealing
internal import Wire

/// One address that notices are posted to, by curl(1), which reads the address from a pipe: it stands in no argument and no file.
struct WebhookChannel: NoticeChannel {
    let name = "webhook"
    let webhook: Settings.Webhook
    /// In seconds, of a whole request.
    private static let patience = 10

    func deliver(_ notice: Notice) throws(ChannelFailure) {
        let message = WebhookMessage(notice, webhook.template)
        let orders = try orders(message)
        var input = try ChildPipe()
        var output = try ChildPipe()
        let child = try ChildProgram(
            ["curl", "--disable", "--config", "-"], standard: [input.reading, output.writing, nil])
        input.closeReading()
        output.closeWriting()
        _ = orders.write(to: input.writing)
        input.closeWriting()
        let status = output.text(atMost: 16, within: Int32(Self.patience + 5) * 1000)
        guard let code = child.end(within: 5000) else { throw ChannelFailure(problem: "curl did not end in time") }
        guard code == 0 else { throw ChannelFailure(problem: Self.problem(curl: code)) }
        guard status.count == 3, status.hasPrefix("2") else {
            throw ChannelFailure(problem: "the address answered HTTP \(status.prefix(3))")
        }
    }

    /// Exit codes of curl(1).
    private static func problem(curl code: Int32) -> String {
        switch code {
        case 5, 6: "the host of the address is not found"
        case 7: "nobody answers at the address"
        case 28: "the address did not answer within \(patience) s"
        case 35, 51, 53, 54, 58, 59, 60, 66, 77, 80, 83: "no trusted TLS connection to the address"
        case 126, 127: "curl is not installed; run: apt-get install curl"
        default: "curl ended with \(code)"
        }
    }

    /// A configuration for curl's `--config`: no redirect is followed, no proxy's word is taken for an answer.
    private func orders(_ message: WebhookMessage) throws(ChannelFailure) -> SecretBytes {
        let address = try address()
        let scheme = address.bytes.withBytes { $0.count > 4 && $0[4] == UInt8(ascii: "s") } ? "https" : "http"
        var lines = [
            "request = \"POST\"", "silent", "max-time = \(Self.patience)", "proto = \"=\(scheme)\"",
            "output = \"/dev/null\"", "write-out = \"%{http_code}\"", "user-agent = \"tokenward/\(buildVersion)\"",
            "data-raw = \(Self.quoted(message.body))",
        ]
        lines += message.headers.map { "header = \(Self.quoted($0))" }
        let text = lines.joined(separator: "\n") + "\nurl = \""
        do {
            return try SecretBytes(capacity: text.utf8.count + address.bytes.count + 2) { output in
                output.append(text)
                address.bytes.withBytes { bytes in for place in bytes.indices { output.append(bytes[place]) } }
                output.append("\"\n")
            }
        } catch { throw ChannelFailure(problem: "no locked memory is left") }
    }

    /// As curl(1) reads quoted words.
    private static func quoted(_ text: String) -> String {
        let safe = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            case "\t": "\\t"
            case "\r": "\\r"
            default: String(scalar)
            }
        }
        return "\"" + safe.joined() + "\""
    }

    private func address() throws(ChannelFailure) -> SecretBox {
        switch webhook.address {
        case .plain(let base):
            guard let bytes = try? SecretBytes(copying: Array(base.description.utf8).span) else {
                throw ChannelFailure(problem: "no locked memory is left")
            }
            return SecretBox(bytes)
        case .secret(let name):
            var shelf = ValueShelf()
            do throws(Fault) { try shelf.fetch([name]) } catch {
                throw ChannelFailure(problem: "the address is not to be had: \(error.message)")
            }
            let address = shelf[name]
            guard Self.isAddress(address.bytes) else {
                throw ChannelFailure(problem: "what \(name) holds is no https address")
            }
            return address
        }
    }

    /// https, in printable ASCII that means nothing to curl's configuration.
    private static func isAddress(_ bytes: borrowing SecretBytes) -> Bool {
        bytes.withBytes { span in
            let start = Array("https://".utf8)
            guard span.count > start.count, start.indices.allSatisfy({ span[$0] == start[$0] }) else { return false }
            return span.indices.allSatisfy { (0x21...0x7E).contains(span[$0]) && ![0x22, 0x5C].contains(span[$0]) }
        }
    }
}
