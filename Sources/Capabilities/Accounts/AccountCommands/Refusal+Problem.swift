package import AccountRecords
package import HTTPServer

extension Refusal {
    /// What HTTP says of it: the word is the problem's code.
    package var problem: Problem { Problem(kind, sentence) }

    /// The kind of problem.
    package var kind: Problem.Kind { Problem.Kind(status, rawValue) }

    private var status: Int {
        switch self {
        case .unknown: 404
        case .forbidden, .unproven, .notVerified, .otherAddress, .secondFactor, .usedCode,
            .noConsent:
            403
        case .badToken, .badRole: 422
        case .tooSoon, .tooMany: 429
        case .otherVersion: 412
        case .timedOut: 503
        default: 409
        }
    }

    private var sentence: String { Self.sentences[self] ?? "it was refused: \(rawValue)" }

    /// All that there are.
    fileprivate static var all: [Refusal] { sentences.keys.sorted { $0.rawValue < $1.rawValue } }

    private static let sentences: [Refusal: String] = [
        .unknown: "there is none of that name, or no more",
        .exists: "there is one already",
        .addressTaken: "the e-mail address belongs to another account",
        .sameAddress: "it is the account's address already",
        .notVerified: "verify the e-mail address first, by the link in the mail",
        .disabled: "the account is disabled, or the organisation suspended",
        .stalePassword: "the password was changed meanwhile; sign in with the new one",
        .noPassword: "the account has no password yet; choose one by the link in the mail",
        .secondFactor: "a second factor is needed",
        .usedCode: "the code was used already; wait for the next one",
        .badToken: "the link is not the last that was sent, was used, or is too old",
        .tooSoon: "the last one was sent less than a minute ago",
        .unproven: "prove again who you are",
        .busy: "another change is under way; try again in a moment",
        .timedOut: "an answer that was needed did not come in time; try again",
        .lastOwner: "there would be no owner left who can sign in",
        .otherAddress: "the invitation is for another e-mail address",
        .member: "they belong to it already",
        .notMember: "they do not belong to it",
        .forbidden: "your role does not allow it",
        .noConsent: "the business does not let operators in at this moment",
        .badRole: "there is no such role, or it holds a permission that it must not",
        .inUse: "somebody has the role, or an invitation offers it",
        .tooMany: "there are too many already",
        .otherVersion: "somebody else changed it meanwhile: load it again",
        .standing: "the organisation's standing does not allow it",
        .setUp: "the installation was set up already",
    ]
}

extension Problem.Kind {
    /// What an endpoint may answer that asks something of a stage.
    package static let decisions: [Self] =
        [notStored, notVisible] + Refusal.all.map(\.kind)
}
