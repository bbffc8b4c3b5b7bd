internal import Lifecycle
internal import Sealing
internal import Wire

extension Vault {
    /// Weighs what a provider answered to somebody else like the answer to one probe; nothing is sent.
    ///
    /// A report about a value that is not live any more changes nothing, and says so.
    func report(_ order: ReportOrder, body: SecretBox?) async throws(Fault) -> ProbeResult {
        let vault = try opened()
        let before = try credential(order.name, vault)
        guard order.fingerprint == nil || order.fingerprint == before.description.fingerprint else {
            return try probeResult(before, nil, "this is not the fingerprint of the live value", vault)
        }
        guard before.description.kind != Policy.generic else {
            return try probeResult(before, nil, "its kind has no policy to judge by", vault)
        }
        var question = ProbeOrder(kind: before.description.kind, baseURL: before.description.baseURL?.description)
        question.reported = order.reply
        question.policyDigest = catalogue[id: before.description.kind]?.origin.digest
        let empty = SecretBox(try sealing { () throws(SealingError) in try SecretBytes(capacity: 1) { _ in } })
        let judged = await surroundings.prober.probe(question, token: body ?? empty)
        guard judged.outcome.reason != ProbeReport.unreachable else {
            throw Fault(.unreachable, "prober", "the prober does not answer", hint: "secret daemon start")
        }
        guard let number = before.row.versions.live?.number else { throw .damaged }
        try settle(judged, of: before.id, version: number, reported: true)
        guard let after = try credential(before.id, opened()) else { throw .noSuch(order.name) }
        return try probeResult(after, judged.outcome, nil, opened())
    }
}
