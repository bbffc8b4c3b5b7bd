import Lifecycle
import Storage
import Testing

/// The order in which the timer reads what is due.
extension RecordStoreContract {
    @Test(arguments: Home.allCases) func theMostOverdueComesFirst(home: Home) throws {
        try home.with { store in
            let dues: [Int64?] = [50, -3, nil, 10, 40, 20]
            for (index, due) in dues.enumerated() { try store.apply([.insertRow(Sample.row(UInt8(index), due: due))]) }
            func found(_ time: Int64, _ limit: Int) throws -> [Int64?] {
                try store.due(after: nil, by: Timestamp(milliseconds: time), limit: limit).map { $0.due?.milliseconds }
            }
            #expect(try found(.max, 10) == [-3, 10, 20, 40, 50])
            #expect(try found(20, 10) == [-3, 10, 20])
            #expect(try found(19, 10) == [-3, 10])
            #expect(try found(.max, 2) == [-3, 10])
            #expect(try found(-4, 10) == [])
            #expect(try store.earliestDue(after: Timestamp(milliseconds: .min)) == Timestamp(milliseconds: -3))
            try store.apply([.updateRow(Sample.row(1)), .removeRow(Sample.id(3))])
            #expect(try found(.max, 10) == [20, 40, 50])
            #expect(try store.earliestDue(after: Timestamp(milliseconds: .min)) == Timestamp(milliseconds: 20))
        }
    }

    @Test(arguments: Home.allCases) func whatIsDueIsReadOnFromAPlace(home: Home) throws {
        try home.with { store in
            let dues: [Int64?] = [20, 10, 20, nil, 20, 30]
            for (index, due) in dues.enumerated() { try store.apply([.insertRow(Sample.row(UInt8(index), due: due))]) }
            let all = Timestamp(milliseconds: .max)
            var order: [RecordID] = []
            var place: DuePlace?
            while let row = try store.due(after: place, by: all, limit: 1).first {
                order.append(row.id)
                place = DuePlace(row)
            }
            #expect(order == [1, 0, 2, 4, 5].map { Sample.id($0) })
            let (twenty, before) = (Timestamp(milliseconds: 20), DuePlace(before: Timestamp(milliseconds: 20)))
            #expect(try store.due(after: before, by: all, limit: 9).map(\.id) == [0, 2, 4, 5].map { Sample.id($0) })
            #expect(try store.due(after: before, by: twenty, limit: 2).map(\.id) == [0, 2].map { Sample.id($0) })
            #expect(DuePlace(Sample.row(3)) == nil)
        }
    }
}
