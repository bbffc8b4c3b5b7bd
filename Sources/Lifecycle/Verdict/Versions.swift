/// One pasted value of a credential: what became of it, without the value.
package struct Version: Equatable, Sendable, Codable {
    package enum Role: String, Sendable, Codable { case candidate, live, retiring, dead }
    /// Counts from 1 and is never used twice.
    package let number: Int
    package var role: Role
    package let storedAt: Timestamp
    /// Until when a retiring version can be brought back; its value is deleted after it.
    package var keptUntil: Timestamp?
    /// When the provider was first seen to refuse it after it was replaced.
    package fileprivate(set) var ended: Timestamp?
    /// When the provider was last seen to accept it after it was replaced.
    package fileprivate(set) var stillWorks: Timestamp?
    /// Reason code of the answer that refused a candidate.
    package var refusal: String?
    /// How long the value that a candidate replaces is kept; nil for the configured time.
    package var grace: Duration? {
        get { graceMilliseconds.map { .milliseconds($0) } }
        set { graceMilliseconds = newValue?.milliseconds }
    }
    private var graceMilliseconds: Int64?
    /// Under which id the keyring holds the value; nil when the vault does.
    package fileprivate(set) var item: RecordID?

    init(number: Int, role: Role, storedAt: Timestamp, item: RecordID? = nil) {
        self.number = number
        self.role = role
        self.storedAt = storedAt
        self.item = item
    }
}

/// The versions of one credential, oldest first: at most one live, at most one candidate.
package struct Versions: Equatable, Sendable, Codable {
    package private(set) var all: [Version] = []
    private var last = 0

    package init(firstStoredAt now: Timestamp, item: RecordID? = nil) {
        _ = add(.live, at: now, item: item)
    }

    package var live: Version? { all.last { $0.role == .live } }
    package var candidate: Version? { all.last { $0.role == .candidate } }
    /// The version that `undo` brings back, newest first.
    package var previous: Version? { all.last { $0.role == .retiring } }
    /// The newest version in a role.
    package func number(of role: Version.Role) -> Int? { all.last { $0.role == role }?.number }
    /// Numbers whose value is still kept.
    package var kept: [Int] { all.filter { $0.role != .dead }.map(\.number) }

    package subscript(number: Int) -> Version? { all.first { $0.number == number } }

    /// The number that the next staged value gets.
    package var next: Int { last + 1 }

    private mutating func add(_ role: Version.Role, at now: Timestamp, item: RecordID?) -> Int {
        last += 1
        all.append(Version(number: last, role: role, storedAt: now, item: item))
        return last
    }

    private mutating func change(_ number: Int, _ body: (inout Version) -> Void) {
        guard let index = all.firstIndex(where: { $0.number == number }) else { return }
        body(&all[index])
    }

    /// Stages a new value beside the live one; an older candidate dies. Returns its number.
    package mutating func stage(at now: Timestamp, grace: Duration? = nil, item: RecordID? = nil) -> Int {
        if let old = candidate { change(old.number) { $0.role = .dead } }
        let number = add(.candidate, at: now, item: item)
        change(number) { $0.grace = grace }
        forgetOldest()
        return number
    }

    /// Dead versions beyond these are forgotten, so that a row stays small.
    private static let mostDead = 12

    private mutating func forgetOldest() {
        let dead = all.filter { $0.role == .dead }.map(\.number)
        let forgotten = Set(dead.dropLast(Self.mostDead))
        all.removeAll { forgotten.contains($0.number) }
    }

    /// Notes where the value of a version lies now: in the keyring under an id, or, without one, in the vault.
    package mutating func move(_ number: Int, to item: RecordID?) { change(number) { $0.item = item } }

    /// A kept value that is lost dies before its time.
    package mutating func letGo(_ number: Int) { change(number) { $0.role = .dead } }

    package mutating func refuseCandidate(reason: String) {
        if let candidate { change(candidate.number) { $0.refusal = reason } }
    }

    package mutating func proveEnded(_ number: Int, at now: Timestamp) {
        change(number) { ($0.ended, $0.stillWorks) = (now, nil) }
    }

    package mutating func proveAlive(_ number: Int, at now: Timestamp) {
        change(number) { ($0.ended, $0.stillWorks) = (nil, now) }
    }

    /// Makes the candidate live; what was live is kept for `undo` until `keptUntil`. False when there is no candidate.
    package mutating func promote(keepingOldUntil keptUntil: Timestamp) -> Bool {
        guard let candidate else { return false }
        if let previous { change(previous.number) { $0.role = .dead } }
        if let live {
            change(live.number) {
                $0.role = .retiring
                $0.keptUntil = keptUntil
            }
        }
        change(candidate.number) {
            $0.role = .live
            $0.refusal = nil
        }
        return true
    }

    /// Goes back: a candidate is dropped, else the kept version changes places with the live one. False when nothing is kept.
    package mutating func undo(keepingOldUntil keptUntil: Timestamp) -> Bool {
        if let candidate {
            change(candidate.number) { $0.role = .dead }
            return true
        }
        guard let previous, let live else { return false }
        change(live.number) {
            $0.role = .retiring
            $0.keptUntil = keptUntil
        }
        change(previous.number) {
            $0.role = .live
            $0.keptUntil = nil
            ($0.ended, $0.stillWorks) = (nil, nil)
        }
        return true
    }

    /// Lets go of retiring versions whose time is over; true when one died.
    package mutating func expireKept(at now: Timestamp) -> Bool {
        guard let previous, let end = previous.keptUntil, now >= end else { return false }
        change(previous.number) { $0.role = .dead }
        return true
    }
}
