import Lifecycle
import Storage
import Testing

/// What every store promises, run against each.
@Suite struct RecordStoreContract {
    @Test(arguments: Home.allCases) func anEmptyStoreHasNothing(home: Home) throws {
        try home.with { store in
            #expect(try store.value("id") == nil)
            #expect(try store.values(prefix: "").isEmpty)
            #expect(try store.row(Sample.id(1)) == nil)
            #expect(try store.row(tag: [1]) == nil)
            #expect(try store.rows(after: nil, limit: 10).isEmpty)
            #expect(try store.counts() == StoredCounts())
            #expect(try store.due(after: nil, by: Timestamp(milliseconds: .max), limit: 10).isEmpty)
            #expect(try store.earliestDue(after: Timestamp(milliseconds: .min)) == nil)
            #expect(try store.version(1, of: Sample.id(1)) == nil)
            #expect(try store.versionNumbers(of: Sample.id(1)).isEmpty)
            #expect(try store.records(notOfEpoch: 1, limit: 10).isEmpty)
            #expect(try store.node(0) == nil)
            #expect(try store.journal(of: nil, before: nil, limit: 10).isEmpty)
            #expect(try store.journal(after: 0, limit: 10).isEmpty)
            #expect(try store.selfCheck().isEmpty)
            try store.apply([])
        }
    }

    @Test(arguments: Home.allCases) func valuesAreReplacedRemovedAndFoundByPrefix(home: Home) throws {
        try home.with { store in
            try store.apply([
                .setValue("id", [1]), .setValue("slot/b", [2]), .setValue("slot/a", []), .setValue("slot", [4]),
                .setValue("Slot/c", [5]), .setValue("slot%", [6]), .setValue("slöt/d", [7]),
            ])
            #expect(try store.value("slot/a") == [])
            #expect(try store.values(prefix: "slot/") == ["slot/a": [], "slot/b": [2]])
            #expect(try store.values(prefix: "slot%") == ["slot%": [6]])
            #expect(try store.values(prefix: "slöt/") == ["slöt/d": [7]])
            try store.apply([.setValue("id", [9]), .setValue("slot/a", nil), .setValue("absent", nil)])
            #expect(try store.value("id") == [9])
            #expect(try store.values(prefix: "slot/") == ["slot/b": [2]])
        }
    }

    @Test(arguments: Home.allCases) func rowsAreFoundByIdAndTag(home: Home) throws {
        try home.with { store in
            let rows = [Sample.row(1, due: 5), Sample.row(2)]
            try store.apply(rows.map(StorageChange.insertRow))
            for row in rows {
                #expect(try store.row(row.id) == row)
                #expect(try store.row(tag: row.tag) == row)
            }
            var changed = Sample.row(1, due: nil)
            changed.body = []
            changed.mac = [UInt8](repeating: 7, count: 70_000)
            try store.apply([.updateRow(changed)])
            #expect(try store.row(changed.id) == changed)
            #expect(try store.counts().rows == 2)
        }
    }

    @Test(arguments: Home.allCases) func aTakenTagOrIdIsRefused(home: Home) throws {
        try home.with { store in
            try store.apply([.insertRow(Sample.row(1)), .insertRow(Sample.row(2))])
            #expect(throws: StorageError.duplicate) { try store.apply([.insertRow(Sample.row(3, tag: 1))]) }
            #expect(throws: StorageError.duplicate) { try store.apply([.insertRow(Sample.row(1, tag: 9))]) }
            #expect(throws: StorageError.duplicate) { try store.apply([.updateRow(Sample.row(2, tag: 1))]) }
            #expect(try store.counts().rows == 2)
            #expect(try store.row(Sample.id(2)) == Sample.row(2))
        }
    }

    static let orphans: [StorageChange] = [
        .updateRow(Sample.row(9)), .removeRow(Sample.id(9)),
        .insertVersion(Sample.version(1), number: 1, of: Sample.id(9)),
        .replaceVersion(Sample.version(1), number: 1, of: Sample.id(9)),
    ]

    @Test(arguments: Home.allCases, orphans) func whatIsMissingIsNotChanged(home: Home, change: StorageChange) throws {
        try home.with { store in
            #expect(throws: StorageError.missing) { try store.apply([change]) }
            let (count, version) = (try store.counts().rows, try store.version(1, of: Sample.id(9)))
            #expect(count == 0 && version == nil)
        }
    }

    @Test(arguments: Home.allCases, orphans) func aChangeIsAllOrNothing(home: Home, last: StorageChange) throws {
        try home.with { store in
            let kept: [StorageChange] = [
                .setValue("id", [1]), .insertRow(Sample.row(1, due: 3)),
                .insertVersion(Sample.version(1), number: 1, of: Sample.id(1)),
                .appendEntry(Sample.entry(1)), .setNode(7, [1]),
            ]
            try store.apply(kept)
            #expect(throws: StorageError.missing) {
                try store.apply([
                    .setValue("id", [2]), .setValue("new", [3]), .insertRow(Sample.row(2, due: 1)),
                    .insertVersion(Sample.version(2), number: 2, of: Sample.id(1)),
                    .removeVersion(number: 1, of: Sample.id(1)),
                    .appendEntry(Sample.entry(2)), .setNode(7, [2]), .setNode(8, [3]),
                    .removeRow(Sample.id(1)), last,
                ])
            }
            #expect(try store.values(prefix: "") == ["id": [1]])
            #expect(try store.rows(after: nil, limit: 9) == [Sample.row(1, due: 3)])
            #expect(try store.version(1, of: Sample.id(1)) == Sample.version(1))
            #expect(try store.version(2, of: Sample.id(1)) == nil)
            #expect(try store.journal(of: Sample.id(1), before: nil, limit: 9) == [Sample.entry(1)])
            #expect(try store.node(7) == [1])
            #expect(try store.node(8) == nil)
        }
    }

    @Test(arguments: Home.allCases) func aVersionIsNeverOverwritten(home: Home) throws {
        try home.with { store in
            try store.apply([
                .insertRow(Sample.row(1)), .insertVersion(Sample.version(1), number: 1, of: Sample.id(1)),
                .insertVersion(Sample.version(2), number: 2, of: Sample.id(1)),
            ])
            #expect(throws: StorageError.duplicate) {
                try store.apply([.insertVersion(Sample.version(3), number: 1, of: Sample.id(1))])
            }
            #expect(try store.version(1, of: Sample.id(1)) == Sample.version(1))
            try store.apply([.removeVersion(number: 1, of: Sample.id(1)), .removeVersion(number: 7, of: Sample.id(1))])
            #expect(try store.version(1, of: Sample.id(1)) == nil)
            #expect(try store.version(2, of: Sample.id(1)) == Sample.version(2))
        }
    }

    @Test(arguments: Home.allCases) func pagesFollowTheTags(home: Home) throws {
        try home.with { store in
            let numbers = (UInt8(0)...200).shuffled()
            try store.apply(numbers.map { .insertRow(Sample.row(200 - $0, tag: $0)) })
            var seen: [StoredRow] = []
            while true {
                let page = try store.rows(after: seen.last?.tag, limit: 17)
                #expect(page.count <= 17)
                guard !page.isEmpty else { break }
                seen += page
            }
            #expect(seen == (UInt8(0)...200).map { Sample.row(200 - $0, tag: $0) })
            #expect(try store.counts().rows == 201)
        }
    }

    @Test(arguments: Home.allCases) func rowsAreFoundByTheFrontOfTheirTags(home: Home) throws {
        try home.with { store in
            let tags: [[UInt8]] = [
                [0, 255], [1], [1, 0], [1, 255, 255], [2, 0], [255, 254], [255, 255], [255, 255, 9],
            ]
            for (number, tag) in tags.enumerated() {
                var row = Sample.row(UInt8(number))
                row.tag = tag
                try store.apply([.insertRow(row)])
            }
            for prefix in [[1], [1, 255], [255], [255, 255], [254], [0, 255, 0]] as [[UInt8]] {
                #expect(try store.rows(tagPrefix: prefix).map(\.tag) == tags.filter { $0.starts(with: prefix) })
            }
        }
    }

    @Test(arguments: Home.allCases) func theJournalIsReadBothWays(home: Home) throws {
        try home.with { store in
            let entries = (UInt8(1)...6).map { Sample.entry($0, of: [nil, 1, 2][Int($0) % 3], signed: $0 == 4) }
            for entry in entries.shuffled() { try store.apply([.appendEntry(entry)]) }
            #expect(try store.journal(of: nil, before: nil, limit: 9) == entries.reversed())
            #expect(try store.journal(of: nil, before: 5, limit: 2) == [entries[3], entries[2]])
            #expect(try store.journal(of: Sample.id(1), before: nil, limit: 9) == [entries[3], entries[0]])
            #expect(try store.journal(of: Sample.id(1), before: 4, limit: 9) == [entries[0]])
            #expect(try store.journal(after: 0, limit: 4) == Array(entries.prefix(4)))
            #expect(try store.journal(after: 4, limit: 9) == Array(entries.suffix(2)))
            #expect(throws: StorageError.duplicate) { try store.apply([.appendEntry(Sample.entry(3))]) }
            #expect(try store.counts().entries == 6)
        }
    }

    @Test(arguments: Home.allCases) func whatIsOfAnotherEpochIsFound(home: Home) throws {
        try home.with { store in
            for number in [1, 2, 3] as [UInt8] {
                try store.apply([
                    .insertRow(Sample.row(number)),
                    .insertVersion(Sample.version(1), number: 1, of: Sample.id(number)),
                ])
            }
            var (row, version) = (Sample.row(2), Sample.version(1))
            (row.epoch, version.epoch) = (.max, 2)
            try store.apply([.updateRow(row), .replaceVersion(version, number: 1, of: Sample.id(3))])
            #expect(Set(try store.records(notOfEpoch: 1, limit: 9)) == [Sample.id(2), Sample.id(3)])
            #expect(try store.records(notOfEpoch: 1, limit: 1).count == 1)
            #expect(Set(try store.records(notOfEpoch: .max, limit: 9)).count == 3)
            #expect(try store.row(Sample.id(2)) == row)
            #expect(try store.version(1, of: Sample.id(3)) == version)
        }
    }

    @Test(arguments: Home.allCases) func aValueMayBeKeptElsewhere(home: Home) throws {
        try home.with { store in
            let version = StoredVersion(epoch: 3, description: [1], value: nil)
            try store.apply([.insertRow(Sample.row(1)), .insertVersion(version, number: 5, of: Sample.id(1))])
            #expect(try store.version(5, of: Sample.id(1)) == version)
            #expect(try store.versionNumbers(of: Sample.id(1)) == [5])
        }
    }

    @Test(arguments: Home.allCases) func removalTakesVersionsAlongAndLeavesTheJournal(home: Home) throws {
        try home.with { store in
            for number in [1, 2] as [UInt8] {
                try store.apply([
                    .insertRow(Sample.row(number)), .insertVersion(Sample.version(1), number: 1, of: Sample.id(number)),
                    .appendEntry(Sample.entry(number, of: number)),
                ])
            }
            try store.apply([.removeRow(Sample.id(1))])
            #expect(try store.version(1, of: Sample.id(1)) == nil)
            #expect(try store.journal(of: Sample.id(1), before: nil, limit: 9).count == 1)
            #expect(try store.version(1, of: Sample.id(2)) == Sample.version(1))
            #expect(try store.counts() == StoredCounts(rows: 1, versions: 1, entries: 2))
            try store.apply([.insertRow(Sample.row(1))])
            #expect(try store.version(1, of: Sample.id(1)) == nil)
        }
    }

    @Test(arguments: Home.allCases) func everythingIsReplacedOrNothing(home: Home) throws {
        try home.with { store in
            try store.apply([
                .setValue("id", [1]), .insertRow(Sample.row(1)), .setNode(7, [1]), .appendEntry(Sample.entry(1)),
                .insertVersion(Sample.version(1), number: 1, of: Sample.id(1)),
            ])
            for isKept in [false, true] {
                try store.begin()
                try store.apply([.clear, .insertRow(Sample.row(1)), .appendEntry(Sample.entry(1))])
                #expect(try store.values(prefix: "") == [:] && store.node(7) == nil)
                #expect(try store.counts() == StoredCounts(rows: 1, versions: 0, entries: 1))
                if isKept { try store.end() } else { try store.undo() }
                #expect(try store.value("id") == (isKept ? nil : [1]))
                #expect(try store.counts() == StoredCounts(rows: 1, versions: isKept ? 0 : 1, entries: 1))
            }
        }
    }

    /// Between `begin` and `end` everything is seen and nothing is settled.
    @Test(arguments: Home.allCases) func severalAppliesAreOne(home: Home) throws {
        try home.with { store in
            try store.apply([.setValue("id", [1]), .insertRow(Sample.row(1))])
            for isKept in [false, true] {
                try store.begin()
                try store.apply([.insertRow(Sample.row(2, due: 5)), .setValue("id", [2]), .setNode(7, [1])])
                try store.apply([
                    .insertVersion(Sample.version(2), number: 1, of: Sample.id(2)), .appendEntry(Sample.entry(1)),
                ])
                #expect(throws: StorageError.duplicate) {
                    try store.apply([.setValue("id", [3]), .insertRow(Sample.row(2))])
                }
                #expect(try store.value("id") == [2])
                #expect(try store.row(Sample.id(2)) != nil && store.row(tag: Sample.row(2).tag) != nil)
                #expect(try store.counts() == StoredCounts(rows: 2, versions: 1, entries: 1))
                if isKept { try store.end() } else { try store.undo() }
                #expect(try store.value("id") == [isKept ? 2 : 1])
                #expect(try store.node(7) == (isKept ? [1] : nil))
                #expect(try store.counts().rows == (isKept ? 2 : 1))
            }
            try store.undo()
            try store.apply([.removeRow(Sample.id(1))])
            #expect(try store.counts() == StoredCounts(rows: 1, versions: 1, entries: 1))
        }
    }
}
