import AccountCommands
import Conversation
import ConversationView
import DocumentView
import Endpoints
import HTTPServer
import JSON
import OrganisationView
import Permissions
import SQLite
import Views

/// What a new organisation does first, and what of it is done.
struct FirstStepsAnswer: Described, Codable, Hashable {
    /// One of them.
    struct Step: Codable, Hashable {
        var id: String
        var isDone: Bool
    }

    var steps: [Step]

    static let names = ["number", "document", "question", "team"]

    static let schema = JSONSchema.object(
        [
            .required(
                "steps",
                .list(
                    .object([
                        .required("id", .words(names, "The step.")),
                        .required("isDone", .boolean("Whether it is done.")),
                    ]), "In the order in which they help most."))
        ], named: "FirstSteps")
}

extension OrganisationEndpoints {
    var firstSteps: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/first-steps", "organisation.firstSteps",
                "Tells what a new organisation does first, and what of it is done."),
            may: .readSettings,
            .init(gives: Reply<FirstStepsAnswer>.self, problems: [.viewIsBuilt])
        ) { Reply(try await firstSteps(of: $0.scope)) }
    }

    /// What is done, as the rows say: nothing is ticked off by hand.
    func firstSteps(of scope: TenantScope) async throws(Problem) -> FirstStepsAnswer {
        let people = try await read { rows throws(SQLiteError) in
            let organisation = OrganisationRows(rows, of: scope)
            return try organisation.count(MemberQuestion()) + organisation.countInvitations()
        }
        let documents = try await Self.count(sources.documents()) { rows throws(SQLiteError) in
            try DocumentRows(rows, of: scope).count()
        }
        let conversations = try await Self.count(sources.conversations()) {
            rows throws(SQLiteError) in
            try ConversationRows(rows, of: scope).list(ConversationFilter(), atMost: 1)
                .conversations.count
        }
        let done = [
            "number": sources.isConnected(scope.tenant), "document": documents > 0,
            "question": conversations > 0, "team": people > 1,
        ]
        return FirstStepsAnswer(
            steps: FirstStepsAnswer.names.map { .init(id: $0, isDone: done[$0] ?? false) })
    }

    static func count(
        _ view: StoredView?, _ body: @Sendable (Rows) throws(SQLiteError) -> Int
    ) async throws(Problem) -> Int {
        guard let view, view.isCaughtUp else {
            throw Problem(.viewIsBuilt, "the records are still being read; try again in a moment")
        }
        do throws(SQLiteError) {
            return try await view.read(body)
        } catch {
            throw Problem(.viewIsBuilt, "the records cannot be read now; try again in a moment")
        }
    }
}
