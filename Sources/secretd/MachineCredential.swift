import Glibc
import Sealing
import Vault
import Wire

/// The machine's key as systemd hands it over (systemd.exec(5), `LoadCredentialEncrypted=`), else the key file.
///
/// A unit with a credential `tokenward.machine-key` needs no key file: the credential lies in unswappable memory while the unit runs, and
/// its encrypted copy opens on this host only.
struct MachineCredential: MachineKeyHome {
    static let name = "tokenward.machine-key"
    /// `$CREDENTIALS_DIRECTORY`; nil outside of such a unit.
    let folder: String?
    let file: MachineKeyFile

    /// - Throws: exit code 78 for a credential that is no key of ours, 74 when it cannot be read, and what the file throws.
    func read() throws(Fault) -> SecretBox? {
        guard let folder else { return try file.read() }
        let path = folder + "/" + Self.name
        let credential = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard credential >= 0 else {
            if errno == ENOENT { return try file.read() }
            throw Fault(
                .inputOutput, "machine_credential", "the credential \(Self.name) cannot be read (errno \(errno))",
                hint: "systemctl --user status tokenward.service")
        }
        defer { close(credential) }
        do {
            let key = try SecretBytes.reading(credential, capacity: VaultKeys.size)
            if key.count == VaultKeys.size { return SecretBox(key) }
        } catch {}
        throw Fault(
            .configuration, "machine_credential_size", "the credential \(Self.name) is not a key of 32 bytes",
            hint: "head -c 32 /dev/urandom | systemd-creds encrypt --name=\(Self.name) - \(Self.name).cred")
    }

    func create(_ key: borrowing SecretBytes) throws(Fault) { try file.create(key) }
}
