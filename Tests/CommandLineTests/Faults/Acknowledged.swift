/// What a run of the exerciser was promised, and whether a vault keeps it.
struct Acknowledged {
    /// The versions of which one must be live, by name.
    private var versions: [String: ClosedRange<Int>] = [:]
    /// The least number of a provider's request that must be remembered.
    private var requests: [String: Int] = [:]
    /// Lines that acknowledge a change.
    private(set) var count = 0
    /// - Parameter prepared: credentials that were there before, `n0` and up, each with version 1.
    init(_ lines: [String], prepared: Int, scenario: String) {
        for number in 0..<prepared { versions["n\(number)"] = scenario == "rotate" ? 1...2 : 1...1 }
        // Its vault holds a version that its backup does not.
        if scenario == "restore" { versions["n0"] = 1...2 }
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            switch words[0] {
            case "added", "rotated":
                let version = Int(words[2]) ?? 0
                versions[words[1]] = version...version
            case "restored": versions["n0"] = 1...1
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
            if !least.contains(version) { problems.append("\(name) is at \(version), not \(least)") }
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
