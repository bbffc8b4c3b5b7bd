import Glibc
import Lifecycle
import Sealing
import Vault
import Wire

/// A vault's use cases as one short process, for tests that let its files go wrong under it.
///
/// `vault-exerciser prepare FOLDER COUNT` makes a vault of COUNT credentials; `vault-exerciser SCENARIO FOLDER` changes it and prints a
/// line for each change as soon as it is acknowledged; `vault-exerciser check FOLDER ...` opens vaults and prints what they hold.
/// `hasty-add` prints its lines before it is told: the negative control.
@main
struct VaultExerciser {
    static func main() async {
        let words = CommandLine.arguments
        guard words.count > 2 else { exit(64) }
        do throws(Fault) {
            switch words[1] {
            case "prepare": try await prepare(words[2], count: words.count > 3 ? Int(words[3]) ?? 3 : 3)
            case "check": for folder in words.dropFirst(2) { await Inspection(folder).run() }
            default:
                guard let scenario = Scenario(rawValue: words[1]) else { exit(64) }
                let workshop = try Workshop(words[2])
                await workshop.open()
                await scenario.run(in: workshop)
                await workshop.close()
            }
        } catch {
            say("failed start \(error.code.rawValue) \(error.id): \(error.message)")
            exit(1)
        }
    }

    private static func prepare(_ folder: String, count: Int) async throws(Fault) {
        for part in ["", "/data", "/state", "/config"] { _ = unsafe mkdir(folder + part, 0o700) }
        let workshop = try Workshop(folder)
        _ = try await workshop.vault.initialize(.machine, secret: nil)
        for number in 0..<count { await workshop.add(number) }
        await workshop.close()
    }
}

/// One line at once: what is printed must not be lost with the process.
func say(_ line: String) {
    let bytes = line + "\n"
    _ = unsafe write(STDOUT_FILENO, bytes, bytes.utf8.count)
}
