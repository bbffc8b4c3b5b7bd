import Glibc
import Lifecycle
import Sealing
import Vault
import Wire

/// What is done to a vault; each acknowledged change is a line: `added n3 1`, `rotated n0 2`, `staged n0 2`, `probed n0 7`, `renewed`,
/// `moved`, `restored`.
enum Scenario: String {
    case add
    case hastyAdd = "hasty-add"
    case rotate, probe, rekey
    /// Takes the backup that `furnish` made back, in place of the vault that it made meanwhile.
    case restore
    case furnish

    func run(in workshop: Workshop) async {
        switch self {
        case .add: for number in 3..<6 { await workshop.add(number) }
        case .hastyAdd:
            for number in 3..<6 {
                say("added n\(number) 1")
                await workshop.add(number)
            }
        case .rotate: for number in 0..<3 { await workshop.rotate(number) }
        case .probe: for round in 0..<6 { await workshop.probe(round % 3) }
        case .rekey: await workshop.rekey()
        case .restore:
            await workshop.restore()
            await workshop.add(3)
        case .furnish:
            await workshop.backUp()
            await workshop.rotate(0)
        }
    }
}

extension Workshop {
    private func order(_ number: Int) throws(Fault) -> StoreOrder {
        var order = StoreOrder(name: try Self.name(number))
        order.accepted = [.probe]
        return order
    }

    func add(_ number: Int) async {
        await ask("add n\(number)", version: 1, number) { .add($0) }
    }

    func rotate(_ number: Int) async {
        await ask("rotate n\(number)", version: 2, number) { .rotate($0) }
    }

    /// Hands a value in through the vault's one door.
    private func ask(_ what: String, version: Int, _ number: Int, _ request: (StoreOrder) -> Request) async {
        do throws(Fault) {
            let paste = try Self.box(Self.value(number, version: version))
            switch await vault.answer(request(try order(number)), secret: paste).0 {
            case .failure(let fault): throw fault
            case .stored(let report):
                let word = version == 1 ? "added" : report.role == .live ? "rotated" : "staged"
                say("\(word) n\(number) \(report.version)")
            case let other: say("failed \(what) 0 \(other)")
            }
        } catch { say("failed \(what) \(error.code.rawValue) \(error.id)") }
    }

    func probe(_ number: Int) async {
        do throws(Fault) {
            guard case .probed(let result) = try await vault.probe(Self.name(number), accepted: true),
                let request = result.outcome?.requestId
            else { return say("failed probe n\(number) 0 unanswered") }
            say("probed n\(number) \(request.dropFirst(4))")
        } catch { say("failed probe n\(number) \(error.code.rawValue) \(error.id)") }
    }

    func backUp() async {
        let file = unsafe Glibc.open(backup, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        defer { Glibc.close(file) }
        do throws(Fault) {
            _ = try await vault.backUp(to: file, passphrase: nil)
            say("backed")
        } catch { say("failed backup \(error.code.rawValue) \(error.id)") }
    }

    func restore() async {
        let file = unsafe Glibc.open(backup, O_RDONLY | O_CLOEXEC)
        defer { Glibc.close(file) }
        do throws(Fault) {
            _ = try await vault.restore(RestoreOrder(slot: .machine, replaces: true), from: file, secret: nil)
            say("restored")
        } catch { say("failed restore \(error.code.rawValue) \(error.id)") }
    }

    /// New keys, then everything under them; what an earlier run began is ended first.
    func rekey() async {
        guard await moveAll() else { return }
        for step in [RekeyStep.begin, .finish] {
            switch await vault.answer(.rekey(step), secret: nil).0 {
            case .failure(let fault): return say("failed rekey \(fault.code.rawValue) \(fault.id)")
            case .initialized: say("renewed")
            default: break
            }
        }
        if await moveAll() { say("moved") }
    }

    /// False when what is left could not be moved; a disk that stays full is not asked for ever.
    func moveAll() async -> Bool {
        for _ in 0..<6 {
            guard case .rekeying(let left, _) = await vault.answer(.rekey(.progress), secret: nil).0 else {
                return false
            }
            if left == 0 { return true }
            do throws(Fault) { try await vault.tick(limit: 1) } catch {
                say("failed move \(error.code.rawValue) \(error.id)")
            }
        }
        return false
    }
}
