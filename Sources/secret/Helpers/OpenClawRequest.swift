import Lifecycle
import Sealing

/// What OpenClaw asks of an exec provider: `{"protocolVersion":1,"provider":"...","ids":["..."]}`, facts/openclaw.md §2.3.
struct OpenClawRequest {
    /// `secrets.resolution.maxRefsPerProvider` at its most: facts/openclaw.md §2.2.
    static let mostIDs = 4096
    static let longestID = 256

    /// Each once, in the order of the request.
    let ids: [String]

    /// Nil for anything but a request of version 1.
    init?(_ input: borrowing SecretBytes) {
        let ids = input.withBytes { bytes -> [String]? in
            guard let document = try? JSONDocument(bytes),
                let version = document.member("protocolVersion", of: 0, in: bytes),
                document.integer(at: version, in: bytes) == 1,
                let list = document.member("ids", of: 0, in: bytes), document.nodes[list].kind == .array
            else { return nil }
            let elements = document.elements(of: list)
            guard elements.count <= Self.mostIDs else { return nil }
            let texts = elements.compactMap { node in
                document.nodes[node].kind == .string ? document.text(at: node, most: Self.longestID, in: bytes) : nil
            }
            return texts.count == elements.count ? texts : nil
        }
        guard let ids else { return nil }
        var seen: Set<String> = []
        self.ids = ids.filter { seen.insert($0).inserted }
    }
}
