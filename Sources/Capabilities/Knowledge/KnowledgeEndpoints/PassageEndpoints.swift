import AccountCommands
package import Conversation
package import DocumentView
package import Endpoints
import HTTPServer
package import JSON
import SQLite
package import Views

/// A document in detail: its passages as they are found, and its versions.
package struct PassageEndpoints: Sendable {
    /// The passages of a document that are found, in its order.
    package typealias Passages = @Sendable (DocumentID, TenantID) async -> [Passage]
    /// The view of documents; `nil` as long as the process is starting.
    package typealias Source = @Sendable () -> StoredView?

    private static let base = "/api/v1/tenants/{tenant}/documents/{document}"

    private let source: Source
    private let passages: Passages

    /// Answers from the view of documents and from what is searched.
    package init(over source: @escaping Source, finding passages: @escaping Passages) {
        self.source = source
        self.passages = passages
    }

    /// The endpoints.
    package var endpoints: [Endpoint] { [show, list] }

    private var show: Endpoint {
        .tenant(
            .at(.get, Self.base, "documents.show", "Shows a document with its versions."),
            may: .readDocuments,
            .init(
                takes: OneDocument.self, gives: Reply<DocumentDetail>.self,
                problems: [.viewIsBuilt, .noDocument])
        ) { call in
            let id = call.parameters.document
            let found = try await look(call.scope) { rows throws(SQLiteError) in
                (try rows.listing(of: id), try rows.versions(of: id))
            }
            guard let document = found.0 else { throw Problem.noDocument(id) }
            return Reply(DocumentDetail(document: document, versions: found.1 ?? []))
        }
    }

    private var list: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/passages", "documents.passages",
                "Lists the passages of a document as they are found, in its order."),
            may: .readDocuments,
            .init(
                takes: PassageQuery.self, gives: Reply<PassageList>.self,
                problems: [.viewIsBuilt, .noDocument])
        ) { call in
            let wanted = call.parameters
            let listing = try await look(call.scope) { rows throws(SQLiteError) in
                try rows.listing(of: wanted.document)
            }
            guard listing != nil else { throw Problem.noDocument(wanted.document) }
            let all = await passages(wanted.document, call.scope.tenant)
            let first = min(wanted.after ?? 0, all.count)
            let page = all[first...].prefix(wanted.limit ?? PassageQuery.mostRows)
            let end = first + page.count
            return Reply(
                PassageList(
                    passages: page.map { PassageListing($0) },
                    next: end < all.count ? end : nil, total: all.count))
        }
    }

    private func look<Value: Sendable>(
        _ scope: TenantScope, _ body: @Sendable (DocumentRows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        guard let view = source(), view.isCaughtUp else { throw Problem.documentsAreRead }
        do throws(SQLiteError) {
            return try await view.read { rows throws(SQLiteError) in
                try body(DocumentRows(rows, of: scope))
            }
        } catch {
            throw Problem.documentsAreRead
        }
    }
}

extension Problem {
    fileprivate static var documentsAreRead: Problem {
        Problem(.viewIsBuilt, "documents are being read; try again in a moment")
    }

    fileprivate static func noDocument(_ id: DocumentID) -> Problem {
        Problem(.noDocument, "this tenant has no document \(id)")
    }
}

extension Problem.Kind {
    static let noDocument = Self(404, "no_document")
}

/// Which document.
package struct OneDocument: Described, Decodable, Hashable {
    /// The document.
    package var document: DocumentID

    package static let schema = JSONSchema.object([.required("document", .id("The document."))])
}

/// Which passages of a document.
package struct PassageQuery: Described, Decodable, Hashable {
    /// The document.
    package var document: DocumentID
    /// How many come before.
    package var after: Int?
    /// Passages at most.
    package var limit: Int?

    static let mostRows = 100

    package static let schema = JSONSchema.object([
        .required("document", .id("The document.")),
        .optional("after", .count("What the page before gave as next.")),
        .optional("limit", .integer("Passages at most.", 1...mostRows, standard: mostRows)),
    ])
}

/// A document with its versions.
package struct DocumentDetail: Hashable, Sendable, Codable {
    /// The document as it is listed.
    package var document: DocumentListing
    /// Its versions, the newest first.
    package var versions: [DocumentVersion]
}

extension DocumentDetail: Described {
    private static let version = JSONSchema.object(
        [
            .required("version", .integer("Which one, from 1.", 1...Int.max)),
            .required("contentHash", .text("The bytes' SHA-256 in hexadecimal.")),
            .required("size", .count("The number of bytes.")),
            .required("passages", .count("The number of passages.")),
            .optional("pages", .count("The number of pages.")),
            .required("uploadedAt", .time("When it was put in.")),
            .required("uploadedBy", .text("Who put it in.")),
        ], named: "DocumentVersion")

    package static let schema = JSONSchema.object(
        [
            .required("document", DocumentListing.schema),
            .required("versions", .list(version, "Its versions, the newest first.")),
        ], named: "DocumentDetail")
}

/// A passage as it is found.
package struct PassageListing: Hashable, Sendable, Codable {
    /// The passage.
    package var id: PassageID
    /// Its place in the document, from 1.
    package var number: Int
    /// The headings above it.
    package var headings: [String]
    /// The page that it begins on, from 1.
    package var page: Int?
    /// The sheet that it stands on.
    package var sheet: String?
    /// Its text.
    package var text: String
    /// Whether it is found by meaning, and not by its words alone.
    package var isFoundByMeaning: Bool

    init(_ passage: Passage) {
        id = passage.id
        number = passage.ordinal + 1
        headings = passage.headings
        page = passage.page
        sheet = passage.sheet
        text = passage.text
        isFoundByMeaning = passage.model != nil
    }
}

/// A page of a document's passages.
package struct PassageList: Hashable, Sendable, Codable, Described {
    /// The passages, in the document's order.
    package var passages: [PassageListing]
    /// Where the next page begins; missing on the last.
    package var next: Int?
    /// How many there are.
    package var total: Int

    private static let passage = JSONSchema.object(
        [
            .required("id", .text("The passage.")),
            .required("number", .integer("Its place in the document.", 1...Int.max)),
            .required("headings", .list(.text(), "The headings above it.")),
            .optional("page", .integer("The page that it begins on.", 1...Int.max)),
            .optional("sheet", .text("The sheet that it stands on.")),
            .required("text", .text("Its text.")),
            .required(
                "isFoundByMeaning", .boolean("Whether it is found by more than its words.")),
        ], named: "DocumentPassage")

    package static let schema = JSONSchema.object(
        [
            .required("passages", .list(passage, "The passages, in the document's order.")),
            .optional("next", .count("Where the next page begins; give it back as `after`.")),
            .required("total", .count("How many there are.")),
        ], named: "PassageList")
}
