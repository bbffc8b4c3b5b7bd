import Glibc
import Sealing
import Testing

/// Each in a process of its own: what is hardened stays so.
@Suite struct ProcessHardeningTests {
    @Test func kernelConfirmsIt() async {
        await #expect(processExitsWith: .success) {
            #expect(!ProcessHardening.holds)
            ProcessHardening.apply()
            #expect(ProcessHardening.holds)
        }
    }

    /// The Swift runtime's crash report would print registers, and so perhaps a token.
    @Test func crashSaysNothing() async throws {
        let result = await #expect(processExitsWith: .signal(SIGSEGV), observing: [\.standardErrorContent]) {
            ProcessHardening.apply()
            raise(SIGSEGV)
        }
        let report = try #require(result).standardErrorContent
        #expect(!String(decoding: report, as: UTF8.self).contains("registers"))
        #expect(!String(decoding: report, as: UTF8.self).contains("crashed"))
    }
}
