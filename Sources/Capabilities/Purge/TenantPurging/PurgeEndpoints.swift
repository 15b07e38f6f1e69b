package import Conversation
package import Endpoints
import HTTPServer
package import JSON
package import PurgeRecords
import TenantKeys

/// The removal of businesses for good, over HTTP.
package struct PurgeEndpoints: Sendable {
    private let service: PurgeService
    private let isConnected: @Sendable (TenantID) -> Bool

    /// Answers for a service; `isConnected` says whether a tenant is one that is served.
    package init(
        _ service: PurgeService, isConnected: @escaping @Sendable (TenantID) -> Bool
    ) {
        self.service = service
        self.isConnected = isConnected
    }

    /// The endpoints.
    package var endpoints: [Endpoint] { [purge, list, read] }

    private var purge: Endpoint {
        .installation(
            .at(
                .post, "/api/v1/tenants/{tenant}/purges", "tenants.purge",
                "Removes a business for good: all that its customers wrote, and all that was made "
                    + "of it."),
            may: .purgeTenants,
            .init(
                takes: PurgedTenant.self, body: JSONBody<PurgeRequest>.self,
                gives: Reply<PurgeReceipt>.self, [202], problems: [.nothingToPurge],
                repeating: .once)
        ) { call in
            let tenant = call.parameters.tenant
            let found = try await service.request(
                tenant, isConnected: isConnected(tenant), by: call.principal.actor,
                because: call.body.value.reason ?? .other)
            guard let found, let receipt = service.status(of: found) else {
                throw Problem(
                    .nothingToPurge, "there is no business \(tenant), and nothing is left of one")
            }
            return Reply(receipt, status: 202)
        }
    }

    private var list: Endpoint {
        .installation(
            .at(
                .get, "/api/v1/purges", "purges.list",
                "Lists the businesses that were removed for good, newest first."),
            may: .readPurges, .init(takes: PurgeParameters.self, gives: Reply<PurgeList>.self)
        ) { call in
            let all = service.book.all.reversed().map(\.purge)
            let wanted = call.parameters
            let rest = wanted.after.map { after in
                all.drop { $0.rawValue != after }.dropFirst()
            }
            let page = (rest ?? all[...]).prefix(wanted.limit ?? PurgeParameters.rows)
            let isLast = page.last == all.last || page.isEmpty
            return Reply(
                PurgeList(
                    purges: page.compactMap { service.status(of: $0) },
                    next: isLast ? nil : page.last?.rawValue))
        }
    }

    private var read: Endpoint {
        .installation(
            .at(
                .get, "/api/v1/purges/{purge}", "purges.read",
                "Shows how far a removal has come, and in the end its receipt."),
            may: .readPurges,
            .init(
                takes: PurgeName.self, gives: Reply<PurgeReceipt>.self, problems: [.noPurge])
        ) { call in
            guard let receipt = service.status(of: call.parameters.purge) else {
                throw Problem(.noPurge, "there is no purge \(call.parameters.purge)")
            }
            return Reply(receipt)
        }
    }
}

/// Which tenant is to be removed for good.
struct PurgedTenant: Described, Decodable {
    var tenant: TenantID

    static let schema = JSONSchema.object([.required("tenant", .text("The tenant.", 1...63))])
}

/// Which purge is meant.
struct PurgeName: Described, Decodable {
    var purge: PurgeID

    static let schema = JSONSchema.object([.required("purge", .id("The purge."))])
}

/// Which page of the list is wanted.
struct PurgeParameters: Described, Decodable {
    var limit: Int?
    var after: String?

    static let rows = 100
    static let schema = JSONSchema.object([
        .optional("limit", .integer("Rows of a page at most.", 1...500, standard: rows)),
        .optional("after", .text("What the page before gave as next, as it is.", 1...256)),
    ])
}

/// Why a business is removed for good.
package struct PurgeRequest: Hashable, Sendable, Codable, Described {
    /// Why; the receipt keeps it, so it is one of a few words and no text.
    package var reason: PurgeFacts.Reason?

    /// Says why.
    package init(reason: PurgeFacts.Reason?) { self.reason = reason }

    package static let schema = JSONSchema.object(
        [
            .optional(
                "reason",
                .words(
                    PurgeFacts.Reason.allCases.filter { $0 != .restored }.map(\.rawValue),
                    "Why it is removed."))
        ], named: "PurgeRequest")
}

/// Businesses that were removed for good.
package struct PurgeList: Hashable, Sendable, Codable, Described {
    /// The purges, newest first.
    package var purges: [PurgeReceipt]
    /// Where the next page begins.
    package var next: String?

    package static let schema = JSONSchema.object(
        [
            .required("purges", .list(PurgeReceipt.schema, "The purges, newest first.")),
            .optional("next", .text("Where the next page begins.")),
        ], named: "PurgeList")
}

extension InstallationPermission {
    static let purgeTenants = Self("tenants:write")
    static let readPurges = Self("tenants:read")
}

extension Problem.Kind {
    static let nothingToPurge = Self(404, "nothing_to_purge")
    static let noPurge = Self(404, "no_purge")
}
