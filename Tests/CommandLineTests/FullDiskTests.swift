import Foundation
import Lifecycle
import TestSupport
import Testing
import Wire

/// A disk without room, made of a small tmpfs(5); mounting it takes root, as in the container that the tests run in.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(60))) struct FullDiskTests {
    @Test func additionIsRefusedAndNothingIsLost() throws {
        try onSmallDisk { disk in
            let desk = try Desk(home: disk + "/home")
            defer { desk.stop() }
            var kept = [Desk.name: try desk.makeVaultWithToken().value]
            try fill(disk)
            var refused: (token: Provider.Token, fault: Fault)?
            // What SQLite allotted before takes a few more.
            for number in 0..<300 where refused == nil {
                let token = try desk.provider.mint()
                let result = try desk.add(token, "--json", name: "kind/n\(number)")
                if result.code == 0 {
                    kept["kind/n\(number)"] = token.value
                } else {
                    refused = (token, try fault(result))
                }
            }
            let (token, fault) = try #require(refused)
            #expect(fault.code == .inputOutput && fault.id == "disk_full")
            #expect(fault.message == "the disk is full; nothing was changed")
            #expect(fault.hint == "make room in the folder of vault.db, then run the same command again")
            #expect(Set(try desk.report().credentials.map(\.name.description)) == Set(kept.keys))

            try FileManager.default.removeItem(atPath: disk + "/filler")
            #expect(try desk.add(token, name: "kind/last").code == 0)
            kept["kind/last"] = token.value
            #expect(try desk.secret("daemon", "stop").code == 0)
            for (name, value) in kept { #expect(try desk.value(name) == value) }
            print("disk: \(kept.count) kept through a full disk")
        }
    }

    @Test func vaultIsNotMadeByHalves() throws {
        try onSmallDisk { disk in
            let desk = try Desk(home: disk + "/home")
            defer { desk.stop() }
            try fill(disk)
            let fault = try desk.fault("init", "--machine", "--no-input")
            #expect(fault.code == .inputOutput)
            #expect(fault.message.contains("disk is full") || fault.message.contains("errno 28"), "\(fault.message)")
            try FileManager.default.removeItem(atPath: disk + "/filler")
            #expect(try desk.secret("init", "--machine", "--no-input").code == 0)
            let token = try desk.provider.mint()
            #expect(try desk.add(token).code == 0)
            #expect(try desk.secret("daemon", "stop").code == 0)
            #expect(try desk.value() == token.value)
        }
    }

    @Test func copyIsNotLeftByHalves() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        try onSmallDisk { disk in
            try fill(disk)
            let result = try desk.secret("read", Desk.name, "--output", disk + "/copy")
            #expect(result.code == 74 && result.talk.contains("the file cannot be written (errno 28)"))
            #expect(!FileManager.default.fileExists(atPath: disk + "/copy"))
        }
    }

    @Test func backupsAndExportsAreNotLeftByHalves() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        try onSmallDisk { disk in
            try fill(disk)
            let fault = try desk.fault("backup", disk + "/vault.backup")
            #expect(fault.code == .inputOutput && fault.message.contains("the disk is full"), "\(fault)")
            #expect(!FileManager.default.fileExists(atPath: disk + "/vault.backup"))
            let told = try desk.fault("export", disk + "/tokens.export", "--passphrase-fd", "0", input: "of the file\n")
            #expect(told.code == .inputOutput && told.message.contains("the disk is full"), "\(told)")
            #expect(!FileManager.default.fileExists(atPath: disk + "/tokens.export"))
        }
    }

    @Test func restoreOnAFullDiskKeepsTheVault() throws {
        let away = try Desk()
        try away.makeVault()
        for number in 0..<12 {
            #expect(try away.add(try away.provider.mint(), name: "kind/n\(number)").code == 0)
        }
        let file = away.folder + "/vault.backup"
        #expect(try away.secret("backup", file, "--passphrase-fd", "0", input: "of the file\n").code == 0)
        try onSmallDisk { disk in
            let desk = try Desk(home: disk + "/home")
            defer { desk.stop() }
            let token = try desk.makeVaultWithToken()
            try fill(disk)
            let fault = try desk.fault(
                "restore", file, "--replace", "--yes", "--passphrase-fd", "0", input: "of the file\n")
            #expect(fault.code == .inputOutput && fault.id == "disk_full", "\(fault)")
            #expect(try desk.value() == token.value)
            try FileManager.default.removeItem(atPath: disk + "/filler")
            #expect(try desk.secret("daemon", "stop").code == 0)
            #expect(try desk.value() == token.value)
            #expect(try desk.secret("verify").code == 0)
        }
    }

    private func fault(_ result: ProgramResult) throws -> Fault {
        struct Sheet: Decodable { let error: Fault }
        return try JSONDecoder().decode(Sheet.self, from: Data(result.output)).error
    }

    private func onSmallDisk(_ body: (String) throws -> Void) throws {
        let disk = try SmallDisk()
        try body(disk.path)
    }

    /// To the last byte.
    private func fill(_ disk: String) throws { try SmallDisk.fill(disk) }
}
