import Conversation
import NotificationRecords
import OpeningHours
import RoutingRecords
import StageRuntime

// MARK: - What is due

extension RoutingDecision {
    /// The timer fired: it is none any more, and what is due is looked for.
    mutating func wake() { state.lookAt = nil }

    /// Does what is due, offers what waits, and sets the timer for what comes next.
    mutating func settle() {
        leave()
        let isOpen = isOpen
        endOffers(isOpen)
        if isOpen {
            grow()
            offer()
        }
        setTimer(isOpen)
    }

    private var hours: OpeningHours? { context.settings(RoutingHours.self).hours?.opening }

    /// Whether people answer now.
    private var isOpen: Bool {
        guard context.settings(RoutingHours.self).isStopped != true else { return false }
        return hours?.isOpen(at: now.wholeSecond) ?? true
    }

    /// Who is gone for too long counts as gone, and loses what waits for their answer.
    private mutating func leave() {
        for (id, agent) in state.agents {
            guard let since = agent.goneSince, !agent.isConnected else { continue }
            if agent.isReachable, since + RoutingLimits.grace <= now {
                state[agent: id]?.isReachable = false
                if let agent = state[agent: id] { tell(.agent(agent.standing(as: id))) }
            }
            // Without queues a conversation stays with whoever has it, until the claim's end.
            guard !state.queues.isEmpty, agent.isVacated != true,
                since + RoutingLimits.grace + RoutingLimits.vacateAfter <= now
            else { continue }
            state[agent: id]?.isVacated = true
            for conversation in state.items(where: { $0.holding == .held(id) }) {
                vacate(conversation, id)
            }
        }
    }

    private mutating func vacate(_ conversation: ConversationID, _ id: AgentID) {
        guard let item = state[item: conversation] else { return }
        let name = state[agent: id]?.name ?? "the agent"
        wish(
            .vacate(epoch: item.epoch, because: "\(name) left and had not answered"),
            of: conversation, for: id, reference: "vacate/\(context.input.id)/\(item.epoch)")
    }

    /// Offers that nobody answered end; so do rounds.
    private mutating func endOffers(_ isOpen: Bool) {
        let due = state.items { item in
            if let offer = item.offer { return offer.expires <= now }
            return item.isWaiting && item.roundEnds.map { $0 <= now } == true
        }
        for id in due {
            guard var item = state[item: id] else { continue }
            if case .offered(let offer, let reference) = item.holding {
                let isThere = state[agent: offer.agent]?.isConnected == true
                let end: RoutingOffer.End =
                    reference != nil ? .taken : !isThere ? .unreachable : .missed
                // Nobody misses anything while the business is closed.
                endOffer(&item, end == .missed && !isOpen ? .withdrawn : end)
            } else {
                item.passedBy = nil
                item.roundEnds = nil
            }
            state[item: id] = item
        }
    }

    // MARK: Age

    /// Says when a conversation's age brings about something next.
    mutating func setDue(_ conversation: ConversationID) {
        guard var item = state[item: conversation] else { return }
        item.dueAt = nil
        if item.holder == nil, let home = state.queue(item.home) {
            let next = item.steps(in: home).map(\.after).min()
            if let next { item.dueAt = moment(after: next, since: item.since) }
        }
        state[item: conversation] = item
    }

    /// Closed hours do not count.
    private func moment(after seconds: Int, since: Timestamp) -> Timestamp {
        guard let hours else { return since + .seconds(Int64(seconds)) }
        let deadline = hours.deadline(from: since.wholeSecond, budget: Int64(seconds)).instant
        // Where it opens no more, somebody may yet set other hours.
        return deadline.map { Timestamp(seconds: $0 + 1) } ?? now + .seconds(86_400)
    }

    private func age(_ item: RoutingItem) -> Int {
        guard let hours else {
            return Int(now.since(item.since).components.seconds)
        }
        return Int(hours.elapsed(item.since.wholeSecond, now.wholeSecond))
    }

    /// What has waited for long goes to more people.
    private mutating func grow() {
        guard !state.queues.isEmpty else { return }
        for id in state.items(where: { $0.holder == nil && $0.dueAt.map { $0 <= now } == true }) {
            guard var item = state[item: id], let home = state.queue(item.home) else { continue }
            let age = age(item)
            for step in item.steps(in: home) where step.after <= age {
                switch step.kind {
                case .widen: item.isWidened = true
                case .overflow:
                    item.hasOverflowed = true
                    guard let other = state.queue(home.overflow) else { continue }
                    endOffer(&item, .withdrawn)
                    item.queue = other.id
                    item.passedBy = nil
                    tell(.placed(id, other.id))
                case .alert:
                    item.isAlerted = true
                    tell(.alerted(id, home.id))
                    effects.emit(
                        TeamNews(
                            tenant: tenant, kind: "queueAge",
                            values: ["conversation": id.rawValue, "queue": home.name],
                            about: item.facts.number, at: now))
                }
            }
            state[item: id] = item
            setDue(id)
        }
    }

    // MARK: The next look

    private mutating func setTimer(_ isOpen: Bool) {
        var next: Timestamp?
        func consider(_ moment: Timestamp?) {
            guard let moment else { return }
            next = min(next ?? moment, moment)
        }
        var waits = false
        let hasQueues = !state.queues.isEmpty
        state.eachItem { _, item in
            if let offer = item.offer { consider(offer.expires) }
            guard item.holder == nil else { return }
            waits = true
            if hasQueues, isOpen {
                consider(item.dueAt)
                if item.isWaiting {
                    consider(item.roundEnds)
                    if let wait = previousWaitEnds(item) { consider(wait) }
                }
            }
        }
        for (_, agent) in state.agents {
            guard let since = agent.goneSince else { continue }
            if agent.isReachable {
                consider(since + RoutingLimits.grace)
            } else if hasQueues, agent.isVacated != true {
                consider(since + RoutingLimits.grace + RoutingLimits.vacateAfter)
            }
        }
        if hasQueues, waits, !isOpen {
            let opens = hours?.nextOpening(after: now.wholeSecond).instant.map {
                Timestamp(seconds: $0)
            }
            consider(min(opens ?? now + RoutingLimits.look, now + RoutingLimits.look))
        }
        // What is due now waits for something that is not told here: it is looked at soon.
        next = next.map { max($0, now + .seconds(1)) }
        guard next != state.lookAt else { return }
        state.lookAt = next
        if let next {
            effects.setTimer(Self.timer, at: next)
        } else {
            effects.cancelTimer(Self.timer)
        }
    }

    /// Until when a conversation is kept for the agent whom the customer knows, if that is now.
    private func previousWaitEnds(_ item: RoutingItem) -> Timestamp? {
        guard let previous = item.facts.previous, let queue = state.queue(item.queue),
            item.passedBy?.contains(previous) != true,
            item.since + RoutingLimits.previousWait > now,
            let agent = state[agent: previous], agent.isReachable, agent.mayAnswer,
            agent.status == .available, queue.members.contains(previous),
            state.profile(of: previous).includes(item.facts.number),
            hasSkills(previous, for: item, queue)
        else { return nil }
        return item.since + RoutingLimits.previousWait
    }
}

// MARK: - The choice

extension RoutingDecision {
    /// What waits, in the order in which it is served: by its queue's priority, then by age.
    ///
    /// Of these queues alone, where they are named: to order what nobody could take is lost work.
    func waitingInOrder(of queues: Set<RecordID>? = nil) -> [ConversationID] {
        let priorities = Dictionary(state.queues.map { ($0.id, $0.priority) }) { first, _ in first }
        var waiting: [(priority: Int, since: Timestamp, id: ConversationID)] = []
        state.eachItem { id, item in
            guard item.isWaiting, queues.map({ item.queue.map($0.contains) ?? false }) ?? true
            else { return }
            let priority = item.queue.flatMap { priorities[$0] } ?? Int.max
            waiting.append((priority, item.since, id))
        }
        return waiting.sorted {
            ($0.priority, $0.since, $0.id) < ($1.priority, $1.since, $1.id)
        }.map(\.id)
    }

    func hasSkills(_ agent: AgentID, for item: RoutingItem, _ queue: RoutingQueue) -> Bool {
        guard item.isWidened != true, !queue.skills.isEmpty else { return true }
        let own = state.profile(of: agent).skills
        return queue.skills.allSatisfy { own.contains($0) }
    }

    /// Somebody who could be offered something now.
    private struct Candidate {
        let id: AgentID
        let load: Int
        let capacity: Int
        let idleSince: Timestamp

        /// Whether this one is offered something before another: who is less laden, then who has
        /// been given nothing for longer.
        func comesBefore(_ other: Candidate) -> Bool {
            // Shares as whole numbers: no rounding decides.
            let (left, right) = (load * other.capacity, other.load * capacity)
            return (left, idleSince, id) < (right, other.idleSince, other.id)
        }
    }

    /// Offers what waits to whoever can take it, in order.
    mutating func offer() {
        guard !state.queues.isEmpty else { return }
        var free: [AgentID: Candidate] = [:]
        for (id, agent) in state.agents {
            let capacity = state.profile(of: id).capacity
            guard agent.isConnected, agent.mayAnswer, agent.status == .available,
                agent.offered == nil, agent.load < capacity
            else { continue }
            free[id] = Candidate(
                id: id, load: agent.load, capacity: capacity, idleSince: agent.idleSince)
        }
        guard !free.isEmpty else { return }
        var teams = Dictionary(
            state.queues.map { queue in
                (queue.id, queue.members.compactMap { free[$0] })
            }
        ) { first, _ in first }
        let served = Set(teams.filter { !$0.value.isEmpty }.keys)
        for conversation in waitingInOrder(of: served) where !free.isEmpty {
            guard let item = state[item: conversation], let queue = state.queue(item.queue),
                let team = teams[queue.id], !team.isEmpty
            else { continue }
            let members = team.filter { free[$0.id] != nil }
            teams[queue.id] = members
            let able = members.filter {
                $0.load + queue.weight <= $0.capacity && item.passedBy?.contains($0.id) != true
                    && state.profile(of: $0.id).includes(item.facts.number)
                    && hasSkills($0.id, for: item, queue)
            }
            let chosen: Candidate?
            if let known = able.first(where: { $0.id == item.facts.previous }) {
                chosen = known
            } else if previousWaitEnds(item) != nil {
                continue
            } else {
                chosen = able.min { $0.comesBefore($1) }
            }
            guard let chosen else { continue }
            free[chosen.id] = nil
            makeOffer(of: conversation, to: chosen.id)
        }
    }
}

extension RoutingItem {
    /// What its age may bring about.
    enum Step: Int { case widen, overflow, alert }

    /// What its age is still to bring about, in the order of time.
    func steps(in queue: RoutingQueue) -> [(kind: Step, after: Int)] {
        var steps: [(kind: Step, after: Int)] = []
        if isWidened != true, !queue.skills.isEmpty, let after = queue.widenAfter {
            steps.append((.widen, after))
        }
        if hasOverflowed != true, queue.overflow != nil, let after = queue.overflowAfter {
            steps.append((.overflow, after))
        }
        if isAlerted != true, let after = queue.alertAfter { steps.append((.alert, after)) }
        return steps.sorted { ($0.after, $0.kind.rawValue) < ($1.after, $1.kind.rawValue) }
    }
}

extension Timestamp {
    /// The whole second that it is in, since 1970.
    var wholeSecond: Int64 {
        milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000
    }
}
