import Foundation
import Lifecycle
import TestSupport
import Testing
import Vault
import Wire

@testable import secretd

/// What every keeper of values promises; each clause is run against each conformance.
enum KeepingClause: String, CaseIterable, Sendable {
    case isPresent, returnsWhatItWasGiven, replacesUnderTheSameID, keepsItemsApart, fetchOfNothingIsMissing
    case deleteRemoves, deleteOfNothingIsMissing, takesTheSmallest, takesTheLargest, endsWithoutTime, twoMayDeleteAtOnce

    /// Sealed values: a padded block of 64 bytes to 128 KiB, and 74 around it (Sealing/Envelope.swift).
    private static let sizes = (smallest: 138, usual: 202, largest: 131_146)

    func check(_ keeper: some ValueKeeper) async throws {
        let id = RecordID.random()
        switch self {
        case .isPresent:
            #expect(await keeper.state(within: Self.time) == .present)
            #expect(keeper.isReachable())
        case .returnsWhatItWasGiven: try await roundTrip(keeper, Self.bytes(Self.sizes.usual), id)
        case .takesTheSmallest: try await roundTrip(keeper, Self.bytes(Self.sizes.smallest), id)
        case .takesTheLargest: try await roundTrip(keeper, Self.bytes(Self.sizes.largest), id)
        case .replacesUnderTheSameID:
            try await keeper.store(Self.bytes(Self.sizes.usual), as: id, within: Self.time)
            try await roundTrip(keeper, Self.bytes(Self.sizes.smallest), id)
        case .keepsItemsApart:
            let first = Self.bytes(Self.sizes.usual)
            try await keeper.store(first, as: id, within: Self.time)
            try await roundTrip(keeper, Self.bytes(Self.sizes.usual), .random())
            #expect(try await keeper.fetch(id, within: Self.time) == first)
        case .fetchOfNothingIsMissing: await isMissing(keeper, id)
        case .deleteRemoves:
            try await keeper.store(Self.bytes(Self.sizes.usual), as: id, within: Self.time)
            try await keeper.delete(id, within: Self.time)
            await isMissing(keeper, id)
        case .deleteOfNothingIsMissing:
            await #expect(throws: KeyringCondition.missing) { try await keeper.delete(id, within: Self.time) }
        case .twoMayDeleteAtOnce: try await deleteAtOnce(keeper)
        case .endsWithoutTime:
            let start = ContinuousClock.now
            await #expect(throws: KeyringCondition.self) { _ = try await keeper.fetch(id, within: .zero) }
            #expect(start.duration(to: .now) < .seconds(1))
        }
    }

    static let time = Duration.seconds(4)

    private func roundTrip(_ keeper: some ValueKeeper, _ bytes: [UInt8], _ id: RecordID) async throws {
        try await keeper.store(bytes, as: id, within: Self.time)
        #expect(try await keeper.fetch(id, within: Self.time) == bytes, "\(rawValue)")
    }

    /// The timer and a command do: whoever comes second finds nothing.
    private func deleteAtOnce(_ keeper: some ValueKeeper) async throws {
        for _ in 0..<20 {
            let id = RecordID.random()
            try await keeper.store(Self.bytes(Self.sizes.usual), as: id, within: Self.time)
            let told = await withTaskGroup(of: KeyringCondition.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        do throws(KeyringCondition) { try await keeper.delete(id, within: Self.time) } catch {
                            return error
                        }
                        return .present
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(told).isSubset(of: [.present, .missing]), "\(told)")
            await isMissing(keeper, id)
        }
    }

    private func isMissing(_ keeper: some ValueKeeper, _ id: RecordID) async {
        await #expect(throws: KeyringCondition.missing) { _ = try await keeper.fetch(id, within: Self.time) }
    }

    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in .random(in: .min ... .max) } }
}

@Suite(.timeLimit(.minutes(5))) struct ValueKeeperContract {
    @Test(arguments: KeepingClause.allCases) func scripted(_ clause: KeepingClause) async throws {
        try await clause.check(ScriptedKeeper())
    }

    /// `secretd`'s own, over `secret-session serve` and a real gnome-keyring.
    @Test func socket() async throws {
        let keyring = try PrivateKeyring()
        let session = try SessionProcess(keyring.environment)
        for clause in KeepingClause.allCases { try await clause.check(session.keeper) }
        #expect(try keyring.session("state").code == 0)
    }
}

/// `secret-session serve` as a child, below a folder of its own.
struct SessionProcess: ~Copyable {
    private let folder: String
    let program: SpawnedProgram
    let places: Places

    init(_ environment: [String: String]) throws {
        let folder = NSTemporaryDirectory() + "tokenward-session-\(UUID().uuidString.prefix(8))"
        let settings = environment.merging(["TOKENWARD_HOME": folder, "SWIFT_BACKTRACE": "enable=no"]) { $1 }
        var word = try PipeEnds()
        let program = try SpawnedProgram(
            BuiltProgram.path("secret-session"), ["serve", "--started"], environment: settings,
            descriptors: [3: word.writing])
        word.closeWriting()
        let said = try word.read(within: .seconds(10))
        try #require(String(decoding: said, as: UTF8.self) == "{}")
        self.folder = folder
        self.program = program
        places = Places(environment: settings)
    }

    deinit {
        program.signal(SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }

    var keeper: SocketKeeper { SocketKeeper(path: places.sessionSocket) }
}
