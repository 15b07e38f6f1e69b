package import Conversation
package import Endpoints
import HTTPServer

/// A business's line to WhatsApp, over HTTP: whether it works.
package struct ChannelEndpoints: Sendable {
    /// Tries everything that one business needs, by doing it.
    package typealias Try = @Sendable (TenantID) async -> [ChannelCheck]

    private let tryAll: Try

    /// Answers by what is tried.
    package init(trying tryAll: @escaping Try) { self.tryAll = tryAll }

    /// The endpoints.
    package var endpoints: [Endpoint] {
        [
            .tenant(
                .at(
                    .get, "/api/v1/tenants/{tenant}/checks", "channels.check",
                    "Tries number, token, webhook, templates, clock and model by calling them."),
                may: .readSettings, .init(gives: Reply<ChannelChecks>.self)
            ) { call in
                let tenant = call.scope.tenant
                return Reply(ChannelChecks(tenant: tenant, checks: await tryAll(tenant)))
            }
        ]
    }
}

extension TenantPermission {
    static let readSettings = Self("settings:read")
}
