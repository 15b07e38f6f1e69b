package import AccountCommands
package import Conversation
import Endpoints
import EventLog
import HTTPServer
import Records
package import RoutingRecords
import RoutingView
import SQLite
import Synchronization
import Telemetry
package import Views

extension RoutingEvent: AnsweringEvent {}

/// What agents' sockets have to do with routing: they say who is there, ask, and are told.
package final class RoutingDesk: Sendable {
    /// How often what the view says of who is there is compared with who is.
    private static let comparison = Duration.seconds(30)
    /// How long routing may go on counting on somebody of whom it was told that they are gone: it
    /// gives a broken line time, and is told no second time meanwhile.
    private static let farewell = Duration.seconds(180)

    /// Kept of ``RoutingView``.
    package let view: StoredView
    private let answers: Commands<RoutingEvent>
    private let writer: CommandWriter

    private struct Presence {
        var name: String
        var sockets = 0
        var mayAnswer: Bool
    }

    private struct Key: Hashable {
        let tenant: TenantID
        let agent: AgentID
    }

    private struct State {
        var present: [Key: Presence] = [:]
        /// When it was told of whom that they are gone.
        var gone: [Key: ContinuousClock.Instant] = [:]
        var told: (@Sendable (RoutingEvent) -> Void)?
    }

    private let state = Mutex(State())

    /// Asks by a writer; `keep` keeps the view, and lets this hear of its changes.
    package init(
        _ writer: CommandWriter,
        keep: (@escaping @Sendable ([any ViewChange]) -> Void) -> StoredView
    ) {
        let answers = Commands<RoutingEvent>()
        let hears = Hears()
        view = keep { changes in
            // What happened is told before the answer to who wished it.
            hears.desk.withLock { $0 }?.hear(changes)
            answers.hear(changes)
        }
        self.answers = answers
        self.writer = writer
        hears.desk.withLock { $0 = self }
    }

    /// The view is there before this is.
    private final class Hears: Sendable {
        let desk = Mutex<RoutingDesk?>(nil)
    }

    private func hear(_ changes: [any ViewChange]) {
        guard let told = state.withLock({ $0.told }) else { return }
        for case let change as RoutingChanged in changes { told(change.event) }
    }

    /// Says who passes on to sockets what happens.
    func tell(_ told: @escaping @Sendable (RoutingEvent) -> Void) {
        state.withLock { $0.told = told }
    }

    // MARK: Who is there

    /// A socket of an agent is open, or what they may do is another.
    func appear(
        _ agent: Principal.Agent, mayAnswer: Bool, isNew: Bool, by records: ConsoleRecords
    ) {
        let key = Key(tenant: agent.tenant, agent: agent.id)
        state.withLock { state in
            var presence =
                state.present[key] ?? Presence(name: agent.name, mayAnswer: mayAnswer)
            let isFirst = presence.sockets == 0
            let isOther = presence.mayAnswer != mayAnswer
            if isNew { presence.sockets += 1 }
            presence.mayAnswer = mayAnswer
            state.present[key] = presence
            state.gone[key] = nil
            // In this order they reach the log.
            guard isFirst || isOther else { return }
            append(
                .appeared(agent.id, name: agent.name, mayAnswer: mayAnswer), agent.tenant, records)
        }
    }

    /// A socket of an agent is gone.
    func vanish(_ agent: Principal.Agent, by records: ConsoleRecords) {
        let key = Key(tenant: agent.tenant, agent: agent.id)
        state.withLock { state in
            guard var presence = state.present[key] else { return }
            presence.sockets -= 1
            state.present[key] = presence.sockets > 0 ? presence : nil
            guard presence.sockets <= 0 else { return }
            state.gone[key] = .now
            append(.vanished(agent.id), agent.tenant, records)
        }
    }

    private func append(
        _ action: RoutingCommand.Action, _ tenant: TenantID, _ records: ConsoleRecords
    ) {
        do {
            let id = try records.freshID()
            let command = RoutingCommand(
                tenant: tenant, action: action, reference: id.rawValue, at: records.now())
            // What is not stored is noticed by the comparison, and told again.
            records.appender.append([try records.record(command, id: command.id)]) { _ in }
        } catch {
            // A tenant without a key is being erased: nobody is there any more.
        }
    }

    /// Tells of who is gone without a word, as with the process that had their sockets, and of whom
    /// nothing was heard, again and again until cancelled.
    func compare(by records: ConsoleRecords) async {
        while !Task.isCancelled {
            if view.isCaughtUp { await compareOnce(records) }
            // A cancelled sleep ends the loop.
            try? await Task.sleep(for: view.isCaughtUp ? Self.comparison : .milliseconds(200))
        }
    }

    private func compareOnce(_ records: ConsoleRecords) async {
        // What cannot be read now is compared in the next round.
        guard let reachable = try? await view.read(RoutingView.reachable) else { return }
        let known = Set(reachable.map { Key(tenant: $0.tenant, agent: $0.agent) })
        let now = ContinuousClock.now
        state.withLock { state in
            state.gone = state.gone.filter { now - $0.value < Self.farewell }
            for key in known where state.present[key] == nil && state.gone[key] == nil {
                state.gone[key] = now
                append(.vanished(key.agent), key.tenant, records)
            }
            for (key, presence) in state.present where !known.contains(key) {
                append(
                    .appeared(key.agent, name: presence.name, mayAnswer: presence.mayAnswer),
                    key.tenant, records)
            }
        }
    }

    // MARK: Asking

    /// Gives a command under the client's own id of it; a repeat is answered as before.
    func send(
        _ action: RoutingCommand.Action, _ reference: String, in scope: TenantScope
    ) async throws(Problem) -> RoutingEvent {
        let known = try await view.answer { rows throws(SQLiteError) in
            try RoutingRows(rows, of: scope).answer(to: reference)
        }
        if let known { return known }
        let command = RoutingCommand(
            tenant: scope.tenant, action: action, reference: reference, at: writer.now())
        return try await answers.send(command, id: command.id, reference, by: writer)
    }
}

/// How routing stands for an agent who comes in: what they chose, the queues, and what is offered.
package struct RoutingState: Hashable, Sendable, Codable {
    /// A queue, as agents know it.
    package struct Queue: Hashable, Sendable, Codable {
        /// The queue.
        package var id: RecordID
        /// What it is called.
        package var name: String
        /// Whether the agent belongs to it.
        package var isMine: Bool
    }

    /// What the agent chose to be.
    package var status: AgentStatus
    /// The queues in the order in which they are served; none where there is one for everybody.
    package var queues: [Queue]
    /// What is offered to the agent.
    package var offers: [AgentOffer]
}

/// What is offered to an agent, as their client is told.
package struct AgentOffer: Hashable, Sendable, Codable {
    /// The offer.
    package var offer: RecordID
    /// The conversation.
    package var conversation: ConversationID
    /// The queue in which it waits.
    package var queue: RecordID?
    /// Until when it stands.
    package var expires: Timestamp
    /// How long that is from the moment at which this was said, in seconds: clocks differ.
    package var secondsLeft: Int

    init(_ offer: RoutingOffer, at now: Timestamp) {
        self.offer = offer.id
        conversation = offer.conversation
        queue = offer.queue
        expires = offer.expires
        secondsLeft = Int(max(0, (offer.expires.milliseconds - now.milliseconds) / 1_000))
    }
}
