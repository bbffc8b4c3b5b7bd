/// The row of a credential as its MAC covers it: what is kept in clear beside the sealed versions.
package struct RowStatement: Sendable {
    /// 16 bytes each.
    package var vault: [UInt8]
    package var record: [UInt8]
    package var tag: [UInt8]
    /// Milliseconds since 1970; nil is written as the smallest number, which is no due time.
    package var due: Int64?
    package var epoch: UInt32
    package var body: [UInt8]

    package init(vault: [UInt8], record: [UInt8], tag: [UInt8], due: Int64?, epoch: UInt32, body: [UInt8]) {
        self.vault = vault
        self.record = record
        self.tag = tag
        self.due = due
        self.epoch = epoch
        self.body = body
    }

    package var fields: Fields {
        var fields = Fields("tokenward row 1")
        fields.append(vault)
        fields.append(record)
        fields.append(tag)
        fields.append(due ?? .min)
        fields.append(epoch)
        fields.append(body)
        return fields
    }
}

/// A journal entry as its chain covers it: with the chain of the entry before it, so that each depends on all before.
package struct JournalStatement: Sendable {
    /// 16 bytes.
    package var vault: [UInt8]
    package var sequence: UInt64
    /// Milliseconds since 1970.
    package var at: Int64
    /// 16 bytes; nil for what concerns the vault as a whole.
    package var record: [UInt8]?
    package var epoch: UInt32
    /// Of the entry before; 32 zero bytes before the first.
    package var previous: [UInt8]
    /// Sealed.
    package var body: [UInt8]

    package static let beginning = [UInt8](repeating: 0, count: digestSize)

    package init(
        vault: [UInt8], sequence: UInt64, at: Int64, record: [UInt8]?, epoch: UInt32, previous: [UInt8], body: [UInt8]
    ) {
        self.vault = vault
        self.sequence = sequence
        self.at = at
        self.record = record
        self.epoch = epoch
        self.previous = previous
        self.body = body
    }

    package var fields: Fields {
        var fields = Fields("tokenward journal 1")
        fields.append(vault)
        fields.append(sequence)
        fields.append(at)
        fields.append(record ?? [])
        fields.append(epoch)
        fields.append(previous)
        fields.append(body)
        return fields
    }
}

/// What a signature in the journal says: that the vault's journal was at this point.
package struct CheckpointStatement: Sendable {
    /// 16 bytes.
    package var vault: [UInt8]
    package var sequence: UInt64
    package var chain: [UInt8]

    package init(vault: [UInt8], sequence: UInt64, chain: [UInt8]) {
        self.vault = vault
        self.sequence = sequence
        self.chain = chain
    }

    package var fields: Fields {
        var fields = Fields("tokenward checkpoint 1")
        fields.append(vault)
        fields.append(sequence)
        fields.append(chain)
        return fields
    }
}
