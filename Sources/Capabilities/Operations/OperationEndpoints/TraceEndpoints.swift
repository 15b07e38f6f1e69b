package import Conversation
package import Endpoints
import EventLog
import HTTPServer
import JSON
package import Operations

/// What became of one message, and of all of them, over HTTP.
///
/// A story is told without what people wrote; with it, it is its business's.
package struct TraceEndpoints: Sendable {
    /// Messages of a conversation that are listed.
    private static let mostMessages = 50
    /// What is accounted for unless told otherwise.
    private static let usualRange = Duration.seconds(86_400)
    /// Messages that need a look, listed at most.
    private static let mostItems = 200

    /// Finds a question's passages in a business's documents, so many at most.
    package typealias Search =
        @Sendable (TenantID, String, Int) async throws -> [RankedPassage]

    let trace: MessageTrace
    private let ledger: MessageLedger
    let search: Search
    let now: @Sendable () -> Timestamp

    /// Answers by what the log tells, and by what is found today.
    package init(
        _ trace: MessageTrace, _ ledger: MessageLedger, search: @escaping Search,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.trace = trace
        self.ledger = ledger
        self.search = search
        self.now = now
    }

    /// The endpoints.
    package var endpoints: [Endpoint] { [story, told, why, messages, account] }

    private var story: Endpoint {
        .installation(
            .at(
                .get, OperationEndpoints.base + "/trace", "operations.trace",
                "Tells what became of a message over all topics, without what people wrote."),
            may: .readStatus,
            .init(
                takes: TraceParameters.self, gives: Reply<TraceStory>.self,
                problems: [.log, .noRecord])
        ) { Reply(TraceStory(try await story(of: $0.parameters.id, content: false))) }
    }

    private var told: Endpoint {
        .tenant(
            .at(
                .get, "/api/v1/tenants/{tenant}/trace", "operations.traceContent",
                "Tells what became of a business's message over all topics, with what people wrote."
            ),
            may: .readConversations,
            .init(
                takes: TraceParameters.self, gives: Reply<TraceStory>.self,
                problems: [.log, .noRecord])
        ) { call in
            let found = try await story(of: call.parameters.id, content: true)
            guard found.tenant == call.scope.tenant, call.scope.seesAll else {
                throw Self.unknown
            }
            return Reply(TraceStory(found))
        }
    }

    private var messages: Endpoint {
        .installation(
            .at(
                .get, OperationEndpoints.base + "/conversations/{conversation}/messages",
                "operations.messages",
                "Lists the newest messages of a conversation by id and time, for their stories."),
            may: .readStatus,
            .init(
                takes: OneConversation.self, gives: Reply<TracedMessages>.self, problems: [.log])
        ) { call in
            do throws(EventLogError) {
                let found = try await trace.messages(
                    of: call.parameters.conversation, atMost: Self.mostMessages,
                    at: now().milliseconds)
                return Reply(
                    TracedMessages(
                        messages: found.map { .init(message: $0.id, tenant: $0.tenant, at: $0.at) })
                )
            } catch {
                throw Problem(.log, error.description)
            }
        }
    }

    private var account: Endpoint {
        .installation(
            .at(
                .get, OperationEndpoints.base + "/ledger", "operations.ledger",
                "Accounts for every message of a time: how many fared how, and which need a look."),
            may: .readStatus,
            .init(takes: LedgerParameters.self, gives: Reply<LedgerSummary>.self, problems: [.log])
        ) { call in
            let wanted = call.parameters
            let from = wanted.from ?? now() - Self.usualRange
            do {
                let report = try await ledger.report(
                    .init(
                        from: from.milliseconds, to: wanted.to?.milliseconds,
                        tenant: wanted.tenant?.rawValue),
                    at: now().milliseconds, listing: Self.mostItems)
                return Reply(LedgerSummary(report, from: from))
            } catch let error as EventLogError {
                throw Problem(.log, error.description)
            }
        }
    }

    static var unknown: Problem {
        Problem(
            .noRecord, "the log holds no record with this id, or has dropped it with its time")
    }

    private func story(
        of id: String, content: Bool
    ) async throws(Problem) -> MessageTrace.Story {
        let found: MessageTrace.Story?
        do throws(EventLogError) {
            found = try await trace.story(of: id, content: content, at: now().milliseconds)
        } catch {
            throw Problem(.log, error.description)
        }
        guard let found else { throw Self.unknown }
        return found
    }
}

extension Problem.Kind {
    static let noRecord = Self(404, "no_record")
}

extension TenantScope {
    /// Whether nothing of the business is hidden from whoever looks.
    ///
    /// To which number a record belongs, and in whose queue, its story does not say: what it holds
    /// is for those who see all of them.
    var seesAll: Bool { viewer.map { $0.seesAllNumbers && $0.supervises } ?? true }
}
