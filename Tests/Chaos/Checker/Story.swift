/// One conversation, as its customer, WhatsApp and the agents saw it.
struct Story {
    let conversation: History.Conversation
    let promise: History.Promise
    let written: [History.Written]
    let seen: [History.Seen]
    let acts: [History.Act]
    let sights: Set<String>
    let handoffs: [History.Handoff]
    /// What the ledger calls open, by message.
    let open: [String: String]
    /// Where each fact was first seen.
    private let answers: [String: Int]
    private let claims: [Claim]

    init(
        _ conversation: History.Conversation, promise: History.Promise,
        written: [History.Written], seen: [History.Seen], acts: [History.Act],
        sights: Set<String>, handoffs: [History.Handoff], open: [String: String]
    ) {
        self.conversation = conversation
        self.promise = promise
        self.written = written
        self.seen = seen
        self.acts = acts.sorted { $0.asked < $1.asked }
        self.sights = sights
        self.handoffs = handoffs
        self.open = open
        var answers: [String: Int] = [:]
        for (index, message) in seen.enumerated() {
            for fact in Words.facts(in: message.text) where answers[fact] == nil {
                answers[fact] = index
            }
        }
        self.answers = answers
        claims = Claim.all(of: self.acts)
    }

    mutating func check(_ report: inout Report) {
        checkAnswers(&report)
        checkAgentsWords(&report)
        checkRepeats(&report)
        checkOrder(&report)
        checkSilence(&report)
        checkStrange(&report)
        for handoff in handoffs { report.tally("handed because \(handoff.reason)") }
    }

    // MARK: Lost and stuck

    private func checkAnswers(_ report: inout Report) {
        for message in written {
            guard message.acknowledged != nil else {
                report.add(
                    .stuck, conversation,
                    "\(message.message) (\(message.text), written \(message.at)) was never "
                        + "taken with 200")
                continue
            }
            if case .fact(let fact) = message.wish, answers[fact] != nil {
                report.tally("answered")
            } else if isHanded(message) {
                report.tally("handed")
            } else if open[message.message] == nil {
                report.add(
                    .lost, conversation,
                    "\(message.message) (\(message.text), written \(message.at)) was neither "
                        + "answered nor handed to a person")
            }
        }
    }

    /// Whether a person had the message: one read it, or it came before an agent's close of a
    /// handoff that was open then, and so was the agent's to answer.
    private func isHanded(_ message: History.Written) -> Bool {
        if sights.contains(message.text) { return true }
        guard let first = handoffs.map(\.since).min(), let taken = message.acknowledged else {
            return false
        }
        return acts.contains { act in
            act.kind == .close && act.outcome != .refused && act.answered >= message.at
                && (first <= act.asked || taken <= act.answered)
        }
    }

    private func checkAgentsWords(_ report: inout Report) {
        for act in acts {
            guard case .send(let text) = act.kind, act.outcome == .done else { continue }
            if seen.contains(where: { $0.text == text }) {
                report.tally("agents' words seen")
            } else if !isGivenUp {
                report.add(
                    .lost, conversation,
                    "\(act.agent)'s words '\(text)', taken \(act.answered), never came")
            }
        }
    }

    /// Whether a message was given up because nobody knows whether it arrived, and a person told.
    private var isGivenUp: Bool {
        promise == .atMostOnce && handoffs.contains { $0.reason == "undelivered" }
    }

    // MARK: Repeats

    private func checkRepeats(_ report: inout Report) {
        var firsts: [String: History.Seen] = [:]
        for message in seen {
            let names =
                Words.facts(in: message.text).map { "fact \($0)" }
                + (Words.isAgents(message.text) ? [message.text] : [])
                + (message.attempt.map { ["message \(Words.outbound(of: $0))"] } ?? [])
            for name in names {
                guard let first = firsts[name] else {
                    firsts[name] = message
                    continue
                }
                judge(first, message, name, &report)
                firsts[name] = message
                break
            }
        }
    }

    private func judge(
        _ first: History.Seen, _ second: History.Seen, _ name: String, _ report: inout Report
    ) {
        let isSame =
            first.attempt.map(Words.outbound) == second.attempt.map(Words.outbound)
            && first.attempt != second.attempt
        let wasSettled =
            first.statusAcknowledged.map { $0 <= second.at - Checker.settledAhead } ?? false
        if promise == .atLeastOnce, isSame, !wasSettled {
            report.tally("allowed repeats")
            return
        }
        report.add(
            .repeated, conversation,
            "\(name): \(first.message) at \(first.at) (\(first.attempt ?? "-"), status taken "
                + "\(first.statusAcknowledged.map(String.init) ?? "never")), then "
                + "\(second.message) at \(second.at) (\(second.attempt ?? "-"))")
    }

    // MARK: Order

    private func checkOrder(_ report: inout Report) {
        for (number, later) in written.enumerated() {
            guard case .fact(let laterFact) = later.wish, let laterPlace = answers[laterFact]
            else { continue }
            for earlier in written[..<number] {
                guard case .fact(let fact) = earlier.wish, let position = answers[fact],
                    let taken = earlier.acknowledged, taken < later.at, position > laterPlace
                else { continue }
                report.add(
                    .outOfOrder, conversation,
                    "\(earlier.message) (\(fact)) was taken at \(taken), before \(later.message) "
                        + "(\(laterFact)) was written at \(later.at), but answered after it")
            }
        }
        checkOrderOfAgentsWords(&report)
    }

    private func checkOrderOfAgentsWords(_ report: inout Report) {
        var last: (text: String, position: Int, answered: Int64)?
        for act in acts {
            guard case .send(let text) = act.kind, act.outcome == .done,
                let position = seen.firstIndex(where: { $0.text == text })
            else { continue }
            if let last, last.answered < act.asked, position < last.position {
                report.add(
                    .outOfOrder, conversation, "'\(text)' came before '\(last.text)'")
            }
            last = (text, position, act.answered)
        }
    }

    // MARK: Claims

    private func checkSilence(_ report: inout Report) {
        for claim in claims {
            for message in seen
            where claim.holds(message.at) && !Words.facts(in: message.text).isEmpty {
                let isLate = isCausedBefore(claim, message)
                if isLate, message.at - claim.from <= Self.underWay {
                    report.tally("replies under way at a claim")
                    continue
                }
                report.add(
                    .spokeDuringClaim, conversation,
                    "\(message.message) at \(message.at), but \(claim.agent) had the "
                        + "conversation from \(claim.from) to \(claim.to)"
                        + (isLate ? " (its question came before the claim)" : ""))
            }
        }
        for (number, claim) in claims.enumerated() {
            for other in claims[..<number]
            where other.agent != claim.agent && other.from < claim.to && claim.from < other.to {
                report.add(
                    .spokeDuringClaim, conversation,
                    "\(other.agent) and \(claim.agent) both had it at \(claim.from)")
            }
        }
    }

    /// A call that began before the claim ends by then: the sender's longest, in milliseconds.
    private static let underWay: Int64 = 20_000

    private func isCausedBefore(_ claim: Claim, _ message: History.Seen) -> Bool {
        let facts = Set(Words.facts(in: message.text))
        return written.allSatisfy { question in
            guard case .fact(let fact) = question.wish, facts.contains(fact) else { return true }
            return question.at < claim.from
        }
    }

    // MARK: Never asked

    private func checkStrange(_ report: inout Report) {
        let asked = Set(
            written.compactMap { message -> String? in
                if case .fact(let fact) = message.wish { fact } else { nil }
            })
        let said = Set(
            acts.compactMap { act -> String? in
                if case .send(let text) = act.kind { text } else { nil }
            })
        for handoff in handoffs where handoff.reason == "unanswered" {
            report.add(
                .strange, conversation,
                "handed over at \(handoff.since) as if nobody knew the answer")
        }
        for message in seen {
            for fact in Words.facts(in: message.text) where !asked.contains(fact) {
                report.add(
                    .strange, conversation, "\(message.message) tells of \(fact), never asked")
            }
            if Words.isAgents(message.text), !said.contains(message.text) {
                report.add(.strange, conversation, "\(message.message) was said by nobody")
            }
        }
    }
}
