import Glibc
import Lifecycle
import Sealing
import TestSupport
import Testing
import Wire

/// A listener and its clients, over real sockets.
@Suite(.onItsOwnThread) struct ConversationTests {
    private func text(_ box: SecretBox?) -> [UInt8]? {
        box?.bytes.withBytes { span in span.indices.map { span[$0] } }
    }

    static func requests() throws -> [Request] {
        let name = try CredentialName("anthropic/main")
        var order = StoreOrder(name: name)
        order.kind = "anthropic.setup-token"
        order.baseURL = "https://example.com"
        order.probing = .passive
        order.minted = Timestamp(seconds: 5)
        order.accepted = [.probe, .credentialsFile]
        order.graceMilliseconds = 7
        let host = try BoundHost("git.example.com:8443")
        (order.hosts, order.account) = ([host], AccountName("alice"))
        var imports = ImportOrder()
        (imports.prefix, imports.kind, imports.probing) = (name, "anthropic.setup-token", .off)
        (imports.skipsExisting, imports.withShortLived, imports.isRehearsal, imports.isAccepted) = (
            true, true, true, true
        )
        return [
            .initialize(.machine, anew: true), .unlock(.keyring(.random()), UnlockTerms()),
            .unlock(.passphrase, UnlockTerms(acceptsState: true, anchor: [1])),
            .unlock(.recovery, UnlockTerms()), .lock,
            .slots,
            .add(order), .rotate(StoreOrder(name: name)), .undo(name),
            .status(StatusQuery(name: name, limit: 3, after: name)), .probe(name, accepted: true),
            .probe(name, accepted: false), .history(name, limit: 9), .remove(name),
            .read(ReadOrder([name, name], use: .git, host: host)), .bound(host, AccountName("alice")),
            .withhold(name, fingerprint: "7f3k-9q2m-x4d8"), .pause(name), .resume(name), .importing(imports),
        ]
    }

    @Test func everyRequestTravels() async throws {
        let served = try Served()
        let client = try served.client()
        #expect(client.welcome == Echo().welcomed)
        #expect(client.process == getpid())
        for request in try Self.requests() {
            let (answer, secret) = try client.call(request, as: Request.self)
            #expect(answer == request && secret == nil)
        }
        await served.stop()
    }

    @Test(arguments: [0, 7, Connection.largestSecret])
    func aFileTravelsBesideASecret(size: Int) async throws {
        let served = try Served(FileReader())
        let client = try served.client()
        var pipe = try PipeEnds()
        try pipe.write([1, 2, 3])
        pipe.closeWriting()
        let secret = size == 0 ? nil : SecretBox(try SecretBytes.random(count: size))
        let (answer, given) = try client.call(Request.backup, secret: secret, file: pipe.reading, as: Answer.self)
        #expect(answer == .anchor([1, 2, 3]))
        #expect(text(given) == text(secret))
        #expect(try client.call(Request.backup, as: Answer.self).0 == .done("no file"))
        await served.stop()
    }

    @Test(arguments: [1, 2, 108, 4095, 4096, 65_536, Connection.largestSecret])
    func aSecretTravelsAndIsEqual(size: Int) async throws {
        let served = try Served()
        let client = try served.client()
        let secret = try SecretBytes.random(count: size)
        let (answer, back) = try client.call(Request.lock, secret: secret, as: Request.self)
        #expect(answer == .lock)
        let same = back?.bytes.matches(secret)
        #expect(same == true)
        await served.stop()
    }

    @Test func everyByteTravels() async throws {
        let served = try Served()
        let bytes = (UInt8.min ... .max).map(\.self)
        let secret = try SecretBytes(copying: bytes.span)
        let back = try served.client().call(Request.lock, secret: secret, as: Request.self).1
        #expect(text(back) == bytes)
        await served.stop()
    }

    @Test func anEmptySecretIsNoSecret() async throws {
        let served = try Served()
        let empty = try SecretBytes(capacity: 0) { _ in }
        let back = try served.client().call(Request.lock, secret: empty, as: Request.self).1
        #expect(back == nil)
        await served.stop()
    }

    @Test func aLargerSecretIsNotSent() async throws {
        let served = try Served()
        let client = try served.client()
        let secret = try SecretBytes.random(count: Connection.largestSecret + 1)
        #expect(throws: WireError.malformed) { try client.call(Request.lock, secret: secret, as: Request.self).0 }
        let (answer, _) = try client.call(Request.slots, as: Request.self)
        #expect(answer == .slots)
        await served.stop()
    }

    @Test func anAnswerOfAnotherShapeIsMalformed() async throws {
        let served = try Served()
        let client = try served.client()
        #expect(throws: WireError.malformed) { try client.call(Request.lock, as: Answer.self).0 }
        await served.stop()
    }

    @Test func anotherVersionIsTold() async throws {
        var welcome = Echo().welcomed
        welcome.protocolVersion = 2
        welcome.build = "9.9"
        let served = try Served(Echo(welcomed: welcome))
        let told = refusal { () throws(WireError) in try served.client() }
        #expect(told == .otherVersion(protocolVersion: 2, build: "9.9"))
        await served.stop()
    }

    @Test func aClientOfAnotherVersionGetsAWelcomeAndNoMore() async throws {
        let served = try Served()
        let raw = try RawSocket(served.path)
        raw.send(frame(#"{"protocolVersion":2,"program":"tests","build":"9"}"#) + frame(#"{"lock":{}}"#))
        let answer = String(decoding: try raw.readToEnd(), as: UTF8.self)
        #expect(answer.hasPrefix("TWD1") && answer.components("TWD1") == 1)
        #expect(answer.contains(#""protocolVersion":1"#))
        await served.stop()
    }

    @Test(arguments: [100, 107, 108, 109, 200, 1000]) func pathsOfAnyLength(bytes: Int) async throws {
        let served = try Served(pathBytes: bytes)
        #expect(mode(of: served.path) == 0o600)
        let (answer, _) = try served.client().call(Request.slots, as: Request.self)
        #expect(answer == .slots)
        #expect(try Client.process(at: served.path) == getpid())
        await served.stop()
        #expect(mode(of: served.path) == nil)
    }

    private func refusal(_ connect: () throws(WireError) -> Client) -> WireError? {
        do throws(WireError) {
            _ = try connect()
            return nil
        } catch { return error }
    }

    @Test func nobodyIsThere() throws {
        let folder = try TemporaryFolder()
        for path in [folder.path + "/agent.sock", folder.path + "/absent/agent.sock"] {
            #expect(refusal { () throws(WireError) in try Client(socket: path, program: "tests") } == .nobodyThere)
        }
    }

    @Test func aDeadDaemonsSocketIsReplaced() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/agent.sock"
        do { _ = try Listener(path: path) }
        #expect(mode(of: path) == 0o600)
        #expect(refusal { () throws(WireError) in try Client(socket: path, program: "tests") } == .nobodyThere)
        let listener = try Listener(path: path)
        let ended = Task { await listener.run(Echo()) }
        let (answer, _) = try Client(socket: path, program: "tests").call(Request.lock, as: Request.self)
        #expect(answer == .lock)
        listener.stop()
        await ended.value
    }

    @Test(arguments: [0o755, 0o750, 0o701, 0o770, 0o777] as [mode_t])
    func aFolderThatOthersReachIsNotTrusted(mode: mode_t) async throws {
        let served = try Served()
        let folder = String(served.path.dropLast("/agent.sock".count))
        guard unsafe chmod(folder, mode) == 0 else { throw TestFault.system(call: "chmod", errno: errno) }
        #expect(refusal { () throws(WireError) in try served.client() } == .untrustedSocket)
        #expect(throws: WireError.untrustedSocket) { try Listener(path: folder + "/other.sock") }
        _ = unsafe chmod(folder, 0o700)
        await served.stop()
    }

    @Test func aLinkToAFolderIsNotTrusted() throws {
        let folder = try TemporaryFolder()
        let link = folder.path + "/link"
        guard unsafe symlink("/tmp", link) == 0 else { throw TestFault.system(call: "symlink", errno: errno) }
        #expect(throws: WireError.untrustedSocket) { try Listener(path: link + "/agent.sock") }
    }

    @Test func aSilentPeerTimesOut() throws {
        let silent = try SilentSocket()
        let path = silent.path
        #expect(
            refusal { () throws(WireError) in try Client(socket: path, program: "tests", timeoutSeconds: 1) }
                == .timedOut)
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(_ part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}
