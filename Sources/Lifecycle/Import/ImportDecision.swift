/// What becomes of an entry once the paste cleaner has read its value.
package enum ImportDecision: Equatable, Sendable {
    case take(CleanedPaste, KindGuess)
    case skip(ImportSkip)
    /// The file is not imported.
    case refuse(ImportProblem.Code)

    /// - Parameters:
    ///   - isChosen: a person wrote the entry for this import, as JSON lines are; nothing of it is skipped then.
    ///   - only: the id of the one kind that is wanted from a file that holds others too.
    package init(_ reading: PasteReading, for entry: ImportEntry, isChosen: Bool, only: String? = nil) {
        switch reading {
        case .token(_, let guess) where only != nil && guess.kind.id != only: self = .skip(.otherKind)
        case .token(let cleaned, let guess): self = .take(cleaned, guess)
        case .credentialsFile: self = isChosen ? .refuse(.credentialsFile) : .skip(.login)
        case .refused(let refusal):
            let skip = isChosen ? nil : Self.skip(for: refusal, promisesToken: entry.hint != .none)
            self = skip.map(Self.skip) ?? .refuse(.value(refusal))
        }
    }

    /// Nil for what a person must look at: something that was a token, or was meant to be one.
    private static func skip(for refusal: PasteRefusal, promisesToken: Bool) -> ImportSkip? {
        switch refusal {
        case .empty: .empty
        case .noKind: .noKind
        case .refreshToken: .refreshToken
        case .masked, .redactionMarker, .sentinel: .placeholder
        case .variable, .reference: .reference
        case .several: .several
        case .shape, .loginCode, .alteredPrefix: promisesToken ? nil : .oddShape
        case .otherKind: nil
        case .tooLarge: .noKind
        }
    }
}
