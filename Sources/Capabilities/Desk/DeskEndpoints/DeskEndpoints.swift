package import AccountCommands
package import AuditEndpoints
import AuditRecords
package import Conversation
package import DeskRecords
import DeskView
package import Endpoints
import HTTPServer
import SQLite
package import Views

/// A tenant's canned replies and labels over HTTP.
package struct DeskEndpoints: Sendable {
    /// Says which of several conversations a tenant has, as far as whoever looks may see them;
    /// `nil` where that cannot be told at this moment.
    package typealias Conversations =
        @Sendable ([ConversationID], TenantScope) async -> Set<ConversationID>?

    let view: StoredView
    private let answers: Commands<DeskEvent>
    let writer: CommandWriter
    private let audit: AuditWriter
    let conversations: Conversations

    /// Answers from a view that is kept of ``DeskView``, and whose announcements `answers` hears.
    package init(
        over view: StoredView, _ answers: Commands<DeskEvent>, by writer: CommandWriter,
        noting audit: AuditWriter, knowing conversations: @escaping Conversations
    ) {
        self.view = view
        self.answers = answers
        self.writer = writer
        self.audit = audit
        self.conversations = conversations
    }

    /// The endpoints.
    package var endpoints: [Endpoint] { replies + labels + marks + macros + drafts }

    static let base = "/api/v1/tenants/{tenant}/desk"
    static let writing: [Problem.Kind] = [
        .viewIsBuilt, .notStored, .notVisible, .deskUnknown, .deskTaken, .deskFull, .deskVariable,
        .deskAway, .deskSteps,
    ]

    // MARK: Canned replies

    private var replies: [Endpoint] { [listReplies, addReply, changeReply, archiveReply] }

    private var listReplies: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/replies", "desk.replies.list", "Lists the canned replies."),
            may: .readHandoffs,
            .init(gives: Reply<ReplyListings>.self, problems: [.viewIsBuilt])
        ) { Reply(try await replies($0.scope)) }
    }

    private var addReply: Endpoint {
        .tenant(
            .at(.post, Self.base + "/replies", "desk.replies.add", "Adds a canned reply."),
            may: .writeSettings,
            .init(
                body: JSONBody<ReplyForm>.self, gives: Reply<ReplyListings>.self, [201],
                problems: Self.writing, repeating: .once)
        ) { call in
            let id = RecordID.derived(from: RecordID(call.reference), by: "desk/reply")
            let asker = Asker(call, in: call.scope.tenant)
            try await save(
                call.body.value, as: id, "desk.reply.add", call.scope, asker, call.reference)
            return Reply(try await replies(call.scope), status: 201)
        }
    }

    private var changeReply: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/replies/{reply}", "desk.replies.change",
                "Changes a canned reply."),
            may: .writeSettings,
            .init(
                takes: OneReply.self, body: JSONBody<ReplyForm>.self,
                gives: Reply<ReplyListings>.self, problems: Self.writing)
        ) { call in
            let id = RecordID(call.parameters.reply)
            try await requireReply(id, call.scope)
            let asker = Asker(call, in: call.scope.tenant)
            try await save(
                call.body.value, as: id, "desk.reply.change", call.scope, asker, call.reference)
            return Reply(try await replies(call.scope))
        }
    }

    private var archiveReply: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/replies/{reply}/archived", "desk.replies.archive",
                "Puts a canned reply away, or takes it out again."),
            may: .writeSettings,
            .init(
                takes: OneReply.self, body: JSONBody<ArchiveForm>.self,
                gives: Reply<ReplyListings>.self, problems: Self.writing)
        ) { call in
            let id = RecordID(call.parameters.reply)
            try await requireReply(id, call.scope)
            try await wish(
                .archiveReply(id, call.body.value.isArchived), "desk.reply.archive", "reply", id,
                call.scope, Asker(call, in: call.scope.tenant), call.reference)
            return Reply(try await replies(call.scope))
        }
    }

    private func save(
        _ form: ReplyForm, as id: RecordID, _ action: String, _ scope: TenantScope,
        _ asker: Asker, _ reference: String
    ) async throws(Problem) {
        let reply = CannedReply(
            id: id, shortcut: form.shortcut, language: form.language ?? "", title: form.title,
            text: form.text)
        try await wish(.saveReply(reply), action, "reply", id, scope, asker, reference)
    }

    // MARK: Labels

    private var labels: [Endpoint] {
        [listLabels, addLabel, changeLabel, archiveLabel, mergeLabel, labelled]
    }

    private var listLabels: Endpoint {
        .tenant(
            .at(.get, Self.base + "/labels", "desk.labels.list", "Lists the labels."),
            may: .readHandoffs,
            .init(gives: Reply<LabelListings>.self, problems: [.viewIsBuilt])
        ) { Reply(try await labels($0.scope)) }
    }

    private var addLabel: Endpoint {
        .tenant(
            .at(.post, Self.base + "/labels", "desk.labels.add", "Adds a label."),
            may: .writeSettings,
            .init(
                body: JSONBody<LabelForm>.self, gives: Reply<LabelListings>.self, [201],
                problems: Self.writing, repeating: .once)
        ) { call in
            let id = RecordID.derived(from: RecordID(call.reference), by: "desk/label")
            let (form, asker) = (call.body.value, Asker(call, in: call.scope.tenant))
            try await wish(
                .saveLabel(DeskLabel(id: id, name: form.name, colour: form.colour)),
                "desk.label.add", "label", id, call.scope, asker, call.reference)
            return Reply(try await labels(call.scope), status: 201)
        }
    }

    private var changeLabel: Endpoint {
        .tenant(
            .at(.put, Self.base + "/labels/{label}", "desk.labels.change", "Changes a label."),
            may: .writeSettings,
            .init(
                takes: OneLabel.self, body: JSONBody<LabelForm>.self,
                gives: Reply<LabelListings>.self, problems: Self.writing)
        ) { call in
            let id = RecordID(call.parameters.label)
            try await requireLabel(id, call.scope)
            let (form, asker) = (call.body.value, Asker(call, in: call.scope.tenant))
            try await wish(
                .saveLabel(DeskLabel(id: id, name: form.name, colour: form.colour)),
                "desk.label.change", "label", id, call.scope, asker, call.reference)
            return Reply(try await labels(call.scope))
        }
    }

    private var archiveLabel: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/labels/{label}/archived", "desk.labels.archive",
                "Puts a label away, or takes it out again."),
            may: .writeSettings,
            .init(
                takes: OneLabel.self, body: JSONBody<ArchiveForm>.self,
                gives: Reply<LabelListings>.self, problems: Self.writing)
        ) { call in
            let id = RecordID(call.parameters.label)
            try await requireLabel(id, call.scope)
            try await wish(
                .archiveLabel(id, call.body.value.isArchived), "desk.label.archive", "label", id,
                call.scope, Asker(call, in: call.scope.tenant), call.reference)
            return Reply(try await labels(call.scope))
        }
    }

    private var mergeLabel: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/labels/{label}/merged", "desk.labels.merge",
                "Lets a label go on as another one, with all that bears it."),
            may: .writeSettings,
            .init(
                takes: OneLabel.self, body: JSONBody<MergeForm>.self,
                gives: Reply<LabelListings>.self, problems: Self.writing)
        ) { call in
            let id = RecordID(call.parameters.label)
            try await requireLabel(id, call.scope)
            try await wish(
                .mergeLabel(id, into: RecordID(call.body.value.into)), "desk.label.merge",
                "label", id, call.scope, Asker(call, in: call.scope.tenant), call.reference)
            return Reply(try await labels(call.scope))
        }
    }

    private var labelled: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/labels/{label}/conversations", "desk.labels.conversations",
                "Lists the conversations that bear a label."),
            may: .readHandoffs,
            .init(
                takes: OneLabel.self, gives: Reply<LabelledConversations>.self,
                problems: [.viewIsBuilt, .deskUnknown])
        ) { call in
            let label = RecordID(call.parameters.label)
            try await requireLabel(label, call.scope)
            let found = try await look(call.scope) { desk throws(SQLiteError) in
                try desk.conversations(labelled: label, atMost: 500)
            }
            let known = try await known(among: found, call.scope)
            return Reply(
                LabelledConversations(
                    conversations: found.filter { known.contains($0) }.map(\.rawValue)))
        }
    }

    // MARK: What bears labels

    private var marks: [Endpoint] { [listMarks, mark(true), mark(false)] }

    private static let ofConversation = base + "/conversations/{conversation}/labels"

    private var listMarks: Endpoint {
        .tenant(
            .at(
                .get, Self.ofConversation, "desk.conversation.labels",
                "Lists the labels of a conversation."),
            may: .readHandoffs,
            .init(
                takes: OneConversation.self, gives: Reply<ConversationLabels>.self,
                problems: [.viewIsBuilt, .deskUnknown])
        ) { call in
            let conversation = call.parameters.conversation
            try await requireConversation(conversation, call.scope)
            return Reply(try await marks(conversation, call.scope))
        }
    }

    private func mark(_ isOn: Bool) -> Endpoint {
        .tenant(
            .at(
                isOn ? .put : .delete, Self.ofConversation + "/{label}",
                isOn ? "desk.conversation.label" : "desk.conversation.unlabel",
                isOn ? "Marks a conversation with a label." : "Takes a label off a conversation."),
            may: .answerConversations,
            .init(
                takes: OneMark.self, gives: Reply<ConversationLabels>.self, problems: Self.writing)
        ) { call in
            let wanted = call.parameters
            let label = RecordID(wanted.label)
            try await requireConversation(wanted.conversation, call.scope)
            try await requireLabel(label, call.scope)
            try await wish(
                .label(wanted.conversation, label, isOn),
                isOn ? "desk.conversation.label" : "desk.conversation.unlabel", "conversation",
                RecordID(wanted.conversation.rawValue), call.scope,
                Asker(call, in: call.scope.tenant), call.reference)
            return Reply(try await marks(wanted.conversation, call.scope))
        }
    }

    // MARK: Looking and wishing

    private func replies(_ scope: TenantScope) async throws(Problem) -> ReplyListings {
        let found = try await look(scope) { desk throws(SQLiteError) in try desk.replies() }
        return ReplyListings(
            replies: found.map { ReplyListing($0.reply, isArchived: $0.isAway) },
            variables: CannedText.Variable.allCases.map(\.rawValue))
    }

    private func labels(_ scope: TenantScope) async throws(Problem) -> LabelListings {
        var found = try await look(scope) { desk throws(SQLiteError) in try desk.labels() }
        for index in found.indices where found[index].count > 0 {
            let (label, all) = (found[index].label.id, found[index].count)
            found[index].count = try await count(all, ofBearersOf: label, scope)
        }
        return LabelListings(
            labels: found.map {
                LabelListing(
                    id: $0.label.id.rawValue, name: $0.label.name, colour: $0.label.colour,
                    isArchived: $0.isAway, mergedInto: $0.into?.rawValue,
                    conversations: $0.count)
            })
    }

    private func marks(
        _ conversation: ConversationID, _ scope: TenantScope
    ) async throws(Problem) -> ConversationLabels {
        let found = try await look(scope) { desk throws(SQLiteError) in
            try desk.labels(of: conversation)
        }
        return ConversationLabels(labels: found.map(\.rawValue))
    }

    private func requireReply(_ id: RecordID, _ scope: TenantScope) async throws(Problem) {
        guard try await replies(scope).replies.contains(where: { $0.id == id.rawValue }) else {
            throw Problem(.deskUnknown, "there is no such reply")
        }
    }

    private func requireLabel(_ id: RecordID, _ scope: TenantScope) async throws(Problem) {
        guard try await labels(scope).labels.contains(where: { $0.id == id.rawValue }) else {
            throw Problem(.deskUnknown, "there is no such label")
        }
    }

    func look<Value: Sendable>(
        _ scope: TenantScope, _ body: @Sendable (DeskRows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        let value: Value?
        do throws(SQLiteError) {
            value = try await view.read { rows throws(SQLiteError) in
                try body(DeskRows(rows, of: scope))
            }
        } catch {
            value = nil
        }
        guard let value, view.isCaughtUp else {
            throw Problem(.viewIsBuilt, "the desk is being read; try again in a moment")
        }
        return value
    }

    func wish(
        _ action: DeskCommand.Action, _ name: String, _ kind: String, _ target: RecordID,
        _ scope: TenantScope, _ asker: Asker, _ reference: String
    ) async throws(Problem) {
        try await audit.write(
            name, on: AuditTarget(kind, target.rawValue), in: scope.tenant, for: asker)
        let command = DeskCommand(
            tenant: scope.tenant, action: action, reference: reference, at: writer.now())
        let event = try await answers.send(command, id: command.id, reference, by: writer)
        guard case .refused(let refusal) = event.change else { return }
        switch refusal {
        case .unknown: throw Problem(.deskUnknown, "there is no such reply or label")
        case .taken: throw Problem(.deskTaken, "another one in use is called so")
        case .tooMany: throw Problem(.deskFull, "there are as many as there may be")
        case .variable:
            throw Problem(
                .deskVariable,
                "the text names something in braces that is no variable; there are "
                    + CannedText.Variable.allCases.map(\.rawValue).joined(separator: ", "))
        case .away: throw Problem(.deskAway, "it lies away, or went on as another label")
        case .steps:
            throw Problem(
                .deskSteps,
                "a macro has 1 to \(DeskMacro.mostSteps) steps, of replies and labels in use, and "
                    + "what gives the conversation away is the last of them")
        }
    }
}

extension TenantPermission {
    static let readHandoffs = Self("handoffs:read", isForAgents: true)
    static let answerConversations = Self("conversations:answer", isForAgents: true)
    static let writeSettings = Self("settings:write")
}

extension Problem.Kind {
    static let viewIsBuilt = Self(503, "starting")
    static let deskUnknown = Self(404, "no_desk_entry")
    static let deskTaken = Self(409, "desk_name_taken")
    static let deskFull = Self(409, "desk_full")
    static let deskVariable = Self(422, "desk_variable")
    static let deskAway = Self(409, "desk_archived")
    static let deskSteps = Self(422, "desk_steps")
}

extension DeskEvent: AnsweringEvent {}
