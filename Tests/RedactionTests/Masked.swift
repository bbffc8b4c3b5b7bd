import Sealing

@testable import Redaction

/// A value as tests write it, which is no secret.
func box(_ text: String) throws -> SecretBox { SecretBox(try SecretBytes(copying: Array(text.utf8).span)) }

func secret(_ value: String, _ label: String = "a/b", publicCount: Int = 0) throws -> MaskedSecret {
    MaskedSecret(label: label, value: try box(value), publicCount: publicCount)
}

/// What a mask shows of pieces that come one behind the other without a pause, to the end.
func masked(_ pieces: [[UInt8]], _ secrets: [MaskedSecret]) throws -> [UInt8] {
    var mask = try Mask(secrets)
    var shown: [UInt8] = []
    let now = ContinuousClock.now
    for piece in pieces { mask.feed(piece.span, at: now, into: &shown) }
    mask.finish(into: &shown)
    return shown
}

func masked(_ pieces: String..., hiding secrets: [MaskedSecret]) throws -> String {
    String(decoding: try masked(pieces.map { Array($0.utf8) }, secrets), as: UTF8.self)
}
