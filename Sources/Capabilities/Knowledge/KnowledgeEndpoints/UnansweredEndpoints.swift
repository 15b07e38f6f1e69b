import AccountCommands
package import AuditEndpoints
import AuditRecords
package import Conversation
import ConversationView
package import Endpoints
import HTTPServer
import KnowledgeRecords
import SQLite
package import Views

/// Questions that the documents did not answer: gathered, counted, and what people make of them.
package struct UnansweredEndpoints: Sendable {
    /// The view of conversations; `nil` as long as the process is starting.
    package typealias Source = @Sendable () -> StoredView?

    /// Questions that are gathered at once: the newest.
    private static let mostQuestions = 2_000
    /// How long a mark is waited for to be shown.
    private static let patience = Duration.seconds(10)
    private static let base = "/api/v1/tenants/{tenant}/unanswered"

    private let source: Source
    private let audit: AuditWriter
    private let now: @Sendable () -> Timestamp

    /// Answers from the view of conversations; what people make of questions is written down.
    package init(
        over source: @escaping Source, noting audit: AuditWriter,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.source = source
        self.audit = audit
        self.now = now
    }

    /// The endpoints.
    package var endpoints: [Endpoint] { [list, settle, suggest] }

    private var list: Endpoint {
        .tenant(
            .at(
                .get, Self.base, "unanswered.list",
                "Lists what customers asked and the documents did not answer, or not surely, "
                    + "gathered by what was asked."),
            may: .readConversations,
            .init(
                takes: UnansweredQuery.self, gives: Reply<UnansweredList>.self,
                problems: [.viewIsBuilt])
        ) { call in
            let wanted = call.parameters
            let days = wanted.days ?? UnansweredQuery.standardDays
            let found = try await look(call.scope, days: days)
            let isOpen = wanted.standing != UnansweredQuery.settled
            let questions = found.filter { $0.isOpen == isOpen }
            return Reply(
                UnansweredList(
                    groups: QuestionGroups(questions).groups.map { UnansweredGroup($0) },
                    questions: questions.count, isCut: found.count == Self.mostQuestions))
        }
    }

    private var settle: Endpoint {
        .tenant(
            .at(
                .post, Self.base + "/settlements", "unanswered.settle",
                "Says of questions that they are answered by a document, put aside, or open again."
            ),
            may: .writeDocuments,
            .init(
                body: JSONBody<SettlementForm>.self, gives: Reply<MarkedQuestions>.self,
                problems: Self.writing, repeating: .once)
        ) { call in
            let form = call.body.value
            let standing: QuestionMark.Standing
            switch form.standing {
            case .answered:
                guard let document = form.document else {
                    throw Problem.invalid("/document", "name the document that answers them")
                }
                standing = .answered(document)
            case .putAside: standing = .putAside
            case .open: standing = .open
            }
            return Reply(
                try await mark(
                    form.messages, standing, as: "question.\(form.standing.rawValue)",
                    Asker(call, in: call.scope.tenant), call.scope))
        }
    }

    private var suggest: Endpoint {
        .tenant(
            .at(
                .post, Self.base + "/suggestions", "unanswered.suggest",
                "Suggests an answer to questions, for whoever may write answers."),
            may: .suggestDocuments,
            .init(
                body: JSONBody<SuggestionForm>.self, gives: Reply<MarkedQuestions>.self,
                problems: Self.writing, repeating: .once)
        ) { call in
            let form = call.body.value
            return Reply(
                try await mark(
                    form.messages,
                    .suggested(
                        question: form.question.trimmingSpaces, answer: form.answer.trimmingSpaces),
                    as: "question.suggest", Asker(call, in: call.scope.tenant), call.scope))
        }
    }

    private static let writing: [Problem.Kind] = [
        .viewIsBuilt, .noQuestion, .notStored, .notVisible,
    ]

    private func mark(
        _ wanted: [MissedMessage], _ standing: QuestionMark.Standing, as act: String,
        _ asker: Asker, _ scope: TenantScope
    ) async throws -> MarkedQuestions {
        let known = Set(
            try await look(scope, days: UnansweredQuery.mostDays).map(\.asked))
        let messages = wanted.filter { known.contains($0) }
        guard let first = messages.first else {
            throw Problem(
                .noQuestion, "none of these questions is there, or not any more: look again")
        }
        guard let view = source() else { throw Problem.conversationsAreRead }
        let record = AuditWriter.act(of: act, for: asker)
        let shown = view.applied.expect { $0 == record }
        do {
            try await audit.write(
                act, on: AuditTarget("question", first.message.rawValue), in: scope.tenant,
                for: asker,
                changes: [AuditChange("questions", nil, String(messages.count))],
                doing: QuestionMark(
                    tenant: scope.tenant, messages: messages, standing: standing,
                    by: asker.actor.id, byName: asker.actor.name, at: now()))
        } catch {
            view.applied.forget(shown)
            throw error
        }
        guard await view.applied.event(shown, within: Self.patience) != nil else {
            throw Problem(
                .notVisible,
                "it is stored, but the console does not see it yet; look again in a moment")
        }
        return MarkedQuestions(questions: messages.count)
    }

    private func look(
        _ scope: TenantScope, days: Int
    ) async throws(Problem) -> [MissedQuestion] {
        guard let view = source(), view.isCaughtUp else { throw Problem.conversationsAreRead }
        let since = now() - .seconds(days * 86_400)
        do throws(SQLiteError) {
            return try await view.read { rows throws(SQLiteError) in
                try ConversationRows(rows, of: scope).missed(
                    since: since, atMost: Self.mostQuestions)
            }
        } catch {
            throw Problem.conversationsAreRead
        }
    }
}

extension TenantPermission {
    static let readConversations = Self("conversations:read")
    static let suggestDocuments = Self("documents:suggest")
    static let writeDocuments = Self("documents:write")
    static let readDocuments = Self("documents:read", isForAgents: true)
}

extension Problem {
    static var conversationsAreRead: Problem {
        Problem(.viewIsBuilt, "conversations are being read; try again in a moment")
    }
}

extension Problem.Kind {
    static let viewIsBuilt = Self(503, "starting")
    static let noQuestion = Self(404, "no_question")
}
