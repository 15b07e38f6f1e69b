import AccountCommands
import AuditRecords
import Conversation
package import DocumentView
import Endpoints
import HTTPServer
package import JSON
import SQLite
import SiteRecords
import Views
import WebPages

/// Sites that are read again and again.
extension WebPageRoutes {
    private static let path = "/api/v1/tenants/{tenant}/sites"

    var list: Endpoint {
        .tenant(
            .at(
                .get, Self.path, "sites.list",
                "Lists the sites that are read again and again, and what that brought."),
            may: .readDocuments, .init(gives: Reply<SiteList>.self)
        ) { call in
            Reply(
                SiteList(
                    sites: try await context.documents.answer { rows throws(SQLiteError) in
                        try DocumentRows(rows, of: call.scope).sites()
                    }))
        }
    }

    var read: Endpoint {
        .tenant(
            .at(.post, Self.path + "/{site}/reading", "sites.read", "Has a site read now."),
            may: .writeDocuments,
            .init(
                takes: SiteParameters.self, gives: Reply<SiteListing>.self, [202],
                problems: [.noSite] + Problem.Kind.writing, repeating: .once)
        ) { call in
            let site = try await site(call.parameters.site, call.scope)
            let tenant = call.scope.tenant
            try await write(
                .read, of: site.id, called: site.url, as: "site.read", Asker(call, in: tenant),
                tenant)
            return Reply(site, status: 202)
        }
    }

    var forget: Endpoint {
        .tenant(
            .at(
                .delete, Self.path + "/{site}", "sites.forget",
                "Has a site read no more; the documents of its pages stay."),
            may: .writeDocuments,
            .init(
                takes: SiteParameters.self, gives: Reply<SiteListing>.self,
                problems: [.noSite] + Problem.Kind.writing)
        ) { call in
            let site = try await site(call.parameters.site, call.scope)
            let tenant = call.scope.tenant
            try await write(
                .forget, of: site.id, called: site.url, as: "site.forget", Asker(call, in: tenant),
                tenant)
            return Reply(site)
        }
    }

    /// Has a site read again and again.
    func watch(
        _ site: Site, _ pages: [SitePage],
        _ call: Call<TenantScope, NoParameters, JSONBody<WebPageForm>>
    ) async throws {
        let tenant = call.scope.tenant
        try await write(
            .watch(site, known: pages), of: SiteID(of: site.url, tenant), called: site.url,
            as: "site.watch", Asker(call, in: tenant), tenant)
    }

    /// A page as the stage knows it.
    static func page(_ page: Crawler.Page, _ listing: DocumentListing) -> SitePage {
        SitePage(url: page.url, contentHash: listing.contentHash, size: page.bytes.count)
    }

    private func site(
        _ id: SiteID, _ scope: TenantScope
    ) async throws(Problem) -> SiteListing {
        let found = try await context.documents.answer { rows throws(SQLiteError) in
            try DocumentRows(rows, of: scope).site(id)
        }
        guard let found else { throw Problem(.noSite, "this tenant has no site \(id)") }
        return found
    }

    private func write(
        _ wish: SiteCommand.Wish, of site: SiteID, called url: String, as act: String,
        _ asker: Asker, _ tenant: TenantID
    ) async throws {
        let record = try context.records.freshID()
        let command = SiteCommand(
            tenant: tenant, site: site, wish: wish, by: asker.actor.text, at: context.records.now())
        try await context.write(
            [
                context.records.record(command, id: record),
                context.records.audit(
                    act, on: AuditTarget("site", site.rawValue, name: url), in: tenant,
                    for: asker),
            ], visible: record, in: context.documents.applied)
    }
}

extension Problem.Kind {
    static let noSite = Self(404, "no_site")
}

/// Which site.
struct SiteParameters: Described, Decodable {
    var site: SiteID

    static let schema = JSONSchema.object([.required("site", .id("The site."))])
}

/// The answer to a list of sites.
package struct SiteList: Hashable, Sendable, Codable, Described {
    /// The sites, by their addresses.
    package var sites: [SiteListing]

    package static let schema = JSONSchema.object(
        [.required("sites", .list(SiteListing.schema, "The sites, by their addresses."))],
        named: "SiteList")
}

extension SiteListing: Described {
    static let missed = JSONSchema.object([
        .required("url", .text("The page.")), .required("because", .text("Why.")),
    ])

    private static let reading = JSONSchema.object(
        [
            .required("at", .time("When.")),
            .optional("problem", .text("Why the first page could not be read; all stays.")),
            .required("pages", .count("Pages that there are.")),
            .required("changed", .count("Those that are new or other than before.")),
            .required("removed", .count("Documents that were taken out: their pages are gone.")),
            .required("missed", .list(missed, "Pages that could not be read; they stay.")),
            .required("isCut", .boolean("Whether there were more pages than are wanted.")),
        ], named: "SiteReading")

    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The site.")),
            .required("url", .text("The page that it begins with.")),
            .required("depth", .count("How many links away from it.")),
            .required("pages", .count("Pages at most.")),
            .required("everyHours", .count("Hours between two readings.")),
            .optional("next", .time("When it is read next.")),
            .optional("last", reading),
        ], named: "Site")
}
