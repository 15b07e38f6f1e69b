import AccountCommands
import AuditRecords
import Blobs
import Conversation
import ConversationView
package import DocumentView
import Endpoints
import Foundation
import HTTPServer
package import JSON
package import SiteRecords
import Views
import WebPages

/// Pages of the web as a tenant's documents, each known by its address: fetched again when asked
/// for again.
struct WebPageRoutes: Sendable {
    let context: ConsoleContext
    let documents: DocumentRoutes
    let crawl: ConsoleOptions.Crawl

    /// The endpoints.
    var endpoints: [Endpoint] { [add, list, read, forget] }

    private var add: Endpoint {
        .tenant(
            .at(
                .post, "/api/v1/tenants/{tenant}/webpages", "webpages.add",
                "Fetches a web page, and those of its site that it leads to, and puts them in as "
                    + "documents, in place of what was fetched before."),
            may: .writeDocuments,
            .init(
                takes: NoParameters.self, body: JSONBody<WebPageForm>.self,
                gives: Reply<FetchedPages>.self, [202],
                problems: [.notFetched] + Problem.Kind.writing, repeating: .once)
        ) { try await add($0) }
    }

    private func add(
        _ call: Call<TenantScope, NoParameters, JSONBody<WebPageForm>>
    ) async throws -> Reply<FetchedPages> {
        let form = call.body.value
        guard let url = URL(string: form.url).flatMap(WebAddress.clean) else {
            throw Problem.invalid(
                "/url", "'\(form.url)' is no address of a web page: write it as https://…")
        }
        let limits = Crawler.Limits(
            depth: form.depth ?? 0, pages: form.pages ?? WebPageForm.standardPages)
        let found: Crawler.Crawl
        do throws(Crawler.Failure) {
            found = try await crawl(url, limits)
        } catch {
            throw Problem(.notFetched, error.description)
        }
        var listings: [DocumentListing] = []
        for page in found.pages {
            listings.append(try await put(page, call))
        }
        if let hours = form.everyHours {
            try await watch(
                Site(
                    url: url.absoluteString, depth: limits.depth, pages: limits.pages,
                    everyHours: hours), zip(found.pages, listings).map(Self.page), call)
        }
        return Reply(
            FetchedPages(
                documents: listings,
                missed: MissedPage.list(found.missed), isCut: found.isCut), status: 202)
    }

    private func put(
        _ page: Crawler.Page, _ call: Call<TenantScope, NoParameters, JSONBody<WebPageForm>>
    ) async throws -> DocumentListing {
        let tenant = call.scope.tenant
        let name = DocumentID.name(ofPage: page.url)
        let hash = try await documents.store(page.bytes, of: tenant)
        let upload = DocumentUpload(
            tenant: tenant, document: DocumentID(named: name, of: tenant), name: name,
            contentHash: hash, size: page.bytes.count, uploadedAt: context.records.now(),
            uploadedBy: call.principal.actor)
        let before = try await documents.listing(of: upload.document, call.scope)
        // Fetched anew and the same: nothing to do, and nothing to tell of.
        if let before, before.contentHash == hash, !before.isFailed { return before }
        return try await documents.put(
            upload, by: upload, as: "webpage.add", after: before, Asker(call, in: tenant),
            call.scope, waiting: nil
        ).value
    }
}

extension Problem.Kind {
    static let notFetched = Self(422, "not_fetched")
}

/// Which page is fetched, and how far.
struct WebPageForm: Described, Codable {
    var url: String
    var depth: Int?
    var pages: Int?
    var everyHours: Int?

    static let standardPages = 20

    static let schema = JSONSchema.object(
        [
            .required(
                "url",
                .text(
                    "The page's address.", 8...2_000, pattern: #"https?://[^\s\u0000-\u001f]+"#,
                    rule: "an address that begins with http:// or https://",
                    examples: [.string("https://example.com/")])),
            .optional(
                "depth",
                .integer("How many links to follow from it, within its site.", 0...5, standard: 0)),
            .optional(
                "pages", .integer("How many pages at most.", 1...100, standard: standardPages)),
            .optional(
                "everyHours",
                .integer("To fetch them anew after so many hours, again and again.", 1...720)),
        ], named: "WebPageForm")
}

/// What was fetched.
package struct FetchedPages: Hashable, Sendable, Codable, Described {
    /// The pages as documents; the indexer reads them from now on.
    package var documents: [DocumentListing]
    /// Pages that could not be fetched: what is known of them stays.
    package var missed: [MissedPage]
    /// Whether there were more pages than were wanted.
    package var isCut: Bool

    package static let schema = JSONSchema.object(
        [
            .required("documents", .list(DocumentListing.schema, "The pages as documents.")),
            .required(
                "missed", .list(SiteListing.missed, "Pages that could not be fetched.")),
            .required("isCut", .boolean("Whether there were more pages than were wanted.")),
        ], named: "FetchedPages")
}
