/// What the checker found.
package struct Report: Codable, Sendable {
    /// What may not happen.
    package enum Fault: String, Codable, Sendable, CaseIterable {
        /// A message was neither answered nor read by a person, or an agent's words never came.
        case lost
        /// A customer saw the same words twice where that may not be.
        case repeated
        /// An answer overtook another whose question was safely in before the first was written.
        case outOfOrder
        /// The ledger cannot account for a message, or counts others than were written.
        case unaccounted
        /// Something still waits although everything runs again.
        case stuck
        /// The bot spoke while an agent had the conversation, or two agents had it at once.
        case spokeDuringClaim
        /// A customer saw an answer to what they never asked, or words that nobody said, or the bot
        /// did not know what it knows.
        case strange
        /// Personal words stand where none may, or what was purged can still be read.
        case leaked
        /// A customer saw what agents wrote for each other.
        case noteTold

        /// The words of the report.
        package var words: String {
            switch self {
            case .lost: "lost"
            case .repeated: "repeated to the customer"
            case .outOfOrder: "out of order"
            case .unaccounted: "unaccounted"
            case .stuck: "stuck"
            case .spokeDuringClaim: "bot spoke during a claim"
            case .strange: "never asked, never said or not known"
            case .leaked: "leaked or not erased"
            case .noteTold: "notes told to customers"
            }
        }
    }

    /// One thing that may not happen, and what shows it.
    package struct Finding: Codable, Sendable, Hashable {
        /// What happened.
        package var fault: Fault
        /// In which conversation.
        package var conversation: String
        /// Message ids and times.
        package var evidence: String

        init(_ fault: Fault, _ conversation: History.Conversation?, _ evidence: String) {
            self.fault = fault
            self.conversation = conversation?.description ?? "-"
            self.evidence = evidence
        }
    }

    /// What may not happen and did.
    package var findings: [Finding] = []
    /// What may happen, counted: `answered`, `handed`, `allowed repeats` and more.
    package var counts: [String: Int] = [:]

    /// An empty report.
    package init() {}

    /// How often something happened that may not.
    package func count(_ fault: Fault) -> Int { findings.count { $0.fault == fault } }

    mutating func add(
        _ fault: Fault, _ conversation: History.Conversation?, _ evidence: String
    ) {
        findings.append(Finding(fault, conversation, evidence))
    }

    mutating func tally(_ name: String, _ number: Int = 1) { counts[name, default: 0] += number }

    /// The report for people.
    package var text: String {
        var lines = Fault.allCases.map { "  \($0.words): \(count($0))" }
        let parts = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        lines.append("  " + parts.joined(separator: ", "))
        for finding in findings.prefix(Self.longestList) {
            lines.append(
                "\(finding.fault.words.uppercased()): \(finding.conversation): "
                    + finding.evidence)
        }
        if findings.count > Self.longestList {
            lines.append("… and \(findings.count - Self.longestList) more, in report.json")
        }
        return lines.joined(separator: "\n")
    }

    /// Findings shown: the first tell most.
    private static let longestList = 30
}
