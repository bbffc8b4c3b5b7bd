import Glibc
import Lifecycle
import TestSupport
import Testing
import Wire

@testable import secretd

/// `secret-session serve` on a real gnome-keyring, as the key holder reaches it.
@Suite(.timeLimit(.minutes(5))) struct SessionDaemonTests {
    static let time = Duration.milliseconds(2_500)

    @Test func conditionsAreTold() async throws {
        var keyring = try PrivateKeyring()
        let session = try SessionProcess(keyring.environment)
        let id = RecordID.random()
        try await session.keeper.store([UInt8](repeating: 1, count: 138), as: id, within: Self.time)
        try keyring.lock()
        #expect(await Self.asked(session.keeper, id) == [.locked, .locked, .locked, .locked])
        try keyring.restart()
        #expect(await session.keeper.state(within: Self.time) == .present)
        try keyring.setDefaultCollection("session")
        await #expect(throws: KeyringCondition.transient) {
            try await session.keeper.store([UInt8](repeating: 2, count: 138), as: .random(), within: Self.time)
        }
        try keyring.setDefaultCollection("login")
        #expect(try await session.keeper.fetch(id, within: Self.time) == [UInt8](repeating: 1, count: 138))
    }

    @Test func aHungKeyringIsToldInTimeAndForgivenLater() async throws {
        let keyring = try PrivateKeyring()
        let session = try SessionProcess(keyring.environment)
        _ = await session.keeper.state(within: Self.time)
        keyring.freeze()
        let start = ContinuousClock.now
        #expect(await session.keeper.state(within: Self.time) == .hung)
        #expect(start.duration(to: .now) < Self.time)
        keyring.thaw()
        #expect(await session.keeper.state(within: Self.time) == .present)
    }

    @Test func aStoppedSessionIsToldFromAHungKeyring() async throws {
        let session = try SessionProcess(try PrivateKeyring().environment)
        session.program.signal(SIGSTOP)
        let start = ContinuousClock.now
        #expect(await session.keeper.state(within: .seconds(1)) == .sessionHung)
        #expect(start.duration(to: .now) < .seconds(2))
        session.program.signal(SIGKILL)
        _ = try session.program.exitCode(within: .seconds(10))
        #expect(await session.keeper.state(within: Self.time) == .noSession)
        #expect(!session.keeper.isReachable())
    }

    /// The next command's bus may have a keyring; this process knows only its own.
    @Test func withoutAKeyringItEnds() async throws {
        let keyring = try PrivateKeyring()
        let session = try SessionProcess(keyring.environment)
        try keyring.kill()
        #expect(await session.keeper.state(within: Self.time) == .absent)
        #expect(try session.program.exitCode(within: .seconds(10)) == 0)
        #expect(!session.keeper.isReachable())
    }

    @Test func aDeadBusIsAnAnswerAndNoSignal() async throws {
        let session = try SessionProcess(try PrivateKeyring().environment)
        #expect(await session.keeper.state(within: Self.time) == .absent)
        #expect(try session.program.exitCode(within: .seconds(10)) == 0)
    }

    @Test func itEndsWhenItIsTold() async throws {
        let session = try SessionProcess(try PrivateKeyring().environment)
        session.program.signal(SIGTERM)
        #expect(try session.program.exitCode(within: .seconds(10)) == 0)
    }

    /// gnome-keyring 42.1 aborts over a prompt that is dismissed while it waits; ours is left alone.
    @Test func aPromptThatNobodyAnswersIsToldAndHarmsNobody() throws {
        let keyring = try PrivateKeyring(showsPrompts: true)
        let id = try keyring.createdID()
        try keyring.lock()
        for words in [["state"], ["fetch", "--id", id, "--fd", "3"], ["create", "--fd", "3"]] {
            let result = try keyring.session(words + ["--prompt", "--within", "700"])
            #expect(result.code == 75, "\(words)")
            #expect(result.talk.hasPrefix("secret: error: the keyring wants to ask you first, and nobody answered\n"))
            #expect(result.duration < .seconds(2) && result.handedOver.isEmpty)
        }
        #expect(try keyring.session("state").text == "locked\n")
    }

    private static func asked(_ keeper: SocketKeeper, _ id: RecordID) async -> [KeyringCondition] {
        func told(_ work: () async throws(KeyringCondition) -> Void) async -> KeyringCondition {
            do throws(KeyringCondition) { try await work() } catch { return error }
            return .present
        }
        return [
            await keeper.state(within: time),
            await told { () async throws(KeyringCondition) in _ = try await keeper.fetch(id, within: time) },
            await told { () async throws(KeyringCondition) in
                try await keeper.store([UInt8](repeating: 3, count: 138), as: id, within: time)
            },
            await told { () async throws(KeyringCondition) in try await keeper.delete(id, within: time) },
        ]
    }
}
