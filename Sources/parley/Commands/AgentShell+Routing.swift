import Console
import Conversation
import ConversationView
import RoutingRecords

/// What is offered to an agent at a terminal, what they are, and what they lay aside.
struct ShellRouting {
    var status: AgentStatus?
    var queues: [RoutingState.Queue] = []
    var offers: [AgentOffer] = []
}

extension AgentShell {
    /// The lines that a message about routing becomes; `nil` for any other.
    mutating func receiveRouting(_ message: AgentMessage) -> [TerminalLine]? {
        switch message {
        case .routing(let state):
            routing = ShellRouting(
                status: state.status, queues: state.queues, offers: state.offers)
            return (state.queues.isEmpty ? [] : ["you are \(state.status.rawValue)"])
                + state.offers.map { offered($0) }
        case .offerMade(let offer):
            routing.offers.append(offer)
            return [offered(offer)]
        case .offerEnded(let offer, let conversation, let end):
            routing.offers.removeAll { $0.offer == offer }
            guard end != .accepted, end != .declined else { return [] }
            return ["[\(Self.short(conversation))] the offer is over: \(Self.words(end))"]
        case .agentChanged(let standing):
            guard standing.agent == agent else { return [] }
            let isNews = routing.status != standing.status
            routing.status = standing.status
            guard isNews else { return [] }
            return [
                standing.because == .missedOffers
                    ? "you are away now: two offers were not answered; `status available` ends it"
                    : "you are \(standing.status.rawValue)"
            ]
        default: return nil
        }
    }

    private func offered(_ offer: AgentOffer) -> TerminalLine {
        let customer = handoffs[offer.conversation]?.customer
        let who = customer?.name ?? customer?.phone ?? "a customer"
        let queue = routing.queues.first { $0.id == offer.queue }.map { " from \($0.name)" } ?? ""
        return "[\(Self.short(offer.conversation))] \(who) is offered to you\(queue) for "
            + "\(offer.secondsLeft) s: `accept` or `decline`"
    }

    private static func words(_ end: RoutingOffer.End) -> String {
        switch end {
        case .accepted: "you have it"
        case .declined: "you declined it"
        case .missed: "it was not answered in time"
        case .unreachable: "you were not here"
        case .taken: "somebody else has it"
        case .withdrawn: "it went elsewhere"
        }
    }

    /// What a line means that begins with such a command; `nil` for any other.
    mutating func readRouting(
        _ verb: String, _ words: [String], at now: Timestamp
    ) -> Intent? {
        switch (verb, words.count) {
        case ("status", 2):
            guard let status = AgentStatus(rawValue: words[1].lowercased()) else {
                return .show(["say what you are: available, busy or away"])
            }
            return .desk(AgentRequest(type: .setStatus, ref: "", status: status))
        case ("accept", 1), ("decline", 1):
            guard let offer = routing.offers.first else {
                return .show(["nothing is offered to you"])
            }
            return .desk(
                AgentRequest(
                    type: .answerOffer, ref: "", offer: offer.offer, accept: verb == "accept"))
        case ("next", 1): return .desk(AgentRequest(type: .next, ref: ""))
        case ("queues", 1):
            guard !routing.queues.isEmpty else {
                return .show(["there is one queue, for everybody"])
            }
            return .show(
                TextTable.lines(
                    routing.queues.map { [$0.id.rawValue, $0.name, $0.isMine ? "yours" : ""] }))
        case ("park", 2):
            guard let mine else { return .show(["you have no conversation; `claim` one"]) }
            guard let minutes = Int64(words[1]), (1...43_200).contains(minutes) else {
                return .show(["say for how many minutes: park MINUTES"])
            }
            return .desk(
                AgentRequest(
                    type: .park, ref: "", conversation: mine, until: now + .seconds(minutes * 60)))
        case ("resume", 1...2):
            let parked = claimed.filter { handoffs[$0]?.parkedUntil != nil }
            let named = words.count == 2 ? matches(words[1]) : parked
            guard named.count == 1, let one = named.first else {
                return .show(["say which: resume ID"])
            }
            return .ask(.resume, one, text: nil)
        case ("team", 2...): return team(words)
        default: return nil
        }
    }

    private func team(_ words: [String]) -> Intent {
        guard let mine else { return .show(["you have no conversation; `claim` one"]) }
        let wanted = words.dropFirst().joined(separator: " ").lowercased()
        let found = routing.queues.filter {
            $0.id.rawValue == wanted || $0.name.lowercased().hasPrefix(wanted)
        }
        guard found.count == 1, let queue = found.first else {
            return .show(["\(wanted) is no queue of which the name is clear; see `queues`"])
        }
        return .desk(
            AgentRequest(
                type: .transfer, ref: "", conversation: mine, to: .team, queue: queue.id))
    }
}
