/// One line that the parent wrote.
package enum SimulatorOrder: Equatable, Sendable {
    case mint(kind: String)
    case set(token: Int, fixture: String)
    case fault(Fault)
    case count
    case strays
    case quit

    /// Nil for a line that is none of the orders.
    package init?(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        switch (words.first, words.count) {
        case ("mint", 2): self = .mint(kind: words[1])
        case ("set", 3):
            guard let number = Int(words[1]) else { return nil }
            self = .set(token: number, fixture: words[2])
        case ("fault", 2):
            guard let fault = Fault(rawValue: words[1]) else { return nil }
            self = .fault(fault)
        case ("count", 1): self = .count
        case ("strays", 1): self = .strays
        case ("quit", 1): self = .quit
        default: return nil
        }
    }
}
