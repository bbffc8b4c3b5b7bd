internal import Lifecycle
internal import Sealing
package import Storage
package import Wire

extension Fault {
    static func noSuch(_ name: CredentialName) -> Fault {
        Fault(.noSuchCredential, "no_such_credential", "no credential is called \(name)", hint: "secret list")
    }

    static func exists(_ name: CredentialName) -> Fault {
        Fault(.usage, "exists", "\(name) is stored already", hint: "secret rotate \(name)")
    }

    static func unknownKind(_ kind: String, _ catalogue: PolicyCatalogue) -> Fault {
        let printable = kind.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && kind.utf8.count <= 64
        let known = (catalogue.policies.map(\.id) + [Policy.generic]).sorted().joined(separator: ", ")
        return Fault(
            .usage, "unknown_kind", printable ? "no kind is called \(kind)" : "that is not a kind",
            hint: "the kinds are \(known)")
    }

    static func isNotTimed(_ kind: String, isBilled: Bool) -> Fault {
        isBilled
            ? Fault(
                .usage, "billed", "a request about a \(kind) is billed, so no timer sends it; --probe passive keeps it",
                hint: "secret probe --help")
            : Fault(
                .usage, "cannot_be_asked", "no request can be made about a \(kind); --probe off keeps it",
                hint: "secret report-outcome --help")
    }

    /// A row or envelope that does not authenticate.
    static let damaged = damaged(.record)

    /// What the vault's own check found changed outside of Tokenward.
    static func damaged(_ what: Damage) -> Fault {
        Fault(.damaged, "damaged", "the vault fails its own check: \(what.rawValue)", hint: what.hint)
    }

    /// An anchor without a vault.
    static let vaultGone = Fault(
        .damaged, "vault_gone", "the vault that was here is gone: vault.db is missing or empty",
        hint: "put vault.db back, take a backup with `secret restore`, or begin anew: secret init --anew")

    /// The store holds an earlier state than one that was seen.
    static func rolledBack(found: UInt64, seen: UInt64) -> Fault {
        Fault(
            .damaged, "rolled_back",
            "the vault was put back to an earlier state: it is at change \(found), the last that was seen is \(seen)",
            hint: "put the newer vault.db back, or take this one as it is: secret unlock --accept-state")
    }

    package init(_ error: StorageError) {
        self =
            switch error {
            case .duplicate, .missing: Fault(.fault, "storage_conflict", "the store and the vault disagree; try again")
            case .full:
                Fault(
                    .inputOutput, "disk_full", "the disk is full; nothing was changed",
                    hint: "make room in the folder of vault.db, then run the same command again")
            case .damaged: .damaged(.file)
            case .older(let schema):
                Fault(
                    .configuration, "older_vault",
                    "the vault was written by a development version whose layout (\(schema)) was given up; it was left as it is",
                    hint: "move vault.db away, then run: secret init")
            case .newer(let schema):
                Fault(
                    .configuration, "newer_vault", "the vault was written by a newer Tokenward (layout \(schema))",
                    hint: "install that version, then run: secret daemon stop")
            case .failed(let code):
                Fault(
                    .inputOutput, "storage_failed",
                    "the vault's file cannot be read or written (SQLite \(code)); nothing was changed",
                    hint: "check the disk and the permissions of vault.db, then run: secret status")
            }
    }

    init(_ error: SealingError) {
        self =
            switch error {
            case .lockedMemoryExhausted:
                Fault(
                    .fault, "locked_memory", "no locked memory is left for a secret",
                    hint: "raise the limit with `ulimit -l` or LimitMEMLOCK= in the unit, then run: secret daemon stop")
            case .tooLarge(let bytes):
                Fault(.refused, "too_large", "the value has \(bytes) bytes; a credential has at most 65536")
            case .keyDerivationOutOfBounds:
                Fault(
                    .damaged, "kdf_bounds",
                    "a slot asks for a passphrase cost outside the safe bounds; it was forged or damaged")
            case .recoveryCode(let part):
                Fault(
                    .refused, "recovery_code",
                    part.map { "group \($0) of the recovery code is mistyped" }
                        ?? "a recovery code has 13 groups of 5 characters",
                    hint: "secret unlock --recovery")
            case .inputFailed, .outputFailed, .malformed, .unknownSuite, .wrongKeyOrTampered, .streamHeaderMismatch,
                .streamChunk, .streamEndsEarly, .streamGoesOn, .streamFrame:
                .damaged
            }
    }
}

/// What may be wrong with a vault, in the words that a person reads.
enum Damage: String, Sendable, CaseIterable {
    case record = "a record was changed outside of Tokenward"
    case missing = "a record was taken away outside of Tokenward"
    case added = "a record was added outside of Tokenward"
    case replayed = "a record was put back to an earlier state"
    case versions = "the stored versions of a record are not those that it had"
    case manifest = "the manifest is missing or was changed"
    case values = "a slot or a key of the vault was changed, added, taken away or put back"
    case journal = "the journal was changed or cut"
    case anchor = "the anchor belongs to another vault or was changed"
    case epoch = "something is sealed under keys that the vault no longer holds"
    case file = "SQLite finds the file damaged"

    var hint: String {
        switch self {
        case .record, .missing, .added, .replayed, .versions, .epoch:
            "see what is affected with `secret verify`; take the last good state back with `secret restore`"
        case .values, .anchor:
            "take the last good state back with `secret restore`, or this one as it is: secret unlock --accept-state"
        case .manifest, .journal, .file:
            "take the last good state back with `secret restore`, see: secret restore --help"
        }
    }
}

/// Runs storage work, its failure becoming what a person reads.
func storing<Value>(_ work: () throws(StorageError) -> Value) throws(Fault) -> Value {
    do throws(StorageError) { return try work() } catch { throw Fault(error) }
}

/// The same for sealing.
func sealing<Value: ~Copyable>(_ work: () throws(SealingError) -> Value) throws(Fault) -> Value {
    do throws(SealingError) { return try work() } catch { throw Fault(error) }
}
