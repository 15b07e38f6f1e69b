import AccountCommands
import AuditEndpoints
import AuditRecords
import Conversation
import ConversationView
import CustomerRecords
import Endpoints
import HTTPServer
package import JSON
import SQLite

/// Cases: ranges of a conversation, which people open, edit, close, link and unlink.
extension CustomerEndpoints {
    var cases: [Endpoint] { [listCases, openCase, editCase, closeCase, linkCase, unlinkCase] }

    private static let ofConversation =
        "/api/v1/tenants/{tenant}/conversations/{conversation}/cases"
    private static let oneCase = ofConversation + "/{case}"
    private static let caseWriting: [Problem.Kind] = [
        .viewIsBuilt, .notStored, .notVisible, .noCase, .caseChanged, .caseIsOpen, .caseIsClosed,
        .caseCircle,
    ]

    private var listCases: Endpoint {
        .tenant(
            .at(
                .get, Self.ofConversation, "cases.list",
                "Lists the cases of a conversation, the newest first."),
            may: .readConversations,
            .init(
                takes: CasesOfConversation.self, gives: Reply<CaseList>.self,
                problems: [.viewIsBuilt, .noCase])
        ) { Reply(try await cases(of: $0.parameters.conversation, $0.scope)) }
    }

    private var openCase: Endpoint {
        .tenant(
            .at(.post, Self.ofConversation, "cases.open", "Opens a case by hand."),
            may: .answerConversations,
            .init(
                takes: CasesOfConversation.self, body: JSONBody<NewCase>.self,
                gives: Reply<CaseList>.self, [201], problems: Self.caseWriting, repeating: .once)
        ) { call in
            let conversation = call.parameters.conversation
            try await requireConversation(conversation, call.scope)
            let name =
                switch call.principal {
                case .person(let person): person.name
                case .agent(let agent): agent.name
                case .nobody, .key, .program: "–"
                }
            let id = RecordID.derived(from: RecordID(call.reference), by: "case")
            let (form, now) = (call.body.value, writer.now())
            try await wish(
                .open(id, title: form.title, since: form.since ?? now, by: name), "case.open", id,
                in: conversation, call.scope, Asker(call, in: call.scope.tenant))
            return Reply(try await cases(of: conversation, call.scope), status: 201)
        }
    }

    private var editCase: Endpoint {
        .tenant(
            .at(.put, Self.oneCase, "cases.edit", "Changes what a case says."),
            may: .answerConversations,
            .init(
                takes: OneCase.self, body: JSONBody<CaseForm>.self, gives: Reply<CaseList>.self,
                problems: Self.caseWriting)
        ) { call in
            let form = call.body.value
            let labels = (form.labels ?? []).map { RecordID($0) }
            let areKnown = try await look(call.scope) { rows throws(SQLiteError) in
                try rows.hasLabels(labels)
            }
            guard areKnown else {
                throw Problem.invalid("/labels", "labels names one there is not")
            }
            return try await change(call.parameters, call.scope, call) { id in
                .edit(
                    id, title: form.title, labels: labels, note: form.note, version: form.version)
            }
        }
    }

    private var closeCase: Endpoint {
        .tenant(
            .at(
                .put, Self.oneCase + "/closed", "cases.close",
                "Closes a case, with what came of it."),
            may: .answerConversations,
            .init(
                takes: OneCase.self, body: JSONBody<ClosingForm>.self,
                gives: Reply<CaseList>.self, problems: Self.caseWriting)
        ) { call in
            let form = call.body.value
            return try await change(call.parameters, call.scope, call) { id in
                .close(id, outcome: form.outcome, version: form.version)
            }
        }
    }

    private var linkCase: Endpoint {
        .tenant(
            .at(
                .put, Self.oneCase + "/link", "cases.link",
                "Lets a case go on as another of the same conversation; no message moves."),
            may: .answerConversations,
            .init(
                takes: OneCase.self, body: JSONBody<LinkForm>.self, gives: Reply<CaseList>.self,
                problems: Self.caseWriting)
        ) { call in
            let form = call.body.value
            return try await change(call.parameters, call.scope, call) { id in
                .link(id, into: RecordID(form.into), version: form.version)
            }
        }
    }

    private var unlinkCase: Endpoint {
        .tenant(
            .at(
                .delete, Self.oneCase + "/link", "cases.unlink",
                "Lets a case that went on as another go on by itself."),
            may: .answerConversations,
            .init(
                takes: OneCaseLink.self, gives: Reply<CaseList>.self, problems: Self.caseWriting)
        ) { call in
            let wanted = call.parameters
            let one = OneCase(conversation: wanted.conversation, case: wanted.case)
            let known = try await cases(of: wanted.conversation, call.scope).cases
                .first { $0.id == wanted.case }?.version
            return try await change(one, call.scope, call) { id in
                .link(id, into: nil, version: wanted.version ?? known ?? 0)
            }
        }
    }

    private func change<Parameters, Body>(
        _ wanted: OneCase, _ scope: TenantScope,
        _ call: Call<TenantScope, Parameters, Body>,
        _ action: (RecordID) -> CaseCommand.Action
    ) async throws(Problem) -> Reply<CaseList> {
        let id = RecordID(wanted.case)
        let place = try await look(scope) { rows throws(SQLiteError) in
            try rows.place(ofCase: id, in: wanted.conversation)
        }
        guard let place else { throw Problem(.noCase, "there is no such case") }
        let wish = action(id)
        let name =
            switch wish {
            case .open: "case.open"
            case .edit: "case.edit"
            case .close: "case.close"
            case .link(_, let into, _): into == nil ? "case.unlink" : "case.link"
            }
        try await self.wish(
            wish, name, id, in: place, scope, Asker(call, in: scope.tenant))
        return Reply(try await cases(of: wanted.conversation, scope))
    }

    private func wish(
        _ action: CaseCommand.Action, _ name: String, _ id: RecordID,
        in conversation: ConversationID, _ scope: TenantScope, _ asker: Asker
    ) async throws(Problem) {
        try await audit.write(
            name, on: AuditTarget("case", id.rawValue), in: scope.tenant, for: asker)
        let command = CaseCommand(
            tenant: scope.tenant, conversation: conversation, action: action,
            reference: asker.reference, at: writer.now())
        let event = try await answers.cases.send(
            command, id: command.id, asker.reference, begunBefore: asker.begunBefore, by: writer)
        guard case .refused(let why) = event.change else { return }
        switch why {
        case .unknown: throw Problem(.noCase, "there is no such case, or it is too old to change")
        case .changed:
            throw Problem(.caseChanged, "a colleague changed this case meanwhile; look again")
        case .circle: throw Problem(.caseCircle, "the other case goes on as this one already")
        case .open: throw Problem(.caseIsOpen, "a case is open already; close it first")
        case .closed: throw Problem(.caseIsClosed, "the case is closed already")
        }
    }

    private func requireConversation(
        _ conversation: ConversationID, _ scope: TenantScope
    ) async throws(Problem) {
        let isKnown = try await look(scope) { rows throws(SQLiteError) in
            try rows.has(conversation)
        }
        guard isKnown else { throw Problem(.noCase, "there is no such conversation") }
    }

    private func cases(
        of conversation: ConversationID, _ scope: TenantScope
    ) async throws(Problem) -> CaseList {
        try await requireConversation(conversation, scope)
        let found = try await look(scope) { rows throws(SQLiteError) in
            try rows.cases(of: try rows.standing(of: conversation))
        }
        return CaseList(cases: found.map { CaseListing($0) })
    }
}

extension Problem.Kind {
    static let noCase = Self(404, "no_case")
    static let caseChanged = Self(409, "case_changed")
    static let caseIsOpen = Self(409, "case_open")
    static let caseIsClosed = Self(409, "case_closed")
    static let caseCircle = Self(409, "case_circle")
}

/// A case, as it is listed.
package struct CaseListing: Hashable, Sendable, Codable, Described {
    var id: String
    var title: String
    var from: Timestamp
    var to: Timestamp?
    var labels: [String]
    var outcome: String?
    var note: String?
    var into: String?
    var openedBy: String?
    var version: Int

    init(_ story: ConversationCase) {
        id = story.id.rawValue
        title = story.title
        from = story.from
        to = story.to
        labels = story.labels.map(\.rawValue)
        outcome = story.outcome
        note = story.note
        into = story.into?.rawValue
        openedBy = story.openedBy
        version = story.version
    }

    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The case.")),
            .required("title", .text("What it is about.")),
            .required("from", .time("When what belongs to it began.")),
            .optional("to", .time("When it was closed.")),
            .required("labels", .list(.text(), "What it bears.")),
            .optional("outcome", .text("What came of it.")),
            .optional("note", .text("Words for colleagues.")),
            .optional("into", .text("The case as which it goes on.")),
            .optional("openedBy", .text("Who opened it by hand.")),
            .required("version", .count("How often it changed.")),
        ], named: "Case")
}

/// The cases of a conversation.
package struct CaseList: Hashable, Sendable, Codable, Described {
    var cases: [CaseListing]
    package static let schema = JSONSchema.object(
        [.required("cases", .list(CaseListing.schema, "The newest first."))], named: "CaseList")
}

/// A case that is opened by hand.
package struct NewCase: Hashable, Sendable, Codable, Described {
    var title: String
    var since: Timestamp?
    package static let schema = JSONSchema.object(
        [
            .required("title", .text("What it is about.", 1...120)),
            .optional("since", .time("Since when what was said belongs to it; now unless said.")),
        ], named: "NewCase")
}

/// What a case is to say.
package struct CaseForm: Hashable, Sendable, Codable, Described {
    var title: String
    var labels: [String]?
    var note: String?
    var version: Int
    package static let schema = JSONSchema.object(
        [
            .required("title", .text("What it is about.", 1...120)),
            .optional("labels", .list(.id("A label."), "What it bears.", 0...50)),
            .optional("note", .text("Words for colleagues.", 1...2_000)),
            .required("version", .count("The version that was seen.")),
        ], named: "CaseForm")
}

/// How a case ends.
package struct ClosingForm: Hashable, Sendable, Codable, Described {
    var outcome: String?
    var version: Int
    package static let schema = JSONSchema.object(
        [
            .optional("outcome", .text("What came of it.", 1...64)),
            .required("version", .count("The version that was seen.")),
        ], named: "CaseClosing")
}

/// Of which conversation cases are meant.
package struct CasesOfConversation: Described, Decodable, Hashable {
    var conversation: ConversationID
    package static let schema = JSONSchema.object([
        .required("conversation", .id("The conversation."))
    ])
}

/// Which case is meant.
package struct OneCase: Described, Decodable, Hashable {
    var conversation: ConversationID
    var `case`: String
    package static let schema = JSONSchema.object([
        .required("conversation", .id("The conversation.")),
        .required("case", .id("The case.")),
    ])
}

/// Which link of a case is to be undone.
package struct OneCaseLink: Described, Decodable, Hashable {
    var conversation: ConversationID
    var `case`: String
    var version: Int?
    package static let schema = JSONSchema.object([
        .required("conversation", .id("The conversation.")),
        .required("case", .id("The case.")),
        .optional("version", .count("The version that was seen; whichever it is.")),
    ])
}
