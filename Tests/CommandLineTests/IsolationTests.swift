import Foundation
import Glibc
import TestSupport
import Testing
import Wire

/// What other processes get of daemons that hold a token: as the same user, and as another one. The tests run as root, the daemons do not.
@Suite(.ownThreads, .timeLimit(.minutes(10))) struct IsolationTests {
    private static let owner = 54_321
    private static let stranger = 54_322
    private static let token = "isolated-0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff"

    /// Tries what a program that steals would; a line for each attempt: its name, then what came of it.
    private static let thief = """
        import ctypes, os, socket, sys
        libc = ctypes.CDLL(None, use_errno=True)
        pid, path = int(sys.argv[1]), sys.argv[2]
        def attempt(name, work):
            if sys.argv[3:] and name not in sys.argv[3:]:
                return
            try:
                print(name, work())
            except OSError as error:
                print(name, error.errno)
        for name in ("mem", "environ", "maps", "auxv", "syscall"):
            attempt(name, lambda: len(open(f"/proc/{pid}/{name}", "rb").read(4096)))
        attempt("exe", lambda: os.readlink(f"/proc/{pid}/exe"))
        attempt("fd", lambda: os.listdir(f"/proc/{pid}/fd"))
        def attach():
            if libc.ptrace(16, pid, None, None):
                raise OSError(ctypes.get_errno(), "ptrace")
            return "attached"
        attempt("ptrace", attach)
        class Part(ctypes.Structure):
            _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
        def reading():
            room = ctypes.create_string_buffer(16)
            ours, theirs = Part(ctypes.addressof(room), 16), Part(0x400000, 16)
            if libc.process_vm_readv(pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0) < 0:
                raise OSError(ctypes.get_errno(), "process_vm_readv")
            return "read"
        attempt("process_vm_readv", reading)
        def calling():
            line = socket.socket(socket.AF_UNIX)
            line.settimeout(10)
            line.connect(path)
            hello = b'{"protocolVersion":1,"program":"thief","build":"0"}'
            line.sendall(b"TWD1" + len(hello).to_bytes(4, "big") + bytes(4) + hello)
            return len(line.recv(4096))
        attempt("socket", calling)
        """

    /// A home, programs and daemons of the owner.
    private struct Scene {
        let desk: Desk
        let programs: String

        func run(as user: Int, _ words: [String], input: String? = nil) throws -> ProgramResult {
            let name = String(user)
            return try ProgramResult.of(
                "/usr/bin/setpriv", ["--reuid", name, "--regid", name, "--clear-groups"] + words,
                environment: desk.environment, input: input.map { Array($0.utf8) }, within: .seconds(60))
        }

        func secret(_ words: String..., input: String? = nil) throws -> ProgramResult {
            try run(as: owner, [programs + "/secret"] + words, input: input)
        }

        /// What each attempt gave.
        func attempts(as user: Int, on process: Int32, only: String...) throws -> [String: String] {
            let words = ["/usr/bin/python3", "-c", thief, "\(process)", desk.places.agentSocket] + only
            let lines = try run(as: user, words).text.split(separator: "\n").map {
                $0.split(separator: " ", maxSplits: 1)
            }
            return Dictionary(lines.map { (String($0[0]), String($0.last ?? "")) }) { $1 }
        }

        func stop() { _ = try? secret("daemon", "stop") }
    }

    private func scene() throws -> Scene {
        let desk = try Desk()
        let programs = desk.folder + "/bin"
        try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: false)
        for name in ["secret", "secretd", "secret-prober"] {
            try FileManager.default.copyItem(atPath: try BuiltProgram.path(name), toPath: programs + "/" + name)
        }
        for path in [desk.folder, programs] { try change(path, 0o755) }
        for path in [desk.home, desk.home + "/config.yaml"] {
            #expect(unsafe chown(path, uid_t(Self.owner), gid_t(Self.owner)) == 0)
        }
        let scene = Scene(desk: desk, programs: programs)
        try #require(scene.secret("init", "--machine", "--no-input").code == 0)
        let added = try scene.secret("add", "any/one", "--stdin", "--kind", "generic.secret", input: Self.token)
        try #require(added.code == 0, "\(added.talk)")
        return scene
    }

    private func change(_ path: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func process(_ scene: Scene, _ name: String) throws -> Int32 {
        let found = ProcessWatch.processes(of: name, home: scene.desk.home)
        return try #require(found.first)
    }

    /// EPERM and EACCES of errno(3).
    private static let refused: Set = ["1", "13"]

    @Test func theSameUserGetsNothingOutOfTheDaemons() throws {
        let scene = try scene()
        defer { scene.stop() }
        for name in ["secretd", "secret-prober"] {
            var attempts = try scene.attempts(as: Self.owner, on: try process(scene, name))
            #expect(Int(attempts.removeValue(forKey: "socket") ?? "") ?? 0 > 12, "its own user is answered")
            #expect(attempts.count == 9)
            for (attempt, result) in attempts {
                #expect(Self.refused.contains(result), "\(name) \(attempt): \(result)")
            }
        }
        let bystander = try SpawnedProgram(
            "/usr/bin/setpriv",
            ["--reuid", "\(Self.owner)", "--regid", "\(Self.owner)", "--clear-groups", "sleep", "60"],
            environment: [:])
        _ = poll(nil, 0, 300)
        let control = try scene.attempts(as: Self.owner, on: bystander.pid)
        #expect(
            control["ptrace"] == "attached" && Int(control["environ"] ?? "") != nil,
            "the thief knows its trade: \(control)")
    }

    @Test func anotherUserGetsNothing() throws {
        let scene = try scene()
        defer { scene.stop() }
        let process = try process(scene, "secretd")
        let attempts = try scene.attempts(as: Self.stranger, on: process)
        #expect(attempts.count == 10)
        for (attempt, result) in attempts { #expect(Self.refused.contains(result), "\(attempt): \(result)") }
        // Even where the folders and the socket are thrown open, the daemon answers nobody else, root neither.
        for path in [scene.desk.home, scene.desk.places.runtime] { try change(path, 0o755) }
        try change(scene.desk.places.agentSocket, 0o666)
        for user in [Self.stranger, 0] {
            let answer = try scene.attempts(as: user, on: process, only: "socket")["socket"] ?? ""
            // Closed without a word: the end, EPIPE, or ECONNRESET for what was not read.
            #expect(["0", "32", "104"].contains(answer), "\(user): \(answer)")
        }
        for path in [scene.desk.home, scene.desk.places.runtime] { try change(path, 0o700) }
        #expect(try scene.secret("read", "any/one").text == Self.token)
    }

    /// The limit of the caller does not help a core into being.
    @Test func noCoreIsLeft() throws {
        let scene = try scene()
        defer { scene.stop() }
        _ = try scene.secret("daemon", "stop")
        let started = try scene.run(
            as: Self.owner,
            ["sh", "-c", "cd \(scene.desk.home) && ulimit -c unlimited && exec \(scene.programs)/secret read any/one"])
        #expect(started.text == Self.token)
        let process = try process(scene, "secretd")
        let limits = try String(
            decoding: FileHandle(forReadingFrom: URL(filePath: "/proc/\(process)/limits")).readToEnd() ?? Data(),
            as: UTF8.self)
        let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        #expect(core?.split(separator: " ").dropFirst(4).first == "0")
        kill(process, SIGSEGV)
        for _ in 0..<200 where kill(process, 0) == 0 { _ = poll(nil, 0, 20) }
        let files = try FileManager.default.subpathsOfDirectory(atPath: scene.desk.folder)
        #expect(files.allSatisfy { !$0.hasSuffix("/core") && !$0.contains("core.") })
    }
}
