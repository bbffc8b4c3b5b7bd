import Foundation
import Glibc
import Lifecycle
import Sealing
import TestSupport
import Testing
import Wire

/// Files that go along with a message.
@Suite(.onItsOwnThread) struct PassedFileTests {
    /// Answers with the first bytes of the file that came.
    private struct Opener: Responder {
        func welcome() async -> Welcome { Echo().welcomed }
        func answer(_ question: Request, secret: SecretBox?) async -> (String, SecretBox?) { ("nothing came", secret) }

        func answer(_ question: Request, secret: SecretBox?, file: PassedFile?, from peer: Peer) async -> (
            String, SecretBox?
        ) {
            guard let file else { return await answer(question, secret: secret) }
            var room = [UInt8](repeating: 0, count: 8)
            let count = unsafe read(file.descriptor, &room, room.count)
            return (String(decoding: room.prefix(max(0, count)), as: UTF8.self), nil)
        }
    }

    private func file(_ text: String) throws -> Int32 {
        let path = "/tmp/tokenward-file-\(RecordID.random())"
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { unsafe unlink(path) }
        return unsafe open(path, O_RDONLY | O_CLOEXEC)
    }

    private var openDescriptors: Int {
        get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
    }

    @Test func theOtherEndReadsTheSameOpenFile() async throws {
        let served = try Served(Opener())
        let client = try served.client()
        let own = try file("abcdefgh12345")
        defer { close(own) }
        #expect(try client.call(Request.lock, file: own, as: String.self).0 == "abcdefgh")
        #expect(lseek(own, 0, SEEK_CUR) == 8)
        #expect(try client.call(Request.lock, as: String.self).0 == "nothing came")
        #expect(try client.call(Request.lock, file: own, as: String.self).0 == "12345")
        await served.stop()
    }

    @Test func filesAreClosedWhenTheyWereAnswered() async throws {
        let served = try Served(Opener())
        let client = try served.client()
        let own = try file("abc")
        defer { close(own) }
        _ = try client.call(Request.lock, file: own, as: String.self)
        let before = try openDescriptors
        for _ in 0..<200 { _ = try client.call(Request.lock, file: own, as: String.self) }
        #expect(try openDescriptors <= before + 8)
        await served.stop()
    }

    /// A daemon that has no use for files answers as ever and keeps none.
    @Test func unwantedFilesAreDropped() async throws {
        let served = try Served()
        let client = try served.client()
        let own = try file("abc")
        defer { close(own) }
        let before = try openDescriptors
        for _ in 0..<100 { #expect(try client.call(Request.lock, file: own, as: Request.self).0 == .lock) }
        #expect(try openDescriptors <= before + 8)
        await served.stop()
    }

    /// One message has one file: with more, nobody could say which is meant.
    @Test(arguments: [[2], [8], [1, 1]]) func severalFilesAreNoMessage(counts: [Int]) async throws {
        let served = try Served(Opener())
        let own = try file("abc")
        defer { close(own) }
        let before = try openDescriptors
        for _ in 0..<20 {
            let raw = try RawSocket(served.path)
            raw.send(hello)
            var message = frame(#"{"lock":{}}"#)[...]
            for count in counts {
                raw.send(Array(message.prefix(4)), files: Array(repeating: own, count: count))
                message = message.dropFirst(4)
            }
            raw.send(Array(message))
            raw.finish()
            #expect(try !String(decoding: raw.readToEnd(), as: UTF8.self).contains("abc"))
        }
        let client = try served.client()
        #expect(try client.call(Request.lock, file: own, as: String.self).0 == "abc")
        #expect(try openDescriptors <= before + 8)
        await served.stop()
    }

    @Test func aDescriptorThatIsNoneFails() async throws {
        let served = try Served()
        let client = try served.client()
        #expect(throws: WireError.failed(errno: EBADF)) { try client.call(Request.lock, file: -1, as: Request.self).0 }
        await served.stop()
    }
}
