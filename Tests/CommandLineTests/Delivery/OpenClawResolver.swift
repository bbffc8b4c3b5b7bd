import Foundation
import Glibc
import Lifecycle
import TestSupport

/// OpenClaw as it resolves references through an exec provider, written from facts/openclaw.md §2.2 to §2.4: each check in its order,
/// each refusal in its words.
struct OpenClawResolver {
    var alias = "vault"
    var command: String
    var arguments: [String] = ["helper", "openclaw"]
    /// All that the command finds in its environment.
    var environment: [String: String] = [:]
    var timeout = Duration.seconds(5)
    var mostOutput = 1 << 20
    /// What the command is started with instead of directly, such as another mount namespace.
    var wrapper: [String] = []

    struct Refusal: Error, Equatable {
        let text: String
        init(_ text: String) { self.text = text }
    }

    /// What became of each id; a refusal of the whole provider is thrown.
    struct Resolution {
        var values: [String: String] = [:]
        var refusals: [String: Refusal] = [:]
        var codes: [String: String] = [:]
        var duration = Duration.zero
        var output: [UInt8] = []
    }

    func resolve(_ ids: [String]) throws -> Resolution {
        for id in ids { try Self.check(id) }
        try checkCommand()
        let request = try JSONSerialization.data(
            withJSONObject: ["protocolVersion": 1, "provider": alias, "ids": ids], options: [.withoutEscapingSlashes])
        return try resolve(ids, request: Array(request))
    }

    func resolve(_ ids: [String], request: [UInt8]) throws -> Resolution {
        let folder = String(command[..<(command.lastIndex(of: "/") ?? command.startIndex)])
        let settings = environment.map { "\($0.key)=\($0.value)" }
        let words = wrapper + ["/usr/bin/env", "-i", "-C", folder] + settings + [command] + arguments
        let result: ProgramResult
        do {
            result = try ProgramResult.of(
                words[0], Array(words.dropFirst()), environment: [:], input: request, within: timeout)
        } catch { throw Refusal("Exec provider \"\(alias)\" timed out after \(timeout.milliseconds)ms.") }
        guard result.output.count + result.talk.utf8.count <= mostOutput else {
            throw Refusal("Exec provider output exceeded maxOutputBytes (\(mostOutput)).")
        }
        guard result.code == 0 else { throw Refusal("Exec provider \"\(alias)\" exited with code \(result.code).") }
        var resolution = try read(result.output, ids)
        resolution.duration = result.duration
        guard result.talk.isEmpty else { throw Refusal("something on stderr") }
        return resolution
    }

    private func read(_ output: [UInt8], _ ids: [String]) throws -> Resolution {
        let text = String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw Refusal("Exec provider \"\(alias)\" returned empty stdout.") }
        guard let json = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) else {
            throw Refusal("Exec provider \"\(alias)\" returned invalid JSON.")
        }
        guard let object = json as? [String: Any] else {
            throw Refusal("Exec provider \"\(alias)\" response must be an object.")
        }
        guard object["protocolVersion"] as? Int == 1 else {
            throw Refusal("Exec provider \"\(alias)\" protocolVersion must be 1.")
        }
        guard let values = object["values"] as? [String: Any] else {
            throw Refusal("Exec provider \"\(alias)\" response missing \"values\".")
        }
        let errors = object["errors"] as? [String: Any] ?? [:]
        var resolution = Resolution(output: output)
        for id in ids { take(id, values, errors, &resolution) }
        return resolution
    }

    private func take(_ id: String, _ values: [String: Any], _ errors: [String: Any], _ resolution: inout Resolution) {
        if let error = errors[id] as? [String: Any] {
            let message = error["message"] as? String ?? "unknown error"
            resolution.codes[id] = error["code"] as? String
            resolution.refusals[id] = Refusal("Exec provider \"\(alias)\" failed for id \"\(id)\" (\(message)).")
        } else if let value = values[id] as? String, !value.isEmpty {
            resolution.values[id] = value
        } else {
            resolution.refusals[id] = Refusal("Exec provider \"\(alias)\" response missing id \"\(id)\".")
        }
    }

    /// §2.1: `^[A-Za-z0-9][A-Za-z0-9._:/-]{0,255}$`, no `.` or `..` between slashes.
    private static func check(_ id: String) throws {
        let isNamed = id.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._:\/-]{0,255}/) != nil
        guard isNamed, !id.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else {
            throw Refusal("Exec secret reference id must match")
        }
    }

    /// §2.4, newest and older rules together.
    private func checkCommand() throws {
        func refuse(_ text: String) -> Refusal { Refusal("secrets.providers.\(alias).command \(text)") }
        guard command.hasPrefix("/") else { throw refuse("must be an absolute path") }
        var facts = stat()
        guard unsafe lstat(command, &facts) == 0, unsafe access(command, R_OK) == 0 else {
            throw refuse("is not readable: \(command)")
        }
        guard facts.st_mode & S_IFMT != S_IFDIR else { throw refuse("must be a file: \(command)") }
        guard facts.st_mode & S_IFMT != S_IFLNK else { throw refuse("must not be a symlink: \(command)") }
        guard facts.st_mode & 0o022 == 0 else { throw refuse("permissions are too open: \(command)") }
        guard facts.st_uid == getuid() else { throw refuse("must be owned by the current user (uid=\(getuid()))") }
        guard facts.st_mode & S_IFMT == S_IFREG, facts.st_mode & 0o100 != 0 else {
            throw refuse("must be executable by its owner: \(command)")
        }
    }
}
