internal import Glibc
package import Lifecycle
internal import Sealing

/// A person's own policies: `policies/*.yaml` in the configuration folder, in the order of their names.
package struct OwnPolicies: Sendable {
    /// A file that is left out, and why.
    package struct Problem: Equatable, Sendable {
        package let file: String
        package let message: String
    }

    package private(set) var policies: [Policy] = []
    package private(set) var problems: [Problem] = []

    /// More are no person's own.
    private static let most = 200
    private static let largest = 256 * 1024

    /// A folder that is not there holds none.
    package init(folder: String) {
        let names = Self.names(in: folder)
        for name in names.prefix(Self.most) {
            do throws(PolicyFileProblem) { policies.append(try Self.policy(at: folder + "/" + name)) } catch {
                problems.append(Problem(file: name, message: error.message))
            }
        }
        if names.count > Self.most {
            problems.append(Problem(file: names[Self.most], message: "more than \(Self.most) policies are not read"))
        }
    }

    /// - Throws: `.unreadable`, `.yaml` and `.format`, each naming the file.
    package static func policy(at path: String) throws(PolicyFileProblem) -> Policy {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let bytes = try bytes(of: path, name)
        var policy = try Policies.policy(fromYAML: String(decoding: bytes, as: UTF8.self), file: name)
        let digest = publicDigest(bytes)
        let halves = [digest.prefix(RecordID.size), digest.suffix(RecordID.size)]
        let text = halves.compactMap { RecordID(bytes: Array($0))?.description }.joined()
        policy.origin = .file(name: name, digest: text)
        return policy
    }

    private static func names(in folder: String) -> [String] {
        guard let handle = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { place in
                unsafe place.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name.hasSuffix(".yaml"), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// Somebody else who could write the file could have tokens sent to a host of theirs.
    private static func bytes(of path: String, _ name: String) throws(PolicyFileProblem) -> [UInt8] {
        func problem(_ message: String) -> PolicyFileProblem { .unreadable(file: name, message) }
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw problem("it cannot be read (errno \(errno))") }
        defer { close(file) }
        var facts = stat()
        guard unsafe fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { throw problem("it is no file") }
        guard facts.st_uid == geteuid() || facts.st_uid == 0 else { throw problem("it belongs to somebody else") }
        guard facts.st_mode & 0o022 == 0 else { throw problem("others may write it; run: chmod go-w \(name)") }
        guard facts.st_size <= largest else { throw problem("it is larger than 256 KiB") }
        var bytes = [UInt8](repeating: 0, count: largest + 1)
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes { room in
                unsafe read(file, room.baseAddress.map { unsafe $0 + count }, room.count - count)
            }
            guard got >= 0 else { throw problem("it cannot be read (errno \(errno))") }
            if got == 0 { return Array(bytes.prefix(count)) }
            count += got
        }
        throw problem("it is larger than 256 KiB")
    }
}

extension BuiltInPolicies {
    /// Those that are built in with a person's own beside and in place of them; a file that is wrong, or does not fit, is left out.
    package static func load(
        with own: OwnPolicies
    ) throws(PolicyFileProblem) -> (catalogue: PolicyCatalogue, problems: [OwnPolicies.Problem]) {
        let known = try load()
        var catalogue = known
        var problems = own.problems
        var taken: [String: Policy] = [:]
        for var policy in own.policies {
            guard taken[policy.id] == nil else {
                problems.append(.init(file: policy.origin.words, message: "another file is about \(policy.id)"))
                continue
            }
            policy.toConfirm = policy.confirmations(insteadOf: known[id: policy.id])
            let others = catalogue.policies.filter { $0.id != policy.id }
            do throws(FormatProblem) {
                catalogue = try PolicyCatalogue(others + [policy], checked: [policy])
                taken[policy.id] = policy
            } catch {
                problems.append(.init(file: policy.origin.words, message: error.line))
            }
        }
        return (catalogue, problems)
    }
}
