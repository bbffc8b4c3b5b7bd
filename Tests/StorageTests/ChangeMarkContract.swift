import Lifecycle
import Storage
import Testing

/// What every store promises of its marks, run against each.
@Suite struct ChangeMarkContract {
    @Test(arguments: Home.allCases) func aMarkIsTheSameOnlyWhileNothingIsWritten(home: Home) throws {
        try home.with { store in
            var seen = [try store.changeMark()]
            #expect(try store.changeMark() == seen[0])
            _ = try store.values(prefix: "")
            #expect(try store.changeMark() == seen[0])
            try store.apply([.setValue("id", [1])])
            seen.append(try store.changeMark())
            try store.begin()
            try store.apply([.setValue("id", [2])])
            seen.append(try store.changeMark())
            try store.undo()
            seen.append(try store.changeMark())
            #expect(throws: StorageError.missing) { try store.apply([.removeRow(Sample.id(9))]) }
            #expect(Set(seen).count == 4)
        }
        var marks: Set<ChangeMark> = []
        for _ in 0..<2 { try home.with { marks.insert(try $0.changeMark()) } }
        #expect(marks.count == 2, "two stores")
    }
}
