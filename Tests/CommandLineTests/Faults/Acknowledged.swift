/// What a run of the exerciser was promised, and whether a vault keeps it.
struct Acknowledged {
    /// The least version that must be live, by name; at most one more may be.
    private var versions: [String: Int] = [:]
    /// The least number of a provider's request that must be remembered.
    private var requests: [String: Int] = [:]
    /// Lines that acknowledge a change.
    private(set) var count = 0
    private let prepared: Int
    private let mayRotate: Bool

    /// - Parameter prepared: credentials that were there before, `n0` and up, each with version 1.
    init(_ lines: [String], prepared: Int, scenario: String) {
        self.prepared = prepared
        mayRotate = scenario == "rotate"
        for number in 0..<prepared { versions["n\(number)"] = 1 }
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            switch words[0] {
            case "added", "rotated": versions[words[1]] = Int(words[2])
            case "probed": requests[words[1]] = Int(words[2])
            case "staged", "renewed", "moved": break
            default: continue
            }
            count += 1
        }
    }

    /// What is wrong with a vault in which these lines were found; empty when all is well.
    func broken(by found: [String]) -> [String] {
        var problems = found.filter { $0.hasPrefix("failed") || $0.hasPrefix("finding") || $0.hasPrefix("other") }
        if found.last != "sound" { problems.append("not checked to the end") }
        var seen: [String: (version: Int, request: Int)] = [:]
        for line in found where line.hasPrefix("credential ") {
            let words = line.split(separator: " ").map(String.init)
            seen[words[1]] = (Int(words[2]) ?? 0, Int(words[3]) ?? 0)
        }
        for (name, least) in versions {
            guard let version = seen[name]?.version else {
                problems.append("lost: \(name)")
                continue
            }
            let most = mayRotate ? 2 : least
            if !(least...max(least, most)).contains(version) {
                problems.append("\(name) is at \(version), not \(least)")
            }
        }
        // The exerciser adds in order: what is there without an acknowledgement can only be the next one.
        let extra = seen.keys.filter { versions[$0] == nil }
        if extra.count > 3 { problems.append("nobody added \(extra.sorted())") }
        for (name, least) in requests where (seen[name]?.request ?? 0) < least {
            problems.append("lost: probe \(least) of \(name)")
        }
        return problems
    }
}
