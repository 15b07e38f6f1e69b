import Conversation

/// What an agent may do about a message that did not arrive.
package enum DeliveryChoice: String, Hashable, Sendable, Codable {
    /// Send it again, once.
    case again
    /// Send a template instead.
    case template
}

/// What there is to do about a message that did not arrive.
struct DeliveryAdvice: Hashable, Sendable, Codable {
    /// In plain words.
    var remedy: String?
    /// What the agent may do.
    var choices: [DeliveryChoice]?

    init(_ remedy: String?, _ choices: [DeliveryChoice]?) {
        self.remedy = remedy
        self.choices = choices
    }

    init(_ outcome: Delivery.Outcome) {
        switch outcome {
        case .failed(_, let error):
            remedy = error.entry.remedy
            choices = error.entry.treatment == .needsTemplate ? [.template] : [.again]
        case .dropped(.windowClosed):
            remedy = GraphErrorEntry.of(131_047).remedy
            choices = [.template]
        case .dropped(.unknownOutcome):
            remedy = "Ask the customer whether they have it; sent again, it may come twice."
            choices = [.again]
        case .dropped(.unknownTenant):
            remedy = "Connect the business's number again, then send it again."
            choices = [.again]
        case .held(_, _, let code): remedy = code.map { GraphErrorEntry.of($0).remedy }
        case .dropped(.staleEpoch), .accepted, .progressed, .unknown: break
        }
    }
}
