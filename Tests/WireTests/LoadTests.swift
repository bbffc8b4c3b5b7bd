import Foundation
import Lifecycle
import Sealing
import Synchronization
import Testing
import Wire

/// Many at once, and a stop in the middle.
@Suite(.onItsOwnThread) struct LoadTests {
    @Test func moreConnectionsThanAreServedAtATimeAreAllAnswered() async throws {
        let served = try Served()
        let path = served.path
        let answered = await withTaskGroup(of: Int.self) { group in
            for number in 0..<120 {
                group.addTask {
                    await blocking {
                        do throws(WireError) {
                            let client = try Client(socket: path, program: "tests \(number)")
                            var count = 0
                            for limit in 0..<5 {
                                let request = Request.status(StatusQuery(limit: number * 5 + limit))
                                if try client.call(request, as: Request.self).0 == request { count += 1 }
                            }
                            return count
                        } catch { return 0 }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(answered == 600)
        await served.stop()
    }

    @Test func connectionsThatStayOpenAreServedInAnyOrder() async throws {
        let served = try Served()
        let clients = try (0..<64).map { _ in Held(try served.client()) }
        for client in clients.reversed() {
            #expect(try client.client.call(Request.slots, as: Request.self).0 == .slots)
        }
        await served.stop()
    }

    private final class Held: Sendable {
        let client: Client
        init(_ client: consuming Client) { self.client = client }
    }

    /// Holds its answer until the test lets it go.
    private final class Slow: Responder {
        let asked = AsyncStream<Void>.makeStream()
        let released = AsyncStream<Void>.makeStream()

        func welcome() async -> Welcome { Echo().welcomed }
        func answer(_ question: Request, secret: SecretBox?) async -> (Request, SecretBox?) {
            asked.continuation.yield()
            for await _ in released.stream { break }
            return (question, secret)
        }
    }

    @Test func aStopWaitsForTheAnswerUnderWay() async throws {
        let slow = Slow()
        let served = try Served(slow)
        let path = served.path
        let answer = Task {
            await blocking { try? Client(socket: path, program: "tests").call(Request.slots, as: Request.self).0 }
        }
        for await _ in slow.asked.stream { break }
        let stopped = Task { await served.stop() }
        slow.released.continuation.yield()
        #expect(await answer.value == .slots)
        await stopped.value
        #expect(throws: WireError.nobodyThere) { try Client.process(at: path) }
    }

    @Test func anIdleConnectionDoesNotHoldUpAStop() async throws {
        let served = try Served()
        let client = try served.client()
        await served.stop()
        #expect(throws: WireError.closed) { try client.call(Request.slots, as: Request.self).0 }
    }
}
