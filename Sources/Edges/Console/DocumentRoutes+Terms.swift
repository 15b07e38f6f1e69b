import AccountCommands
import AuditRecords
import Conversation
import ConversationView
import Cryptography
import DocumentView
import Endpoints
import HTTPServer
import Views

/// When documents count, and the answers that people type.
extension DocumentRoutes {
    var changeTerms: Endpoint {
        .tenant(
            .at(
                .put, Self.path + "/{document}/terms", "documents.changeTerms",
                "Says when a document is found, how much it counts and how people keep it."),
            may: .writeDocuments,
            .init(
                takes: DocumentParameters.self, body: JSONBody<TermsForm>.self,
                gives: Reply<DocumentListing>.self,
                problems: [.noDocument, .neverFound] + Problem.Kind.writing)
        ) { try await change($0) }
    }

    var answer: Endpoint {
        .tenant(
            .at(
                .post, "/api/v1/tenants/{tenant}/answers", "answers.add",
                "Puts in a question with its answer, which wins over what documents say; the same "
                    + "question is replaced."),
            may: .writeDocuments,
            .init(
                takes: WaitParameters.self, body: JSONBody<AnswerForm>.self,
                gives: Reply<DocumentListing>.self, [201, 202],
                problems: [.replacedDocument, .removedDocument, .neverFound] + Problem.Kind.writing,
                repeating: .once)
        ) { try await answer($0) }
    }

    /// Refuses a time that ends before it begins.
    static func check(_ terms: DocumentTerms?) throws(Problem) {
        guard let from = terms?.validFrom, let until = terms?.validUntil, until <= from else {
            return
        }
        throw Problem(
            .neverFound, "validUntil is not after validFrom: the document would never be found")
    }

    /// The id of a tenant's answer to a question: the same question is the same document, however
    /// it is written.
    static func answer(to question: String, of tenant: TenantID) -> DocumentID {
        let folded = AnsweredQuestion.folded(question)
        let hash = SHA256.hex("parley/answer\u{0}\(tenant.rawValue)\u{0}\(folded)")
        return DocumentID("qa_\(hash.prefix(16))")
    }

    private func answer(
        _ call: Call<TenantScope, WaitParameters, JSONBody<AnswerForm>>
    ) async throws -> Reply<DocumentListing> {
        let form = call.body.value
        let tenant = call.scope.tenant
        for question in [form.question] + (form.others ?? [])
        where AnsweredQuestion.folded(question).isEmpty {
            throw Problem(
                .neverFound, "'\(question)' has no letter or figure: write a question")
        }
        let terms = form.terms?.terms
        try Self.check(terms)
        let answered = AnsweredQuestion(
            tenant: tenant, document: Self.answer(to: form.question, of: tenant),
            question: form.question.trimmingSpaces, answer: form.answer.trimmingSpaces,
            others: form.others?.isEmpty == true ? nil : form.others?.map(\.trimmingSpaces),
            terms: terms, writtenAt: context.records.now(), writtenBy: call.principal.actor)
        let before = try await listing(of: answered.document, call.scope)
        return try await put(
            answered.upload, by: answered, as: "answer.add", after: before,
            Asker(call, in: tenant), call.scope, waiting: call.parameters.wait)
    }

    private func change(
        _ call: Call<TenantScope, DocumentParameters, JSONBody<TermsForm>>
    ) async throws -> Reply<DocumentListing> {
        let document = call.parameters.document
        let tenant = call.scope.tenant
        let terms = call.body.value.terms
        try Self.check(terms)
        guard let before = try await listing(of: document, call.scope) else {
            throw Problem(.noDocument, "this tenant has no document \(document)")
        }
        let change = DocumentTermsChange(
            tenant: tenant, document: document, terms: terms,
            changedAt: context.records.now(), changedBy: call.principal.actor)
        let record = try context.records.freshID()
        try await context.write(
            [
                context.records.record(change, id: record),
                context.records.audit(
                    "document.terms",
                    on: AuditTarget("document", document.rawValue, name: before.name), in: tenant,
                    for: Asker(call, in: tenant),
                    changes: [
                        AuditChange("terms", Self.words(before.terms), Self.words(terms))
                    ]),
            ], visible: record, in: context.documents.applied)
        guard let listing = try await listing(of: document, call.scope) else {
            throw Problem(.noDocument, "the document was taken out meanwhile")
        }
        return Reply(listing)
    }

    /// Terms for the audit.
    private static func words(_ terms: DocumentTerms?) -> String? {
        guard let terms, !terms.isEmpty else { return nil }
        var words: [String] = []
        if let from = terms.validFrom { words.append("from \(from)") }
        if let until = terms.validUntil { words.append("until \(until)") }
        if let priority = terms.priority { words.append("priority \(priority)") }
        if let labels = terms.labels { words.append("labels \(labels.joined(separator: ", "))") }
        return words.joined(separator: "; ")
    }
}

extension Problem.Kind {
    /// What is wished could never be found.
    static let neverFound = Self(422, "never_found")
}
