import Lifecycle
import Sealing
import Wire

/// Renews the copy of the anchor in the keyring, behind a command that went well; a keyring that is away is tried again a minute later.
struct AnchorCopy {
    let common: CommonOptions
    /// The command has done its work; nobody should wait long for this.
    private static let patience = 1

    func renew(_ client: borrowing Client) {
        let slots = client.welcome.anchorSlots
        guard !slots.isEmpty, let answer = try? client.call(Request.anchor, as: Answer.self).0,
            case .anchor(let bytes) = answer, let anchor = try? SecretBytes(copying: bytes.span)
        else { return }
        for slot in slots {
            guard let item = RecordID(bytes: Anchor.itemID(besideSlot: slot.bytes)) else { continue }
            keep(anchor, as: item)
        }
    }

    private func keep(_ anchor: borrowing SecretBytes, as item: RecordID) {
        let order = KeepingOrder(.store(item), milliseconds: Int64(Self.patience) * 1_000)
        for _ in 0..<2 {
            do throws(WireError) {
                let session = try Client(
                    socket: Agent.places.sessionSocket, program: "secret", timeoutSeconds: Self.patience)
                _ = try session.call(order, secret: anchor, as: KeepingReply.self)
                return
            } catch {
                guard error == .nobodyThere, Agent(common: common).startSession() == nil else { return }
            }
        }
    }
}
