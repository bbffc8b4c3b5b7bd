import Foundation
import Lifecycle
import Sealing
import Storage
import Testing
import Wire

@testable import Vault

/// Values on their way to programs: for which hosts, to whom, how many at once.
@Suite struct DeliveryTests {
    private let host = Bench.host
    private let other = Bench.host("evil.example.com")

    private func read(
        _ vault: Vault, _ names: [CredentialName], use: Consumer.Use = .git, host: BoundHost? = nil,
        from peer: Peer = Bench.peer
    ) async throws -> (reports: [ReadReport], values: SecretBox?) {
        guard
            case (.values(let reports), let values) = try await vault.read(
                ReadOrder(names, use: use, host: host), from: peer)
        else { throw Unexpected() }
        return (reports, values)
    }

    @Test func aTokenGoesToItsHostsOnly() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.hosts = [host, Bench.host("git.example.com:8443")] })
        let own = try await read(bench.vault, [Bench.name], host: host)
        #expect(own.values.map(Token.text) == Token.setup(1))
        for wrong in [other, Bench.host("api.anthropic.com"), Bench.host("git.example.com:8444")] {
            let told = try await read(bench.vault, [Bench.name], host: wrong)
            #expect(told.values == nil && told.reports[0].fault?.id == "wrong_host")
            #expect(told.reports[0].fault?.code == .notPermitted && told.reports[0].size == 0)
        }
    }

    @Test func withoutHostsOfItsOwnTheBaseURLOrTheKindDecides() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        #expect(try await read(bench.vault, [Bench.name], host: Bench.host("api.anthropic.com")).values != nil)
        #expect(try await read(bench.vault, [Bench.name], host: other).values == nil)
        let mine = Bench.named("anthropic/mine")
        try await bench.add(Token.setup(2), as: Bench.order(mine) { $0.baseURL = "http://127.0.0.1:8080" })
        #expect(try await read(bench.vault, [mine], host: Bench.host("127.0.0.1:8080")).values != nil)
        #expect(try await read(bench.vault, [mine], host: Bench.host("api.anthropic.com")).values == nil)
    }

    @Test func hostsAndAccountStayWithARotationUntilTheyAreGivenAnew() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { ($0.hosts, $0.account) = ([host], AccountName("alice")) })
        try await bench.rotate(Token.setup(2), as: Bench.order { $0.now = true })
        var report = try await bench.report()
        #expect(report.hosts == ["git.example.com"] && report.account == "alice")
        try await bench.rotate(Token.setup(3), as: Bench.order { ($0.now, $0.hosts) = (true, [other]) })
        report = try await bench.report()
        #expect(report.hosts == ["evil.example.com"] && report.account == "alice")
    }

    @Test func onlyWhatAPersonBoundIsFound() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        #expect(try await bench.vault.bound(to: Bench.host("api.anthropic.com"), nil).isEmpty)
        for (number, account) in [(2, "alice"), (3, "bob"), (4, nil)] {
            let order = Bench.order(Bench.named("git/n\(number)")) {
                ($0.hosts, $0.account) = ([host], account.flatMap(AccountName.init))
            }
            try await bench.add(Token.setup(UInt64(number)), as: order)
        }
        func names(_ account: String?) async throws -> [String] {
            try await bench.vault.bound(to: host, account.flatMap(AccountName.init)).map(\.name.description)
        }
        #expect(try await names(nil) == ["git/n2", "git/n3", "git/n4"])
        #expect(try await names("bob") == ["git/n3", "git/n4"], "its own first")
        #expect(try await names("eve") == ["git/n4"])
        #expect(try await bench.vault.bound(to: other, nil).isEmpty)
    }

    @Test func whatAProgramWasRefusedWithIsWithheldAndNotLost() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.hosts = [host] })
        let fingerprint = try await bench.report().fingerprint
        #expect(
            await fault { try await bench.vault.withhold(Bench.name, fingerprint: "0000-0000-0000") }?.code == .notNow)
        try await bench.vault.withhold(Bench.name, fingerprint: fingerprint)
        #expect(try await bench.vault.bound(to: host, nil).isEmpty)
        #expect(try await bench.value() == Token.setup(1))
        #expect(try await bench.report().state == .healthy, "one refusal proves nothing")
        #expect(try await bench.vault.history(Bench.name, limit: 9).contains { $0.event == "withheld" })
        try await bench.rotate(Token.setup(2), as: Bench.order { $0.now = true })
        #expect(try await bench.vault.bound(to: host, nil).map(\.name) == [Bench.name])
    }

    @Test func oneBadNameCostsNoOther() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.add(Token.setup(2), as: Bench.order(Bench.named("a/b")))
        let asked = [Bench.named("no/such"), Bench.named("a/b"), Bench.name, Bench.named("a/b")]
        let told = try await read(bench.vault, asked, use: .openclaw)
        #expect(told.reports.map(\.name) == asked)
        #expect(told.reports.map { $0.fault?.code } == [.noSuchCredential, nil, nil, nil])
        #expect(told.values.map(Token.text) == Token.setup(2) + Token.setup(1) + Token.setup(2))
    }

    @Test func whatDoesNotFitIsAskedForAgain() async throws {
        let bench = try await Bench.open()
        let large = String(repeating: "x", count: 60_000)
        var names: [CredentialName] = []
        for number in 0..<12 {
            names.append(Bench.named("large/n\(number)"))
            try await bench.add("\(number)" + large, as: Bench.order(names[number]) { $0.kind = Policy.generic })
        }
        var left = names[...]
        var answers = 0
        while !left.isEmpty {
            let part = try await read(bench.vault, Array(left))
            #expect(!part.reports.isEmpty && part.reports.allSatisfy { $0.fault == nil })
            #expect(part.values?.bytes.count == part.reports.reduce(0) { $0 + $1.size })
            left = left.dropFirst(part.reports.count)
            answers += 1
        }
        #expect(answers == 2)
    }

    @Test func whoReadsIsRememberedAndCounted() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        for _ in 0..<40 { _ = try await read(bench.vault, [Bench.name], use: .openclaw) }
        let shell = Peer(connection: 2, user: 1000, program: "/bin/bash", title: "bash")
        _ = try await read(bench.vault, [Bench.name], use: .read, from: shell)
        try await bench.run(until: bench.clock.now + .minutes(2))
        let consumers = try await bench.report().consumers
        #expect(Set(consumers.map(\.program)) == ["/bin/bash", "/usr/bin/node"])
        #expect(consumers.first { $0.use == "openclaw" }?.count == 40)
        let entries = try await bench.vault.history(Bench.name, limit: 99).filter { $0.event == "read" }
        #expect(entries.count == 3, "the first, the rest as one, and the other program")
        #expect(entries.contains { $0.detail == "39 times more by /usr/bin/node (gateway) for openclaw" })
        let next = try bench.restarted()
        try await next.unlock(.machine, secret: nil)
        #expect(try await next.status(StatusQuery(name: Bench.name)).credentials[0].consumers == consumers)
        #expect(try await next.verify().findings.isEmpty)
    }

    @Test func whatIsCountedIsWrittenWhenTheVaultCloses() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        for _ in 0..<5 { _ = try await read(bench.vault, [Bench.name]) }
        try await bench.vault.lockByPerson()
        try await bench.vault.unlock(.machine, secret: nil)
        #expect(try await bench.report().consumers.map(\.count) == [5])
    }

    @Test func aLoopOfStartsIsHeldBackAndAsksNobody() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let (asked, journal) = (bench.prober.count, try await bench.vault.audit(limit: 9_999, before: nil).count)
        var refused = 0
        for connection in 10..<3_010 {
            let peer = Peer(connection: UInt64(connection), user: 1000, program: "/usr/bin/node", title: "gateway")
            let told = await fault { _ = try await read(bench.vault, [Bench.name], from: peer) }
            if let told {
                #expect(told.id == "asked_too_often" && told.code == .notNow)
                refused += 1
            }
        }
        #expect(refused == 1_000 && bench.prober.count == asked)
        try await bench.run(until: bench.clock.now + .minutes(2))
        #expect(try await bench.vault.audit(limit: 9_999, before: nil).count == journal + 2)
    }

    @Test func aSecretOfNoKindIsKeptByteForByte() async throws {
        let bench = try await Bench.open()
        let value = " \"quoted\" \\ and\ttwo\nlines ⌘ sk-ant-oat01-x "
        let report = try await bench.add(value + "\n", as: Bench.order { $0.kind = Policy.generic })
        #expect(report.credential.probing == .off && report.removed == nil && report.length == value.utf8.count)
        #expect(try await bench.value() == value)
        #expect(
            await fault { try await bench.add("\n", as: Bench.order(Bench.named("b/c")) { $0.kind = Policy.generic }) }?
                .code == .refused)
        try await bench.rotate("another", as: Bench.order())
        #expect(try await bench.value() == "another")
    }

    @Test func hostsAndAccountTravelWithAnExport() async throws {
        let bench = try await Bench.open()
        let order = Bench.order(Bench.named("git/one")) {
            ($0.kind, $0.hosts, $0.account) = (Policy.generic, [host, other], AccountName("alice \"a\""))
        }
        try await bench.add("line 1\nline 2", as: order)
        let file = try BackupFile()
        _ = try await bench.vault.export([], to: file.descriptor, passphrase: Token.box("of the file"))
        let next = try await Bench.open()
        let source = try await next.vault.opened(file.descriptor, with: Token.box("of the file"))
        _ = try await next.vault.importing(ImportOrder(), from: source)
        let report = try #require(try await next.vault.status(StatusQuery()).credentials.first)
        #expect(report.hosts == ["git.example.com", "evil.example.com"] && report.account == "alice \"a\"")
        #expect(Token.text(try await next.vault.read(report.name).value) == "line 1\nline 2")
    }
}
