import Foundation
import Lifecycle
import Probing
import Testing
import secret_simulator

@Suite struct TLSTests {
    /// Runs `body` with an empty folder that is removed after it.
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "tokenward-tls-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test func aTrustedAuthorityWorks() async throws {
        try await withFolder { folder in
            let certificates = try DrillCertificates(in: folder)
            let mode = try FileManager.default.attributesOfItem(atPath: folder + "/leaf.key")[
                .posixPermissions]
            #expect(mode as? Int == 0o600)
            try await Rig(certificates: certificates, trust: [certificates.authorityPath]).during { rig in
                let report = await rig.probe(try rig.token(answered: "accepted"))
                #expect(report.outcome.kind == .valid)
            }
        }
    }

    /// Of another name, past its end, and, without a flaw, signed by nobody who is trusted.
    @Test(arguments: DrillCertificates.Flaw.allCases)
    func whatDoesNotProveTheHostIsRefused(_ flaw: DrillCertificates.Flaw) async throws {
        try await withFolder { folder in
            let certificates = try DrillCertificates(in: folder, flaw: flaw)
            let trust = flaw == .none ? [] : [certificates.authorityPath]
            try await Rig(certificates: certificates, trust: trust).during { rig in
                let report = await rig.probe(try rig.token(answered: "revoked"))
                #expect(report.outcome == Outcome(.unknown, reason: "tls_failed"))
                #expect(report.requests == 0)
                #expect(rig.provider.requests == 0, "the token never left")
            }
        }
    }

    @Test func aMissingTrustFileIsAnError() {
        #expect(throws: ProbingError.unreadableTrust(path: "/nowhere/ca.pem")) {
            try HTTPTransport(timeout: .seconds(1), trust: ["/nowhere/ca.pem"])
        }
    }
}
