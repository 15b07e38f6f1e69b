package import AccountAccess
package import Conversation
package import Endpoints
package import Foundation
package import HTTPServer
package import Idempotency
package import Live
import NetworkAddress
package import TenantDirectory
package import TenantKeys
package import WebPages

/// Why a template cannot go.
package struct TemplateRefusal: Error, Hashable, Sendable {
    /// A sentence for people.
    package var sentence: String

    /// Says why.
    package init(_ sentence: String) { self.sentence = sentence }
}

/// What an installation decides about its console.
package struct ConsoleOptions: Sendable {
    /// A link on the console's first page.
    package struct Link: Hashable, Sendable, Codable {
        /// What it leads to, for people.
        package var name: String
        /// Where it leads; http and https only.
        package var url: String

        /// Describes a link.
        package init(name: String, url: String) {
            self.name = name
            self.url = url
        }
    }

    /// Whether tenants may use plain http and private addresses for the Graph API and models: for
    /// tests, demonstrations and a model in the own network.
    package var allowsPrivateURLs = false
    /// Fetches pages of the web, for tenants: from the public internet only, unless private
    /// addresses are allowed.
    package typealias Crawl =
        @Sendable (URL, Crawler.Limits) async throws(Crawler.Failure) -> Crawler.Crawl
    /// How they are fetched.
    package var crawl: Crawl = { url, _ throws(Crawler.Failure) in
        throw Crawler.Failure("\(url) cannot be fetched: this process has no way to the web")
    }
    /// Host names under which the console is reached besides localhost, 127.0.0.1 and [::1].
    package var hosts: Set<String> = []
    /// How often claims of agents whose socket is open are renewed; a lease lasts 15 minutes.
    package var renewEvery = Duration.seconds(4 * 60)
    /// How long an agent's command may wait for the handoff stage before the agent is told so.
    package var commandWait = Duration.seconds(15)
    /// The bounds of the agents' sockets.
    package var agents = AgentLimits()
    /// How often messages are forgotten that are older than their tenant wants.
    package var forgetEvery = Duration.seconds(3_600)
    /// How long a change may take to be visible before the caller is told so.
    package var visibilityWait = Duration.seconds(10)
    /// Passed by whatever changes a tenant: one change at a time.
    package var tenantChanges = Turnstile()
    /// Whether a tenant is being erased for good, so that none may be connected under its name.
    package var isBeingErased: @Sendable (TenantID) -> Bool = { _ in false }
    /// What a rotation did to secrets that are no tenant's.
    package struct Resealed: Hashable, Sendable {
        /// How many were encrypted again.
        package var done = 0
        /// How many could not be.
        package var failed = 0

        /// Nothing.
        package init() {}
    }

    /// Encrypts what is no tenant's with the ring's newest key.
    package var reseal: @Sendable () async throws -> Resealed = { Resealed() }
    /// The keys under which customers' identifiers are named.
    package var naming = KeyTable()
    /// Links on the first page, asked for anew each time: the webhook, the simulator, metrics.
    package var links: @Sendable () -> [Link] = { [] }

    /// What keeps tenants from sending over WhatsApp.
    package var channels = ChannelTable()
    /// What becomes of a template that an agent wants sent: the form of it that there is, for the
    /// customer's language, or why it cannot go.
    package var fitTemplate:
        @Sendable (TenantID, TemplateMessage) async -> Result<TemplateMessage, TemplateRefusal> = {
            .success($1)
        }
    /// Tries the model that answers a tenant's customers.
    package var tryModel: @Sendable (Tenant) async throws -> ModelTrialResult = { _ in
        throw Problem(.noModel, "there is no chat model: the built-in answerer answers")
    }
    /// Who is signed in, and what they may; `nil` where only keys and tickets open anything.
    package var accounts: AccountAccess?

    /// The open sockets of agents.
    package var seats = AgentSeats()
    /// Who is there and what is offered to whom; `nil` where nothing is routed.
    package var routing: RoutingDesk?

    /// How much of the API one caller may have.
    package var limits = ConsoleLimits()
    /// The proxies whose word about addresses counts; those on this machine unless said.
    package var proxies: @Sendable () -> TrustedProxies = {
        TrustedProxies(["127.0.0.0/8", "::1"].compactMap { AddressRange($0) })
    }
    /// Keeps what was done under an `Idempotency-Key`.
    package var idempotency = IdempotencyStore(path: ":memory:")
    /// Tells pages what changes; without it there is no live socket.
    package var live: LiveHub?
    /// The files of the pages.
    package var pages = PageFiles()
    /// Endpoints besides the console's own: those of the capabilities.
    package var endpoints: [Endpoint] = []

    /// The standard decisions.
    package init() {}
}
