import SimulatorForms

/// What can go wrong on request.
package enum FaultKind: String, Codable, Sendable, CaseIterable {
    /// Takes the message, then closes the connection without an answer.
    case dropAnswer = "drop_answer"
    /// Closes the connection before taking the message.
    case reset
    /// Answers 429 with code 130429.
    case throttle
    /// Answers with the error code that `code` names.
    case graphError = "graph_error"
    /// Answers 500 without a body, before taking the message.
    case serverError = "server_error"
    /// Takes the message, then answers 500 without a body.
    case serverErrorAfter = "server_error_after"
    /// Takes the message at once and answers `milliseconds` later.
    case slow
    /// Answers an upload with the error code that `code` names.
    case uploadError = "upload_error"
    /// Reports `read` before `delivered` before `sent`.
    case disorder
    /// Reports the statuses at once, and answers `milliseconds` later.
    case statusFirst = "status_first"
    /// Tells of the message among those of the business's phone, too, before it answers.
    case echo
    /// Reports no status.
    case noStatus = "no_status"
    /// Reports `failed` with the error code that `code` names.
    case failStatus = "fail_status"
    /// Posts a webhook twice.
    case repeatWebhook = "repeat_webhook"
    /// Takes the first 200 to a webhook as lost, and posts it again.
    case lostAcknowledgement = "lost_acknowledgement"
    /// Stamps an update with a time that is `milliseconds` off, as where clocks disagree.
    case skew

    /// What it does, in a sentence for people.
    package var summary: String {
        switch self {
        case .dropAnswer: "takes the message, then closes the connection without an answer"
        case .reset: "closes the connection before taking the message"
        case .throttle: "answers 429 with code 130429"
        case .graphError: "answers with the error code that --code names"
        case .serverError: "answers 500 without a body, before taking the message"
        case .serverErrorAfter: "takes the message, then answers 500 without a body"
        case .slow: "takes the message at once and answers --milliseconds later"
        case .uploadError: "answers an upload with the error code that --code names"
        case .disorder: "reports read before delivered before sent"
        case .statusFirst: "reports the statuses at once, and answers --milliseconds later"
        case .echo: "tells of the message as if it came from the business's phone, too"
        case .noStatus: "reports no status"
        case .failStatus: "reports failed with the error code that --code names"
        case .repeatWebhook: "posts a webhook twice"
        case .lostAcknowledgement:
            "takes the first 200 to a webhook as lost, and posts it again"
        case .skew: "stamps an update with a time that is --milliseconds off"
        }
    }
}

/// A fault as it was asked for: so many times, or by chance.
struct Fault: Codable, Sendable {
    var kind: FaultKind
    /// The business's name; any if there is none.
    var business: String?
    /// How often; once unless there is a probability.
    var count: Int?
    /// From 0 to 1, for ever or `count` times.
    var probability: Double?
    var milliseconds: Int?
    var code: Int?
    var seed: UInt64?
}

/// The faults in force.
struct Faults: Sendable {
    private struct Active: Sendable {
        var fault: Fault
        var left: Int?
        var random: SeededRandom
    }

    private var active: [Active] = []
    /// How often each kind was applied.
    private(set) var applied: [FaultKind: Int] = [:]

    mutating func add(_ fault: Fault, seed: UInt64?) {
        let left = fault.count ?? (fault.probability == nil ? 1 : nil)
        active.append(
            Active(fault: fault, left: left, random: SeededRandom(seed: fault.seed ?? seed)))
    }

    mutating func clear() { active = [] }

    /// Lets one kind go wrong no more.
    mutating func clear(_ kind: FaultKind) { active.removeAll { $0.fault.kind == kind } }

    /// Each kind, and what is in force of it: the one that comes next.
    var listing: [SimulatorFault] {
        FaultKind.allCases.map { kind in
            var listed = SimulatorFault(
                kind: kind.rawValue, summary: kind.summary, applied: applied[kind] ?? 0)
            guard let first = active.first(where: { $0.fault.kind == kind }) else { return listed }
            listed.is_on = true
            listed.business = first.fault.business
            listed.left = first.left
            listed.probability = first.fault.probability
            listed.milliseconds = first.fault.milliseconds
            listed.code = first.fault.code
            return listed
        }
    }

    /// How far a business's next update is to be stamped off, in milliseconds.
    mutating func consumeSkew(_ business: String) -> Int64 {
        Int64(consume(.skew, business)?.milliseconds ?? 0)
    }

    /// Takes a fault of a kind, if one is due for this business.
    mutating func consume(_ kind: FaultKind, _ business: String) -> Fault? {
        if active.isEmpty { return nil }
        for index in active.indices {
            let fault = active[index].fault
            guard fault.kind == kind, fault.business == nil || fault.business == business else {
                continue
            }
            if let probability = fault.probability,
                Double.random(in: 0..<1, using: &active[index].random) >= probability
            {
                continue
            }
            applied[kind, default: 0] += 1
            if let left = active[index].left {
                active[index].left = left - 1
                if left <= 1 { active.remove(at: index) }
            }
            return fault
        }
        return nil
    }
}
