import AccountCommands
package import AuditEndpoints
import AuditRecords
package import Conversation
package import Endpoints
package import EventLog
import HTTPServer
import JSON
package import Operations
package import Records

/// Records that were set aside, over HTTP: what they are, and what can be done about them.
///
/// What a record says belongs to its business: it is asked for there, with that permission.
package struct DeadLetterEndpoints: Sendable {
    /// What they are shown and given back by.
    package struct Means: Sendable {
        /// The letters.
        package var index: DeadLetterIndex
        /// Does something about them.
        package var actions: DeadLetterActions
        /// The log.
        package var log: any EventLog
        /// Opens what they say.
        package var envelope: RecordEnvelope
        /// Writes down who looked.
        package var writer: AuditWriter
        /// The time.
        package var now: @Sendable () -> Timestamp

        /// Names them all.
        package init(
            index: DeadLetterIndex, log: any EventLog, envelope: RecordEnvelope,
            writer: AuditWriter, now: @escaping @Sendable () -> Timestamp
        ) {
            self.index = index
            self.log = log
            self.envelope = envelope
            self.writer = writer
            self.now = now
            actions = DeadLetterActions(log, by: envelope)
        }
    }

    /// Bytes of what a record says that are shown.
    private static let mostBytes = 64 << 10

    private let means: Means

    /// Answers by these means.
    package init(_ means: Means) { self.means = means }

    /// The endpoints.
    package var endpoints: [Endpoint] { [list, read, content, redrive, discard] }

    private static let base = OperationEndpoints.base + "/dead-letters"

    private var list: Endpoint {
        .installation(
            .at(
                .get, Self.base, "deadLetters.list",
                "Lists records that were set aside, newest first, page by page."),
            may: .readStatus,
            .init(
                takes: DeadLetterParameters.self, gives: Reply<DeadLetterPage>.self,
                problems: [.log])
        ) { call in
            let wanted = call.parameters
            let all = try await entries(DeadLetterFilter(isOpen: false))
            let fitting = all.filter { wanted.filter.includes($0.letter) }
            let rows = fitting.map(DeadLetterListing.init)
            var start = 0
            if let after = wanted.after {
                guard let index = rows.firstIndex(where: { $0.letter == after }) else {
                    throw Problem.invalid(
                        parameter: "after", "after is what the page before gave as next")
                }
                start = index + 1
            }
            let page = rows[start...].prefix(wanted.limit ?? DeadLetterParameters.rows)
            return Reply(
                DeadLetterPage(
                    letters: Array(page), total: rows.count,
                    next: page.endIndex < rows.count ? page.last?.letter : nil,
                    stages: Set(all.map(\.letter.stage)).sorted()))
        }
    }

    private var read: Endpoint {
        .installation(
            .at(
                .get, Self.base + "/{letter}", "deadLetters.read",
                "Shows a record that was set aside, with its headers, without what it says."),
            may: .readStatus,
            .init(
                takes: OneDeadLetter.self, gives: Reply<WholeDeadLetter>.self,
                problems: [.log, .noDeadLetter])
        ) { Reply(WholeDeadLetter(try await entry($0.parameters.letter))) }
    }

    private var content: Endpoint {
        .tenant(
            .at(
                .get, "/api/v1/tenants/{tenant}/dead-letters/{letter}/content",
                "deadLetters.content",
                "Shows what a business's record says that was set aside; who looks is written down."
            ),
            may: .readConversations,
            .init(
                takes: OneDeadLetter.self, gives: Reply<DeadLetterContent>.self,
                problems: [.log, .noDeadLetter, .notStored])
        ) { call in
            let tenant = call.scope.tenant
            let entry = try await entry(call.parameters.letter)
            guard entry.letter.tenant == tenant, call.scope.seesAll else {
                throw Self.unknown(call.parameters.letter)
            }
            try await means.writer.write(
                "dead-letter.read",
                on: AuditTarget("deadLetter", entry.letter.position.description), in: tenant,
                for: Asker(call, in: tenant))
            return Reply(try await words(of: entry.letter))
        }
    }

    private var redrive: Endpoint {
        .installation(
            .at(
                .post, Self.base + "/redrives", "deadLetters.redrive",
                "Gives records that were set aside back to their stages, once and in order."),
            may: .manageDeployments,
            .init(
                body: JSONBody<DeadLetterWish>.self, gives: Reply<DeadLetterOutcome>.self,
                problems: [.log, .superseded], repeating: .once)
        ) { call in
            let wish = call.body.value
            return Reply(
                try await apply(
                    .redrive, to: wish.letters, isDryRun: wish.isDryRun,
                    for: Asker(call, in: .installation)))
        }
    }

    private var discard: Endpoint {
        .installation(
            .at(
                .post, Self.base + "/discards", "deadLetters.discard",
                "Gives records up that were set aside; they stay in the topic, marked."),
            may: .manageDeployments,
            .init(
                body: JSONBody<DeadLetterDiscard>.self, gives: Reply<DeadLetterOutcome>.self,
                problems: [.log, .superseded], repeating: .once)
        ) { call in
            let wish = call.body.value
            return Reply(
                try await apply(
                    .discard(because: wish.because), to: wish.letters, isDryRun: wish.isDryRun,
                    for: Asker(call, in: .installation)))
        }
    }

    // MARK: Finding and doing

    private static func unknown(_ name: String) -> Problem {
        Problem(.noDeadLetter, "there is no dead letter \(name), or the log has dropped it")
    }

    private func entries(
        _ filter: DeadLetterFilter
    ) async throws(Problem) -> [DeadLetterIndex.Entry] {
        do throws(EventLogError) {
            return try await means.index.list(filter)
        } catch {
            throw Problem(.log, error.description)
        }
    }

    private func entry(_ name: String) async throws(Problem) -> DeadLetterIndex.Entry {
        let found = try await entries(DeadLetterFilter(isOpen: false)).first {
            DeadLetterListing.name(of: $0.letter.position) == name
        }
        guard let found else { throw Self.unknown(name) }
        return found
    }

    private func words(of letter: DeadLetterView) async throws(Problem) -> DeadLetterContent {
        let place = TopicPartition(letter.position.topic, letter.position.partition)
        let found = await RecordLookup.record(at: place, letter.position.offset, in: means.log)
        guard let record = found else {
            throw Self.unknown(DeadLetterListing.name(of: letter.position))
        }
        await means.envelope.prepare(for: [record])
        // What cannot be opened is shown as it stands.
        let opened = try? means.envelope.json(of: record.record)
        let bytes = opened ?? record.record.value ?? []
        return DeadLetterContent(
            text: String(decoding: bytes.prefix(Self.mostBytes), as: UTF8.self),
            isOpened: opened != nil, isCut: bytes.count > Self.mostBytes)
    }

    private func apply(
        _ remedy: DeadLetterActions.Remedy, to names: [String], isDryRun: Bool, for asker: Asker
    ) async throws(Problem) -> DeadLetterOutcome {
        let all = Dictionary(
            uniqueKeysWithValues: try await entries(DeadLetterFilter(isOpen: false)).map {
                (DeadLetterListing.name(of: $0.letter.position), $0.letter)
            })
        var wanted: Set<String> = []
        var rows: [DeadLetterOutcome.Row] = []
        for name in names where !rows.contains(where: { $0.letter == name }) {
            let why = Self.reason(against: remedy, all[name])
            if why == nil, let letter = all[name] { wanted.insert(letter.position.description) }
            rows.append(.init(letter: name, isDone: why == nil, why: why))
        }
        guard !isDryRun, !wanted.isEmpty else {
            return DeadLetterOutcome(isDryRun: isDryRun, letters: rows)
        }
        let done: [DeadLetterView]
        do throws(EventLogError) {
            done = try await means.actions.apply(
                remedy, to: DeadLetterFilter(positions: wanted), by: asker.actor,
                from: asker.origin, at: means.now())
        } catch {
            if case .superseded = error {
                throw Problem(
                    .superseded,
                    "somebody else does something about dead letters now; look again in a moment")
            }
            throw Problem(.log, error.description)
        }
        let names = Set(done.map { DeadLetterListing.name(of: $0.position) })
        return DeadLetterOutcome(
            isDryRun: false,
            letters: rows.map { row in
                // Somebody else was quicker.
                guard row.isDone, !names.contains(row.letter) else { return row }
                return .init(letter: row.letter, isDone: false, why: "settled")
            })
    }

    private static func reason(
        against remedy: DeadLetterActions.Remedy, _ letter: DeadLetterView?
    ) -> String? {
        guard let letter else { return "unknown" }
        guard letter.isOpen else { return "settled" }
        guard !remedy.fits(letter) else { return nil }
        return letter.isTimer ? "timer" : "noValue"
    }
}

extension TenantPermission {
    static let readConversations = Self("conversations:read")
}

extension Problem.Kind {
    static let noDeadLetter = Self(404, "no_dead_letter")
    static let superseded = Self(409, "superseded")
    static let log = Self(503, "log")
}
