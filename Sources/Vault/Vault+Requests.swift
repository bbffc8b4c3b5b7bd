internal import Lifecycle
package import Sealing
package import Wire

/// The one door: every request of a client comes through here, and what fails leaves as a `Fault`.
extension Vault: Responder {
    package func welcome() async -> Welcome {
        // A vault whose file cannot be read is told at the first question; the handshake itself must not fail.
        let condition = (try? self.condition()) ?? .locked
        return Welcome(
            vault: condition, prober: surroundings.prober.isReachable(),
            session: condition != .open || (try? needsSession()) != true || surroundings.keeper.isReachable(),
            anchorSlots: (try? anchorSlots()) ?? [], attention: (try? attention()) ?? nil)
    }

    package func answer(
        _ request: Request, secret: SecretBox?, file: PassedFile?, from peer: Peer
    ) async -> (Answer, SecretBox?) {
        do throws(Fault) {
            switch request {
            case .importing(let order):
                if let file { return (try importing(order, from: opened(file.descriptor, with: secret)), nil) }
                guard let secret else { throw .nothingToImport }
                return (try importing(order, from: .bytes(secret)), nil)
            case .backup:
                guard let file else { throw .noFile }
                return (.backedUp(try backUp(to: file.descriptor, passphrase: secret)), nil)
            case .restore(let order):
                guard let file else { throw .noFile }
                return (.restored(try restore(order, from: file.descriptor, secret: secret)), nil)
            case .export(let names):
                guard let file else { throw .noFile }
                return (.exported(try await export(names, to: file.descriptor, passphrase: secret)), nil)
            case .read(let order): return try await read(order, from: peer)
            default: return try await perform(request, secret)
            }
        } catch { return (.failure(error), nil) }
    }

    package func answer(_ request: Request, secret: SecretBox?) async -> (Answer, SecretBox?) {
        await answer(request, secret: secret, file: nil, from: .unknown)
    }

    private func perform(_ request: Request, _ secret: SecretBox?) async throws(Fault) -> (Answer, SecretBox?) {
        switch request {
        case .initialize(let slot, let anew):
            let code = try initialize(slot, secret: secret, anew: anew)
            return (.initialized(slot: slot.name), code)
        case .unlock(let slot, let terms):
            try unlock(slot, secret: secret, terms: terms)
            return (.unlocked(slot: slot.name), nil)
        case .addSlot(let slot):
            let code = try addSlot(slot, secret: secret)
            return (.slotAdded(slot: slot.name), code)
        case .rekey(let step): return try rekey(step, secret: secret)
        case .lock:
            try lockByPerson()
            return (.done("the vault is locked"), nil)
        case .slots, .removeSlot, .verify, .audit, .verifyAudit, .anchor, .bound:
            return (try performUpkeep(request), nil)
        default: return (try await performPlain(request, secret), nil)
        }
    }

    /// The requests about the vault as a whole.
    private func performUpkeep(_ request: Request) throws(Fault) -> Answer {
        switch request {
        case .slots: return .slots(try slotReports())
        case .removeSlot(let id):
            try removeSlot(id)
            return .done("the slot is removed; copies of the vault made before still open by it")
        case .verify: return .verified(try verify())
        case .audit(let limit, let before): return .audit(try audit(limit: limit, before: before))
        case .verifyAudit: return .auditVerified(try verifyAudit())
        case .anchor: return .anchor(try anchorForCopy())
        case .bound(let host, let account): return .bound(try bound(to: host, account))
        default: return .failure(.answeredElsewhere)
        }
    }

    /// The requests whose replies carry no secret.
    private func performPlain(_ request: Request, _ secret: SecretBox?) async throws(Fault) -> Answer {
        switch request {
        case .add(let order): return try await add(order, paste: secret)
        case .rotate(let order): return try await rotate(order, paste: secret)
        case .undo(let name): return .stored(try await undo(name))
        case .status(let query): return .status(try status(query))
        case .probe(let name, let accepted, let spends):
            return try await probe(name, accepted: accepted, spends: spends)
        case .report(let order): return .probed(try await report(order, body: secret))
        case .history(let name, let limit): return .history(try history(name, limit: limit))
        case .remove(let name):
            let isClean = try await remove(name)
            return .done(
                "\(name) is removed; its provider still honours the token until you revoke it there"
                    + (isClean ? "" : "; what is left of it in the keyring opens nothing and is removed later"))
        case .move(let name, let home): return .done(try await move(name, to: home))
        case .keyringState(let name):
            try await requireKeyring(for: name)
            return .done("the keyring can hold \(name)")
        case .withhold(let name, let fingerprint):
            try withhold(name, fingerprint: fingerprint)
            return .done("\(name) is given to this program no more, until it is rotated")
        case .notices(let after, let wait):
            return .notices(try await notices(after: after, within: .milliseconds(wait)))
        case .pause(let name):
            try pause(name)
            return .done("\(name) is not asked about until: secret resume \(name)")
        case .resume(let name):
            let probing = try resume(name)
            return .done(
                probing == .on
                    ? "\(name) is asked about again" : "\(name) is not paused; its probing is \(probing.rawValue)")
        default: return .failure(.answeredElsewhere)
        }
    }
}

extension Fault {
    fileprivate static let nothingToImport = Fault(
        .refused, "import_refused", "nothing was imported: the file is empty", hint: "secret import --help")
    fileprivate static let noFile = Fault(
        .fault, "no_file_passed", "no file came with the request", hint: "secret daemon stop")
    fileprivate static let answeredElsewhere = Fault(.fault, "not_here", "this request is answered elsewhere")
}
