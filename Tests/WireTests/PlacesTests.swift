import Glibc
import Lifecycle
import TestSupport
import Testing
import Wire

@Suite struct PlacesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String, environment: [String: String], folders: [String]
        init(_ name: String, _ environment: [String: String], _ folders: [String]) {
            (testDescription, self.environment, self.folders) = (name, environment, folders)
        }
    }
    private static let usual = ["/h/.config/tokenward", "/h/.local/share/tokenward", "/h/.local/state/tokenward"]
    private static let all = [
        "HOME": "/h", "XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "/s", "XDG_RUNTIME_DIR": "/r",
    ]

    /// Configuration, data, state and, where the environment decides it, runtime.
    static let rows = [
        Row("one folder", ["TOKENWARD_HOME": "/t"], ["/t", "/t/data", "/t/state", "/t/run"]),
        Row(
            "one folder goes before all", all.merging(["TOKENWARD_HOME": "/t"]) { $1 },
            ["/t", "/t/data", "/t/state", "/t/run"]),
        Row("XDG", all, ["/c/tokenward", "/d/tokenward", "/s/tokenward", "/r/tokenward"]),
        Row("a home alone", ["HOME": "/h"], usual),
        Row("an empty TOKENWARD_HOME is none", ["HOME": "/h", "TOKENWARD_HOME": ""], usual),
        Row("empty XDG variables are none", ["HOME": "/h", "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""], usual),
        Row(
            "relative XDG variables are ignored", ["HOME": "/h", "XDG_STATE_HOME": "s", "XDG_RUNTIME_DIR": "/r"],
            usual + ["/r/tokenward"]),
    ]

    @Test(arguments: rows) func environments(_ row: Row) {
        let places = Places(environment: row.environment)
        let found = [places.configuration, places.data, places.state, places.runtime]
        #expect(Array(found.prefix(row.folders.count)) == row.folders)
    }

    @Test func aRelativeHomeIsBelowTheCurrentFolder() {
        let places = Places(environment: ["TOKENWARD_HOME": "here"])
        #expect(places.configuration.hasPrefix("/") && places.configuration.hasSuffix("/here"))
    }

    @Test(arguments: [[:], ["HOME": ""], ["HOME": "relative"]] as [[String: String]])
    func withoutEnvironmentThePasswordDatabaseKnows(environment: [String: String]) throws {
        let entry = unsafe getpwuid(geteuid())
        let home = unsafe entry.flatMap { unsafe $0.pointee.pw_dir.map { unsafe String(cString: $0) } }
        let places = Places(environment: environment)
        #expect(places.configuration == "\(try #require(home))/.config/tokenward")
        #expect(places.runtime.hasPrefix("/") && places.runtime.contains("tokenward"))
    }

    @Test func filesHaveTheirNames() {
        let places = Places(environment: ["TOKENWARD_HOME": "/t"])
        #expect(places.configurationFile == "/t/config.yaml" && places.machineKey == "/t/machine.key")
        #expect(places.database == "/t/data/vault.db" && places.vaultLock == "/t/data/vault.lock")
        #expect(places.agentSocket == "/t/run/agent.sock" && places.proberSocket == "/t/run/prober.sock")
        #expect(places.proberLock == "/t/run/prober.lock")
    }

    @Test func theKeyOfTheMachineIsNotBesideTheVault() {
        for row in Self.rows {
            let places = Places(environment: row.environment)
            #expect(!places.machineKey.hasPrefix(places.data + "/"))
        }
    }

    @Test func foldersArePrivate() throws {
        let folder = try TemporaryFolder()
        let places = Places(environment: ["TOKENWARD_HOME": folder.path + "/a/b/home"])
        for _ in 0..<2 { try places.make() }
        for made in [places.configuration, places.data, places.state, places.runtime] {
            #expect(mode(of: made) == 0o700)
        }
    }

    @Test func aFileInTheWayIsAFailure() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/file"
        close(unsafe open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
        let places = Places(environment: ["TOKENWARD_HOME": file + "/home"])
        #expect(throws: WireError.failed(errno: ENOTDIR)) { try places.make() }
    }
}

@Suite(.onItsOwnThread) struct FileLockTests {
    @Test func oneHolderAtATime() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/vault.lock"
        do {
            let first = try FileLock.take(path)
            let second = try FileLock.take(path)
            let (held, refused) = (first != nil, second == nil)
            #expect(held && refused)
            #expect(mode(of: path) == 0o600)
        }
        let again = try FileLock.take(path) != nil
        #expect(again)
    }

    @Test func anotherProcessIsKeptOut() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/vault.lock"
        do {
            let lock = try FileLock.take(path)
            let held = lock != nil
            #expect(held)
            let other = try ProgramResult.of(
                "flock", ["--nonblock", path, "true"], environment: ["PATH": "/usr/bin:/bin"], within: .seconds(60))
            #expect(other.code == 1)
            _ = consume lock
        }
        let later = try ProgramResult.of(
            "flock", ["--nonblock", path, "true"], environment: ["PATH": "/usr/bin:/bin"], within: .seconds(60))
        #expect(later.code == 0)
    }

    @Test func aLinkIsNotFollowed() throws {
        let folder = try TemporaryFolder()
        let link = folder.path + "/link"
        guard unsafe symlink(folder.path + "/target", link) == 0 else {
            throw TestFault.system(call: "symlink", errno: errno)
        }
        let told = refusal(link)
        #expect(told == .failed(errno: ELOOP))
        #expect(refusal(folder.path + "/absent/lock") == .failed(errno: ENOENT))
    }

    private func refusal(_ path: String) -> WireError? {
        do throws(WireError) {
            _ = try FileLock.take(path)
            return nil
        } catch { return error }
    }
}

@Suite struct ReadinessTests {
    private func heard(_ bytes: [UInt8]?, within milliseconds: Int32 = 60_000) throws -> Fault? {
        var pipe = try PipeEnds()
        if let bytes {
            try pipe.write(bytes)
            pipe.closeWriting()
        }
        return Wire.Readiness.heard(on: pipe.reading, program: "secretd", within: milliseconds)
    }

    @Test func allIsWell() throws { #expect(try heard(Array("{}".utf8)) == nil) }

    @Test func theFaultOfTheDaemonIsHeard() throws {
        let word = #"{"fault":{"code":75,"id":"vault_in_use","message":"another secretd holds this vault"}}"#
        #expect(try heard(Array(word.utf8)) == Fault(.notNow, "vault_in_use", "another secretd holds this vault"))
    }

    @Test(arguments: ["", "{", "nonsense", "[]", #"{"fault":7}"#, #"{"fault":{"code":3,"id":"x","message":"y"}}"#])
    func anotherEndIsAFault(text: String) throws {
        #expect(try heard(Array(text.utf8))?.id == "daemon_ended")
    }

    @Test func silenceIsAFault() throws {
        let fault = try heard(nil, within: 0)
        #expect(fault?.id == "daemon_slow" && fault?.code == .unreachable)
    }
}
