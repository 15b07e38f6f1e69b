import Conversation
import OpeningHours
import OpeningWords
import StageRuntime

/// What opening hours mean for who waits for a person: while the business is closed the customer is
/// told when it opens, once, and no promise runs. Without hours none of it happens.
///
/// The hours come with the tenant's settings, and the zone's rules within them: a decision's record
/// holds what it was decided by, so that it can be repeated after the system's rules have changed.
/// Intervals reckoned in advance would be longer, and would have to be renewed all the time.
extension HandoffDecision {
    private var hours: TenantSettings.Hours? {
        context.settings(HandoffSettings.self).hours
    }

    // MARK: The promise

    /// Sets the timer of the promise to a person's answer to whoever waits since then.
    mutating func setServiceTimer(since: Timestamp) {
        guard let serviceLevel else { return effects.cancelTimer(HandoffTimer.serviceLevel) }
        let due: Timestamp
        if let opening = hours?.opening {
            let deadline = opening.deadline(
                from: since.startOfNextSecond, budget: serviceLevel.components.seconds)
            // Where it opens no more, somebody may yet set other hours.
            due = deadline.instant.map { Timestamp(seconds: $0) } ?? now + Self.lookAgain
        } else {
            due = since + serviceLevel
        }
        effects.setTimer(HandoffTimer.serviceLevel, at: max(due, now))
    }

    /// Whether whoever waits since then has waited longer than is promised: closed hours do not
    /// count, by the hours of now, which may be others than those of the timer.
    func hasWaitedTooLong(since: Timestamp) -> Bool {
        guard let serviceLevel else { return false }
        guard let opening = hours?.opening else { return since + serviceLevel <= now }
        let waited = opening.elapsed(since.startOfNextSecond, now.second)
        return waited >= serviceLevel.components.seconds
    }

    /// When somebody can be told of what is late, where that is not now: the promise ran out in
    /// open hours, and those are over.
    func openingBeforeAlarm() -> Timestamp? {
        guard let opening = hours?.opening, !opening.isOpen(at: now.second),
            !opening.isOpen(at: now.second - Self.closingGrace)
        else { return nil }
        return opening.nextOpening(after: now.second).instant.map { Timestamp(seconds: $0) }
    }

    /// A promise may run out as the business closes: so many seconds later it is told all the same.
    private static let closingGrace: Int64 = 60

    private static let lookAgain = Duration.seconds(86_400)

    // MARK: The notice

    /// Tells who waits in the queue and writes again, unless they know.
    mutating func tellOfHours(answering answers: [MessageID]) {
        guard case .queued = state.owner.mode else { return }
        sayNotice(
            noticeOfHours(after: nil, because: nil), answering: answers, correlation: nil)
    }

    /// A notice, and when the business opens, if it is closed and the customer was not told since
    /// it closed.
    mutating func noticeOfHours(
        after notice: String?, because reason: HandoffReason?
    ) -> String? {
        guard !isClosed, let hours, state.isGroup != true, mayArrive(because: reason) else {
            return notice
        }
        let opening = hours.opening
        guard !opening.isOpen(at: now.second) else { return notice }
        let next = opening.nextOpening(after: now.second)
        // A closed time is known by its end: who changes the hours makes what was said wrong.
        let mark = next.instant.map { Timestamp(seconds: $0) } ?? Timestamp(seconds: 0)
        guard state.toldOfOpening != mark else { return notice }
        state.toldOfOpening = mark
        let language = customersLanguage ?? hours.language
        var words = OpeningWords.closed(until: next, now: now.second, opening, in: language)
        if isWindowOver(by: mark), let offer = ReopeningWords.words(in: language) {
            words += " \(offer)"
        }
        return notice.map { $0.isEmpty ? words : "\($0) \(words)" } ?? words
    }

    /// Whether the customer can be written to by a template alone once it opens, and the business
    /// has one for that.
    private func isWindowOver(by opening: Timestamp) -> Bool {
        guard let anchor = state.anchor,
            context.settings(HandoffSettings.self).reopening != nil
        else { return false }
        return anchor + SendingPolicy.window <= opening
    }

    /// Whether words would reach the customer; else they are told once they write again.
    ///
    /// Where what was said did not arrive, nothing else does, and after a day of silence only
    /// templates do.
    private func mayArrive(because reason: HandoffReason?) -> Bool {
        switch reason {
        case .undelivered, .stopped: return false
        default:
            let policy = SendingPolicy(lastWrote: state.anchor, closedFor: state.closedFor)
            return policy.isWindowOpen(at: now)
        }
    }

    /// The customer's language, as far as it can be recognised.
    private var customersLanguage: String? {
        if let language { return language }
        // What is no text stands in brackets, in English.
        let lines = state.transcript.compactMap(\.entry).filter {
            $0.speaker == .customer && !$0.text.hasPrefix("[")
        }
        return LanguageGuess.language(
            of: lines.suffix(4).map(\.text).joined(separator: "\n"))
    }
}

extension Timestamp {
    /// The whole second that it is in, since 1970.
    fileprivate var second: Int64 {
        milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000
    }

    /// The first whole second that is not before.
    fileprivate var startOfNextSecond: Int64 {
        Timestamp(milliseconds: milliseconds + 999).second
    }
}
