import Conversation
import DeskRecords
import RoutingRecords

// MARK: - What happens to conversations

extension RoutingDecision {
    mutating func follow(_ news: RoutingNews) {
        let (conversation, now) = (news.conversation, now)
        var item = state[item: conversation]
        switch news.change {
        case .waits(let facts): arrive(conversation, item, facts, news)
        case .held(let agent, let name):
            var known =
                item ?? RoutingItem(epoch: news.epoch, since: news.at, facts: ArrivalFacts())
            guard known.epoch <= news.epoch else { return }
            // A sign of life is no change of owner.
            guard known.holder != agent || known.epoch < news.epoch else { return }
            end(offerOf: &known, for: agent)
            known.epoch = news.epoch
            note(agent, name)
            charge(&known, to: agent)
            known.holding = .held(agent)
            state[agent: agent]?.idleSince = now
            state[item: conversation] = known
            if known.queue == nil { place(conversation) }
        case .parked(let agent):
            guard item != nil, item?.holder == agent else { return }
            item?.holding = .parked(agent)
            if var known = item {
                // What is laid aside weighs nothing.
                discharge(&known)
                state[item: conversation] = known
            }
        case .resumed(let agent):
            guard var known = item, known.holder == agent else { return }
            known.holding = .held(agent)
            charge(&known, to: agent)
            state[item: conversation] = known
        case .ended:
            guard var known = item, known.epoch <= news.epoch else { return }
            endOffer(&known, .withdrawn)
            discharge(&known)
            state[item: conversation] = nil
            if known.queue != nil { tell(conversation, isIn: nil, hasEnded: true) }
        case .refused(let reference):
            guard var known = item, let offer = known.offer,
                Self.reference(of: offer) == reference
            else { return }
            endOffer(&known, .taken)
            state[item: conversation] = known
        }
    }

    /// Who has it now: whoever was offered it, or somebody else.
    private mutating func end(offerOf item: inout RoutingItem, for agent: AgentID) {
        guard let offer = item.offer else { return }
        endOffer(&item, offer.agent == agent ? .accepted : .taken)
    }

    private mutating func arrive(
        _ conversation: ConversationID, _ known: RoutingItem?, _ facts: ArrivalFacts,
        _ news: RoutingNews
    ) {
        var item =
            known ?? RoutingItem(epoch: news.epoch, since: news.at, facts: facts)
        guard item.epoch <= news.epoch else { return }
        let former = item.holder
        let wasWaiting = known != nil && former == nil
        endOffer(&item, .withdrawn)
        discharge(&item)
        item.epoch = news.epoch
        item.holding = .waiting
        let isNew = facts.reason != nil
        if isNew {
            item.facts = facts
        } else {
            item.facts.previous = facts.previous
            item.facts.number = facts.number ?? item.facts.number
        }
        // Whoever lost it by their absence, or laid it aside, is asked first again.
        if facts.isGivenBack == true {
            item.facts.previous = nil
            if let former { item.passedBy = [former] }
        }
        if isNew || !wasWaiting { item.beginWait(at: news.at) }
        if facts.isGivenBack == true, let former {
            item.passedBy = [former]
            item.roundEnds = now + RoutingLimits.round
        }
        if let queue = facts.queue, state.queue(queue) != nil {
            (item.queue, item.isMoved) = (queue, true)
            item.home = queue
            state[item: conversation] = item
            tell(conversation, isIn: queue)
            setDue(conversation)
            return
        }
        state[item: conversation] = item
        place(conversation)
    }

    private mutating func note(_ agent: AgentID, _ name: String) {
        if state[agent: agent] == nil {
            state[agent: agent] = RoutingAgent(name: name, idleSince: now)
        }
    }

    /// Follows a label that a conversation bears, or bears no more; says whether it concerns one.
    mutating func follow(_ event: DeskEvent) -> Bool {
        guard case .labelled(let conversation, let label, let isOn) = event.change,
            var item = state[item: conversation]
        else { return false }
        var labels = (item.labels ?? []).filter { $0 != label }
        if isOn { labels.append(label) }
        item.labels = labels.isEmpty ? nil : labels
        state[item: conversation] = item
        if item.holder == nil, item.offer == nil { place(conversation) }
        return true
    }

    // MARK: Places

    /// Puts a conversation into the queue that takes it, unless somebody chose another.
    mutating func place(_ conversation: ConversationID) {
        guard var item = state[item: conversation] else { return }
        let isStill = item.isMoved == true || item.hasOverflowed == true
        if isStill, state.queue(item.queue) != nil { return setDue(conversation) }
        let queue = queue(for: item)
        if item.queue != queue?.id {
            item.queue = queue?.id
            item.isMoved = nil
            tell(conversation, isIn: queue?.id)
        }
        item.home = queue?.id
        state[item: conversation] = item
        setDue(conversation)
    }

    private func queue(for item: RoutingItem) -> RoutingQueue? {
        let inOrder = state.queues.enumerated().sorted {
            ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset)
        }.map(\.element)
        return inOrder.first { $0.takes.contains { $0.holds(for: item) } }
            ?? inOrder.first(where: \.isDefault) ?? inOrder.last
    }
}

extension RoutingRule {
    func holds(for item: RoutingItem) -> Bool {
        guard !isEmpty else { return false }
        func holds<Value: Equatable>(_ wanted: [Value]?, _ found: [Value]) -> Bool {
            guard let wanted, !wanted.isEmpty else { return true }
            return wanted.contains { found.contains($0) }
        }
        return holds(reasons, [item.facts.reason].compactMap(\.self))
            && holds(languages, [item.facts.language].compactMap(\.self))
            && holds(numbers, [item.facts.number].compactMap(\.self))
            && holds(labels, item.labels ?? [])
    }
}

// MARK: - What is wished

extension RoutingDecision {
    mutating func obey(_ command: RoutingCommand) {
        let reference = command.reference
        switch command.action {
        case .saveQueue(let queue): save(queue, reference)
        case .removeQueue(let id): removeQueue(id, reference)
        case .saveProfile(var profile):
            // Which numbers they may see is another wish.
            profile.numbers = state.profile(of: profile.agent).numbers
            state.profiles[profile.agent.rawValue] = profile
            setUp(.profileSaved(profile), reference: reference)
        case .limit(let agent, let numbers): limit(agent, to: numbers, reference)
        case .setStatus(let id, let name, let status):
            var agent = state[agent: id] ?? RoutingAgent(name: name, idleSince: now)
            agent.name = name
            agent.status = status
            agent.misses = 0
            state[agent: id] = agent
            tell(.agent(agent.standing(as: id)), reference: reference)
        case .appeared(let id, let name, let mayAnswer): appear(id, name, mayAnswer)
        case .vanished(let id):
            guard var agent = state[agent: id], agent.isConnected else { return }
            agent.isConnected = false
            agent.goneSince = now
            state[agent: id] = agent
        case .answer(let offer, let agent, let isAccepted):
            answer(offer, agent, isAccepted, reference)
        case .next(let agent, let name): next(for: agent, name, reference)
        case .move(let conversation, let queue): move(conversation, queue, reference)
        }
    }

    private mutating func appear(_ id: AgentID, _ name: String, _ mayAnswer: Bool) {
        var agent = state[agent: id] ?? RoutingAgent(name: name, idleSince: now)
        let before = state[agent: id].map { $0.standing(as: id) }
        if !agent.isReachable { agent.idleSince = now }
        agent.name = name
        agent.mayAnswer = mayAnswer
        agent.isConnected = true
        agent.goneSince = nil
        agent.isVacated = nil
        agent.isReachable = true
        state[agent: id] = agent
        let standing = agent.standing(as: id)
        if standing != before { tell(.agent(standing)) }
    }

    /// Limits an agent to numbers: what is offered to them of others is offered to somebody else.
    private mutating func limit(
        _ agent: AgentID, to numbers: [BusinessNumberID]?, _ reference: String
    ) {
        var profile = state.profile(of: agent)
        profile.numbers = numbers
        state.profiles[agent.rawValue] = profile
        setUp(.profileSaved(profile), reference: reference)
        guard let id = state[agent: agent]?.offered, var item = state[item: id],
            item.isUnanswered, !profile.includes(item.facts.number)
        else { return }
        endOffer(&item, .withdrawn)
        state[item: id] = item
    }

    private mutating func save(_ queue: RoutingQueue, _ reference: String) {
        let index = state.queues.firstIndex { $0.id == queue.id }
        let name = TextFolding.fold(queue.name)
        if state.queues.contains(where: {
            $0.id != queue.id && TextFolding.fold($0.name) == name
        }) {
            return setUp(.refused(.taken), reference: reference)
        }
        guard index != nil || state.queues.count < RoutingLimits.queues else {
            return setUp(.refused(.tooMany), reference: reference)
        }
        if let other = queue.overflow, other == queue.id || state.queue(other) == nil {
            return setUp(.refused(.unknown), reference: reference)
        }
        let priority = index.map { state.queues[$0].priority }
        var queue = queue
        // One takes what no other does: the first, until another one is chosen.
        if state.queues.allSatisfy({ $0.id == queue.id || !$0.isDefault }) {
            queue.isDefault = true
        }
        if let index { state.queues[index] = queue } else { state.queues.append(queue) }
        setUp(.queueSaved(queue), reference: reference)
        if queue.isDefault {
            for at in state.queues.indices where state.queues[at].id != queue.id {
                guard state.queues[at].isDefault else { continue }
                state.queues[at].isDefault = false
                setUp(.queueSaved(state.queues[at]))
            }
        }
        queuesChanged()
        guard let priority, priority != queue.priority else { return }
        for conversation in state.items(where: { $0.queue == queue.id }) {
            tell(placeOf: conversation, queue.id)
        }
    }

    private mutating func removeQueue(_ id: RecordID, _ reference: String) {
        guard let queue = state.queue(id) else {
            return setUp(.refused(.unknown), reference: reference)
        }
        guard !queue.isDefault || state.queues.count == 1 else {
            return setUp(.refused(.isDefault), reference: reference)
        }
        state.queues.removeAll { $0.id == id }
        setUp(.queueRemoved(id), reference: reference)
        for at in state.queues.indices where state.queues[at].overflow == id {
            state.queues[at].overflow = nil
            state.queues[at].overflowAfter = nil
            setUp(.queueSaved(state.queues[at]))
        }
        queuesChanged()
    }

    /// Everything that waits goes where it belongs now; what somebody has goes on as it is.
    private mutating func queuesChanged() {
        for id in state.items(where: { _ in true }) {
            guard var item = state[item: id] else { continue }
            if let offer = item.offer, item.isUnanswered,
                state.queue(item.queue)?.members.contains(offer.agent) != true
            {
                endOffer(&item, .withdrawn)
                state[item: id] = item
            }
            if item.holder == nil || state.queue(item.queue) == nil { place(id) }
        }
    }

    private mutating func answer(
        _ id: RecordID, _ agent: AgentID, _ isAccepted: Bool, _ reference: String
    ) {
        guard let conversation = state[agent: agent]?.offered, var item = state[item: conversation],
            case .offered(let offer, let accepted) = item.holding, offer.id == id
        else { return tell(.refused(.noOffer), reference: reference) }
        guard isAccepted else {
            // What was accepted is no more to be declined: it can be given back.
            guard accepted == nil else { return tell(.refused(.noOffer), reference: reference) }
            endOffer(&item, .declined)
            state[agent: agent]?.misses = 0
            state[item: conversation] = item
            return tell(.done, reference: reference)
        }
        guard accepted == nil else {
            // Asked for once already: whoever asks again hears of it by the new name.
            item.holding = .offered(offer, acceptedBy: reference)
            state[item: conversation] = item
            return
        }
        var standing = offer
        standing.expires = now + RoutingLimits.confirmation
        item.holding = .offered(standing, acceptedBy: reference)
        state[item: conversation] = item
        wish(
            .accept(offer: offer.id, epoch: offer.epoch), of: conversation, for: agent,
            reference: Self.reference(of: offer))
    }

    /// Gives an agent what is next for them, as if it had been offered and accepted.
    private mutating func next(for id: AgentID, _ name: String, _ reference: String) {
        note(id, name)
        guard let agent = state[agent: id] else { return }
        if let conversation = agent.offered, let offer = state[item: conversation]?.offer {
            return answer(offer.id, id, true, reference)
        }
        var isFull = false
        for conversation in waitingInOrder() {
            guard let item = state[item: conversation],
                state.profile(of: id).includes(item.facts.number)
            else { continue }
            guard let queue = state.queue(item.queue) else {
                guard state.queues.isEmpty else { continue }
                return makeOffer(of: conversation, to: id, acceptedBy: reference)
            }
            guard queue.members.contains(id), hasSkills(id, for: item, queue) else { continue }
            guard agent.load + queue.weight <= state.profile(of: id).capacity else {
                isFull = true
                continue
            }
            return makeOffer(of: conversation, to: id, acceptedBy: reference)
        }
        tell(.refused(isFull ? .full : .nothingWaits), reference: reference)
    }

    private mutating func move(
        _ conversation: ConversationID, _ queue: RecordID, _ reference: String
    ) {
        guard state.queue(queue) != nil else {
            return tell(.refused(.unknown), reference: reference)
        }
        guard var item = state[item: conversation], item.holder == nil else {
            return tell(.refused(.notWaiting), reference: reference)
        }
        endOffer(&item, .withdrawn)
        item.passedBy = nil
        item.queue = queue
        item.home = queue
        item.isMoved = true
        item.hasOverflowed = nil
        state[item: conversation] = item
        tell(conversation, isIn: queue, reference: reference)
        setDue(conversation)
    }
}

extension RoutingItem {
    /// Whether it is offered and nobody has answered.
    var isUnanswered: Bool {
        if case .offered(_, nil) = holding { true } else { false }
    }
}
