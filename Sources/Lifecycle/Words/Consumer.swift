/// Who reads a value, as far as the kernel tells: a program, and what it read it through.
package struct Consumer: Hashable, Sendable, Codable {
    /// Path of its executable; `?` when the kernel does not tell.
    package var program: String
    /// What the process calls itself, at most 15 bytes: proc_pid_comm(5).
    package var title: String
    package var user: UInt32
    package var use: Use

    /// The way to the value.
    package enum Use: String, CaseIterable, Sendable, Codable { case read, run, inject, openclaw, git, claude }

    package init(program: String, title: String, user: UInt32, use: Use) {
        self.program = program
        self.title = title
        self.user = user
        self.use = use
    }
}

/// What a credential remembers of one consumer.
package struct ConsumerRecord: Equatable, Sendable, Codable {
    package var consumer: Consumer
    package var first: Timestamp
    package var last: Timestamp
    /// Values that it was given.
    package var count: Int

    package init(_ consumer: Consumer, at time: Timestamp, count: Int) {
        self.consumer = consumer
        first = time
        last = time
        self.count = count
    }
}

extension [ConsumerRecord] {
    /// Consumers that a credential remembers; the one that was longest away is forgotten first.
    package static var most: Int { 16 }

    package func remembering(_ consumer: Consumer, at time: Timestamp, count: Int) -> [ConsumerRecord] {
        var all = self
        if let place = all.firstIndex(where: { $0.consumer == consumer }) {
            all[place].last = Swift.max(all[place].last, time)
            all[place].count += count
            return all
        }
        if all.count >= Self.most, let oldest = all.indices.min(by: { all[$0].last < all[$1].last }) {
            all.remove(at: oldest)
        }
        return all + [ConsumerRecord(consumer, at: time, count: count)]
    }
}
