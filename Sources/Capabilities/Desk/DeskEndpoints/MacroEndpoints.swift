import AccountCommands
import AuditEndpoints
import AuditRecords
import Conversation
import DeskRecords
import DeskView
import Endpoints
import HTTPServer
import SQLite

/// Macros, what conversations may be closed with, and what people have begun to write.
extension DeskEndpoints {
    var macros: [Endpoint] {
        [listMacros, addMacro, changeMacro, archiveMacro, listOutcomes, changeOutcomes]
    }

    private var listMacros: Endpoint {
        .tenant(
            .at(.get, Self.base + "/macros", "desk.macros.list", "Lists the macros."),
            may: .readHandoffs,
            .init(gives: Reply<MacroListings>.self, problems: [.viewIsBuilt])
        ) { Reply(try await macros($0.scope)) }
    }

    private var addMacro: Endpoint {
        .tenant(
            .at(.post, Self.base + "/macros", "desk.macros.add", "Adds a macro."),
            may: .writeSettings,
            .init(
                body: JSONBody<MacroForm>.self, gives: Reply<MacroListings>.self, [201],
                problems: Self.writing, repeating: .once)
        ) { call in
            let id = RecordID.derived(from: RecordID(call.reference), by: "desk/macro")
            try await wish(
                .saveMacro(call.body.value.macro(id)), "desk.macro.add", "macro", id, call.scope,
                Asker(call, in: call.scope.tenant), call.reference)
            return Reply(try await macros(call.scope), status: 201)
        }
    }

    private var changeMacro: Endpoint {
        .tenant(
            .at(.put, Self.base + "/macros/{macro}", "desk.macros.change", "Changes a macro."),
            may: .writeSettings,
            .init(
                takes: OneMacro.self, body: JSONBody<MacroForm>.self,
                gives: Reply<MacroListings>.self, problems: Self.writing)
        ) { call in
            let id = RecordID(call.parameters.macro)
            try await requireMacro(id, call.scope)
            try await wish(
                .saveMacro(call.body.value.macro(id)), "desk.macro.change", "macro", id,
                call.scope, Asker(call, in: call.scope.tenant), call.reference)
            return Reply(try await macros(call.scope))
        }
    }

    private var archiveMacro: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/macros/{macro}/archived", "desk.macros.archive",
                "Puts a macro away, or takes it out again."),
            may: .writeSettings,
            .init(
                takes: OneMacro.self, body: JSONBody<ArchiveForm>.self,
                gives: Reply<MacroListings>.self, problems: Self.writing)
        ) { call in
            let id = RecordID(call.parameters.macro)
            try await requireMacro(id, call.scope)
            try await wish(
                .archiveMacro(id, call.body.value.isArchived), "desk.macro.archive", "macro", id,
                call.scope, Asker(call, in: call.scope.tenant), call.reference)
            return Reply(try await macros(call.scope))
        }
    }

    private func macros(_ scope: TenantScope) async throws(Problem) -> MacroListings {
        let found = try await look(scope) { desk throws(SQLiteError) in try desk.macros() }
        return MacroListings(macros: found.map { MacroListing($0.macro, isArchived: $0.isAway) })
    }

    private func requireMacro(_ id: RecordID, _ scope: TenantScope) async throws(Problem) {
        guard try await macros(scope).macros.contains(where: { $0.id == id.rawValue }) else {
            throw Problem(.deskUnknown, "there is no such macro")
        }
    }

    // MARK: Outcomes

    private var listOutcomes: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/outcomes", "desk.outcomes.list",
                "Lists what conversations may be closed with."),
            may: .readHandoffs,
            .init(gives: Reply<OutcomeListing>.self, problems: [.viewIsBuilt])
        ) { Reply(try await outcomes($0.scope)) }
    }

    private var changeOutcomes: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/outcomes", "desk.outcomes.change",
                "Says what conversations may be closed with."),
            may: .writeSettings,
            .init(
                body: JSONBody<OutcomeForm>.self, gives: Reply<OutcomeListing>.self,
                problems: Self.writing)
        ) { call in
            let wanted = call.body.value.outcomes
            guard wanted.allSatisfy({ $0.utf8.count <= HandoffOutcome.wordBytes }) else {
                throw Problem.invalid(
                    "/outcomes", "an outcome has at most \(HandoffOutcome.wordBytes) bytes")
            }
            try await wish(
                .saveOutcomes(wanted), "desk.outcomes.change", "outcomes",
                RecordID(call.scope.tenant.rawValue), call.scope,
                Asker(call, in: call.scope.tenant), call.reference)
            return Reply(try await outcomes(call.scope))
        }
    }

    private func outcomes(_ scope: TenantScope) async throws(Problem) -> OutcomeListing {
        let found = try await look(scope) { desk throws(SQLiteError) in try desk.outcomes() }
        return OutcomeListing(
            outcomes: found.isEmpty ? OutcomeListing.usual : found, areUsual: found.isEmpty)
    }

    // MARK: Drafts

    var drafts: [Endpoint] { [listDrafts, keepDraft] }

    private var listDrafts: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/drafts", "desk.drafts.list",
                "Lists what whoever asks has begun to write, and nobody else's."),
            may: .readHandoffs,
            .init(gives: Reply<DraftListings>.self, problems: [.viewIsBuilt])
        ) { call in
            guard let author = Self.author(call.principal) else {
                return Reply(DraftListings(drafts: []))
            }
            let found = try await look(call.scope) { desk throws(SQLiteError) in
                try desk.drafts(of: author)
            }
            let known = try await known(among: found.map(\.conversation), call.scope)
            return Reply(
                DraftListings(
                    drafts: found.filter { known.contains($0.conversation) }
                        .map { DraftListing($0.conversation, $0.words) }))
        }
    }

    private var keepDraft: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/conversations/{conversation}/draft", "desk.drafts.keep",
                "Keeps what whoever asks has begun to write, wherever they go on."),
            may: .answerConversations,
            .init(
                takes: OneConversation.self, body: JSONBody<DraftForm>.self,
                gives: NoContent.self, [204],
                problems: [.viewIsBuilt, .notStored, .deskUnknown, .deskNobody])
        ) { call in
            let conversation = call.parameters.conversation
            try await requireConversation(conversation, call.scope)
            guard let author = Self.author(call.principal) else {
                throw Problem(.deskNobody, "a key writes nothing: sign in as yourself")
            }
            let words = call.body.value.words
            let draft = AgentDraft(
                tenant: call.scope.tenant, conversation: conversation, author: author,
                words: words.isEmpty ? nil : words, at: writer.now())
            try await writer.write([
                (draft, .derived(from: RecordID(call.reference), by: "desk/draft"))
            ])
            return NoContent()
        }
    }

    private static func author(_ principal: Principal) -> AgentID? {
        switch principal {
        case .person(let person) where person.impersonator == nil:
            AgentID(person.account.rawValue)
        case .agent(let agent): agent.id
        case .nobody, .key, .program, .person: nil
        }
    }
}

extension Problem.Kind {
    static let deskNobody = Self(403, "desk_nobody")
}
