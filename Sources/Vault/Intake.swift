internal import Lifecycle
internal import Sealing
internal import Wire

/// A paste that may be stored: the token alone, in locked memory, and what is known of it.
struct Intake {
    let value: SecretBox
    /// The id of a policy.
    let kind: String
    /// `removed 2 line breaks, 1 quote`; nil for a clean paste.
    let removed: String?
    var notes: [String]
    /// The end that a credentials file named.
    var expires: Timestamp?

    enum Result {
        case taken(Intake)
        case question(Question)
    }

    /// Cleans and checks a paste; nothing is stored yet.
    ///
    /// - Throws: a fault with exit code 65 that names what is wrong, 64 for a kind that does not exist.
    static func read(
        _ paste: SecretBox?, _ order: StoreOrder, verb: String, wanted: String?, _ catalogue: PolicyCatalogue
    ) throws(Fault) -> Result {
        if wanted == Policy.generic { return .taken(try Intake(verbatim: paste, order, verb: verb)) }
        if let wanted, catalogue[id: wanted] == nil { throw .unknownKind(wanted, catalogue) }
        let kinds = catalogue.pasteKinds
        guard let paste else { throw refusal(.empty, order, verb: verb, wanted: nil) }
        let reading = paste.bytes.withBytes {
            Paste.read(
                $0, kinds: kinds, refreshing: catalogue.refreshPrefixes, wanted: wanted, asIs: order.asIs)
        }
        switch reading {
        case .refused(let reason):
            throw refusal(reason, order, verb: verb, wanted: kinds.first { $0.id == wanted })
        case .token(let cleaned, let guess):
            return .taken(try Intake(paste, cleaned, guess))
        case .credentialsFile(let file):
            return try offer(file, paste, order, verb: verb)
        }
    }

    private init(_ paste: SecretBox, _ cleaned: CleanedPaste, _ guess: KindGuess) throws(Fault) {
        value = SecretBox(try sealing { () throws(SealingError) in try paste.bytes.extracting(cleaned.ranges) })
        kind = guess.kind.id
        removed = cleaned.removals.message
        notes = guess.finding.message.map { [$0] } ?? []
    }

    /// Without the line end that a pipe or a terminal puts behind it.
    private init(verbatim paste: SecretBox?, _ order: StoreOrder, verb: String) throws(Fault) {
        let count = paste?.bytes.withBytes { bytes in
            var end = bytes.count
            if end > 0, bytes[end - 1] == 0x0A { end -= 1 }
            if end > 0, bytes[end - 1] == 0x0D { end -= 1 }
            return end
        }
        guard let paste, let count, count > 0 else { throw Self.refusal(.empty, order, verb: verb, wanted: nil) }
        value = SecretBox(try sealing { () throws(SealingError) in try paste.bytes.extracting(0..<count) })
        kind = Policy.generic
        removed = nil
        notes = []
    }

    private static func offer(
        _ file: CredentialsFile, _ paste: SecretBox, _ order: StoreOrder, verb: String
    ) throws(Fault) -> Result {
        guard let cleaned = file.accessToken, let guess = file.guess, !guess.finding.isRefused else {
            throw Fault(.refused, "credentials_file", file.message, hint: file.hint(verb: verb, name: order.name))
        }
        guard order.accepted.contains(.credentialsFile) else {
            return .question(
                Question(.credentialsFile, "\(file.message). Take the access token, although it dies within hours?"))
        }
        var intake = try Intake(paste, cleaned, guess)
        intake.expires = file.expiresAt
        intake.notes.append(file.message)
        return .taken(intake)
    }

    private static func refusal(_ reason: PasteRefusal, _ order: StoreOrder, verb: String, wanted: PasteKind?) -> Fault
    {
        Fault(
            .refused, "paste_refused", reason.message + "; nothing was stored",
            hint: reason.hint(verb: verb, name: order.name, wanted: wanted))
    }
}
