import Testing

@testable import Lifecycle

@Suite struct ReadLedgerTests {
    private let gateway = Consumer(program: "/usr/bin/node", title: "gateway", user: 1000, use: .openclaw)
    private let shell = Consumer(program: "/bin/bash", title: "bash", user: 1000, use: .read)
    private let record = RecordID.random()
    private let start = Timestamp(seconds: 1_000_000)

    @Test func theFirstIsWrittenDownAtOnceTheRestAsOne() {
        var ledger = ReadLedger()
        let first = ledger.note(record, version: 1, to: gateway, at: start)
        #expect(first.map(\.count) == [1] && first.map(\.isFirst) == [true])
        #expect(ledger.nextEnd == nil, "there is nothing more to tell")
        for second in 1...36 {
            #expect(ledger.note(record, version: 1, to: gateway, at: start + .seconds(second)).isEmpty)
        }
        #expect(ledger.nextEnd == start + .minutes(1))
        #expect(ledger.ended(by: start + .seconds(59)).isEmpty)
        let rest = ledger.ended(by: start + .minutes(1))
        #expect(rest.map(\.count) == [36] && rest.map(\.isFirst) == [false] && rest[0].last == start + .seconds(36))
        let left = ledger.ended(by: nil)
        #expect(left.isEmpty && ledger.nextEnd == nil)
    }

    @Test func eachConsumerRecordAndVersionIsItsOwn() {
        var ledger = ReadLedger()
        _ = ledger.note(record, version: 1, to: gateway, at: start)
        #expect(ledger.note(record, version: 1, to: shell, at: start).map(\.consumer) == [shell])
        #expect(ledger.note(.random(), version: 1, to: gateway, at: start).count == 1)
        _ = ledger.note(record, version: 1, to: gateway, at: start)
        let next = ledger.note(record, version: 2, to: gateway, at: start)
        #expect(next.map(\.version) == [1, 2] && next.map(\.count) == [1, 1], "what was counted is told before")
    }

    @Test func nothingIsLostWhateverTheClockDoes() {
        var ledger = ReadLedger()
        var told = 0
        var now = start
        for step in [0, 1, -30, 5, 3_600, -7_200, 59, 61, 0, 0, 90_000] {
            now = now + .seconds(step)
            told += ledger.note(record, version: 1, to: gateway, at: now).reduce(0) { $0 + $1.count }
        }
        told += ledger.ended(by: nil).reduce(0) { $0 + $1.count }
        #expect(told == 11)
    }

    @Test func aLoopThatStartsOverAndOverIsHeldBack() {
        var ledger = ReadLedger()
        var admitted = 0
        for connection in 1...5_000 {
            if ledger.admits(gateway, connection: UInt64(connection), at: start) { admitted += 1 }
        }
        #expect(admitted == Int(ReadLedger.mostAtOnce))
        func admits(_ consumer: Consumer, _ connection: UInt64, _ time: Timestamp) -> Bool {
            ledger.admits(consumer, connection: connection, at: time)
        }
        #expect(admits(gateway, 2_000, start), "a connection pays once")
        #expect(admits(shell, 6_000, start), "others go on")
        #expect(!admits(gateway, 6_001, start + .milliseconds(9)))
        #expect(admits(gateway, 6_002, start + .milliseconds(20)))
        #expect(!admits(gateway, 6_003, start - .hours(1)), "a clock that is put back gives nothing")
    }

    @Test func aCredentialRemembersTheLatestSixteen() {
        var all: [ConsumerRecord] = []
        for number in 0..<40 {
            let consumer = Consumer(program: "/p\(number)", title: "p", user: 1, use: .git)
            all = all.remembering(consumer, at: start + .seconds(number), count: 2)
            all = all.remembering(gateway, at: start + .seconds(number), count: 1)
        }
        #expect(all.count == 16)
        let known = all.first { $0.consumer == gateway }
        #expect(known?.count == 40 && known?.first == start && known?.last == start + .seconds(39))
        #expect(all.contains { $0.consumer.program == "/p39" } && !all.contains { $0.consumer.program == "/p3" })
    }
}
