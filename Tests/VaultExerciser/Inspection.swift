import Lifecycle
import Sealing
import Vault
import Wire

/// Opens a vault as the next start of the daemon would, and prints what it holds, a line each: `folder PATH`, `credential NAME
/// VERSION REQUEST`, `other NAME` for a value that nobody gave, `finding TEXT`, `sound` or `failed ...`.
struct Inspection {
    private let folder: String

    init(_ folder: String) { self.folder = folder }

    func run() async {
        say("folder \(folder)")
        do throws(Fault) {
            let workshop = try Workshop(folder)
            try await workshop.vault.unlock(.machine, secret: nil)
            try await list(workshop)
            // What a crash interrupted goes on by itself.
            if await !workshop.moveAll() { say("finding the rekey does not end") }
            for finding in try await workshop.vault.verify().findings {
                say("finding \(finding.at): \(finding.message)")
            }
            try await workshop.vault.close()
            say("sound")
        } catch { say("failed \(error.code.rawValue) \(error.id) \(error.message)") }
    }

    private func value(of name: CredentialName, _ workshop: Workshop) async throws(Fault) -> SecretBox {
        let order = ReadOrder([name], use: .read)
        let answer = await workshop.vault.answer(.read(order), secret: nil)
        guard case (.values(let reports), let value) = answer else {
            if case .failure(let fault) = answer.0 { throw fault }
            throw Fault(.fault, "exerciser", "no values came")
        }
        if let fault = reports.first?.fault { throw fault }
        guard let value else { throw Fault(.fault, "exerciser", "no value came") }
        return value
    }

    private func list(_ workshop: Workshop) async throws(Fault) {
        for credential in try await workshop.vault.status(StatusQuery()).credentials {
            let number = Int(credential.name.description.dropFirst()) ?? -1
            let value = try await self.value(of: credential.name, workshop)
            let version = credential.version
            let expected = try Workshop.box(Workshop.value(number, version: version))
            let word = value.bytes.matches(expected.bytes) ? "credential" : "other"
            say("\(word) n\(number) \(version) \(credential.lastProbe?.requestId?.dropFirst(4) ?? "0")")
        }
    }
}
