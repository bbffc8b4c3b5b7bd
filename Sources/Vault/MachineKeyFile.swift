internal import Glibc
package import Sealing
package import Wire

/// The machine's key: 32 bytes in a file of mode 0600, outside the folder that holds the vault.
package struct MachineKeyFile: MachineKeyHome {
    package let path: String

    package init(path: String) { self.path = path }

    /// - Throws: exit code 77 when others may read it, 78 when it is no key of ours, 74 when it cannot be read.
    package func read() throws(Fault) -> SecretBox? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw unusable(errno)
        }
        defer { close(file) }
        var facts = stat()
        guard unsafe fstat(file, &facts) == 0 else { throw unusable(errno) }
        guard facts.st_uid == geteuid(), facts.st_mode & 0o077 == 0 else {
            throw Fault(
                .notPermitted, "machine_key_mode", "others may read the key file \(path)", hint: "chmod 0600 \(path)")
        }
        let key: SecretBytes
        do { key = try SecretBytes.reading(file, capacity: VaultKeys.size) } catch { throw notOurs }
        guard key.count == VaultKeys.size else { throw notOurs }
        return SecretBox(key)
    }

    /// Written beside its place, synchronised, then linked to it, so that a crash leaves no half key and nothing is overwritten.
    package func create(_ key: borrowing SecretBytes) throws(Fault) {
        let draft = path + ".new"
        _ = unsafe unlink(draft)
        let file = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw unusable(errno) }
        defer { unsafe unlink(draft) }
        let written = key.write(to: file) && fsync(file) == 0
        let code = errno
        close(file)
        guard written else { throw unusable(code) }
        guard unsafe link(draft, path) == 0 else { throw unusable(errno) }
        try synchroniseFolder()
    }

    private func synchroniseFolder() throws(Fault) {
        let name = path.split(separator: "/").last?.count ?? 0
        let folder = unsafe open(String(path.dropLast(name)), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw unusable(errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw unusable(errno) }
    }

    private func unusable(_ code: Int32) -> Fault {
        Fault(
            .inputOutput, "machine_key", "the key file \(path) cannot be read or written (errno \(code))",
            hint: "check the folder and the disk, then try again")
    }

    private var notOurs: Fault {
        Fault(
            .configuration, "machine_key_size", "the key file \(path) is not a key of Tokenward",
            hint: "secret unlock --recovery")
    }
}
