package import Conversation
import Cryptography

/// A site of the web whose pages a business has as documents, and how often they are read anew.
package struct Site: Hashable, Sendable, Codable {
    /// The page that it begins with.
    package var url: String
    /// How many links away from it.
    package var depth: Int
    /// Pages at most.
    package var pages: Int
    /// Hours between two readings.
    package var everyHours: Int

    /// Describes a site.
    package init(url: String, depth: Int, pages: Int, everyHours: Int) {
        self.url = url
        self.depth = depth
        self.pages = pages
        self.everyHours = everyHours
    }
}

/// A page as it was read.
package struct SitePage: Hashable, Sendable, Codable {
    /// Its address, by which its document is known.
    package var url: String
    /// The SHA-256 of its bytes in hexadecimal: the claim check for the blob store.
    package var contentHash: String
    /// The number of its bytes.
    package var size: Int

    /// Describes a page.
    package init(url: String, contentHash: String, size: Int) {
        self.url = url
        self.contentHash = contentHash
        self.size = size
    }
}

/// A page that could not be read, for the site's owner.
package struct MissedPage: Hashable, Sendable, Codable {
    /// Its address.
    package var url: String
    /// Why.
    package var because: String

    /// Describes what was missed.
    package init(url: String, because: String) {
        self.url = url
        self.because = because
    }

    /// What was missed, by address, in the order of the addresses.
    package static func list(_ missed: [String: String]) -> [MissedPage] {
        missed.sorted { $0.key < $1.key }.map { MissedPage(url: $0.key, because: $0.value) }
    }
}

/// What a person wishes of a site.
package struct SiteCommand: Payload {
    package static let type = "parley.site.command"
    package static let topic = Topic.sitesCommands
    package static let personal: [FieldPath] = ["wish", "by"]

    /// What is wished.
    package enum Wish: Hashable, Sendable, Codable {
        /// To read it again and again; these are its pages as they were read just now.
        case watch(Site, known: [SitePage])
        /// To read it now.
        case read
        /// To read it no more; its documents stay.
        case forget
    }

    /// The business.
    package var tenant: TenantID
    /// The site.
    package var site: SiteID
    /// What is wished.
    package var wish: Wish
    /// Who wishes it.
    package var by: String
    /// When.
    package var at: Timestamp

    /// The site.
    package var key: String { site.rawValue }

    /// Describes a wish.
    package init(tenant: TenantID, site: SiteID, wish: Wish, by: String, at: Timestamp) {
        self.tenant = tenant
        self.site = site
        self.wish = wish
        self.by = by
        self.at = at
    }
}

/// How a site stands: as people wish it, and what its last reading brought.
package struct SiteState: Payload {
    package static let type = "parley.site.state"
    package static let topic = Topic.sitesStates
    package static let personal: [FieldPath] = ["definition", "last"]

    /// What a reading brought.
    package struct Reading: Hashable, Sendable, Codable {
        /// When.
        package var at: Timestamp
        /// Why the first page could not be read; all stays as it was then.
        package var problem: String?
        /// Pages that there are.
        package var pages: Int
        /// Those that are new or other than before.
        package var changed: Int
        /// Documents that were taken out, as their pages are gone.
        package var removed: Int
        /// Pages that could not be read, the first of them; what is known of them stays.
        package var missed: [MissedPage]
        /// Whether there were more pages than are wanted.
        package var isCut: Bool

        /// Describes a reading.
        package init(
            at: Timestamp, problem: String? = nil, pages: Int, changed: Int = 0, removed: Int = 0,
            missed: [MissedPage] = [], isCut: Bool = false
        ) {
            self.at = at
            self.problem = problem
            self.pages = pages
            self.changed = changed
            self.removed = removed
            self.missed = missed
            self.isCut = isCut
        }
    }

    /// The business.
    package var tenant: TenantID
    /// The site.
    package var site: SiteID
    /// The site as it is read; `nil` once nobody wants that any more.
    package var definition: Site?
    /// Its last reading; `nil` before the first.
    package var last: Reading?
    /// When it is read next.
    package var next: Timestamp?
    /// When what was wished last was wished.
    package var wishedAt: Timestamp
    /// When it came to stand so.
    package var at: Timestamp

    /// The site.
    package var key: String { site.rawValue }

    /// Describes how a site stands.
    package init(
        tenant: TenantID, site: SiteID, definition: Site?, last: Reading? = nil,
        next: Timestamp? = nil, wishedAt: Timestamp, at: Timestamp
    ) {
        self.tenant = tenant
        self.site = site
        self.definition = definition
        self.last = last
        self.next = next
        self.wishedAt = wishedAt
        self.at = at
    }
}

/// What names of sites name.
package enum NamedSite {}

/// The name of a site within an installation.
package typealias SiteID = Identifier<NamedSite>

extension Identifier<NamedSite> {
    /// The site that begins with a page: the same page of a tenant is the same site.
    package init(of url: String, _ tenant: TenantID) {
        let hash = SHA256.hex("parley/site\u{0}\(tenant.rawValue)\u{0}\(url)")
        self.init("site_\(hash.prefix(16))")
    }
}

extension Identifier<Named.Document> {
    /// The document of a name: the same name of a tenant is the same document.
    package init(named name: String, of tenant: TenantID) {
        let hash = SHA256.hex("parley/document\u{0}\(tenant.rawValue)\u{0}\(name)")
        self.init("doc_\(hash.prefix(16))")
    }

    /// The name of a page's document.
    package static func name(ofPage url: String) -> String { String(url.prefix(255)) }
}

/// The record types of sites.
package enum SiteRecords {
    /// All of them: the program joins this list with those of its other modules.
    package static let types: [any Payload.Type] = [SiteCommand.self, SiteState.self]
}

extension Topic {
    /// What people wish of sites.
    package static let sitesCommands = Topic("sites.commands", kept: .pipeline)
    /// How each site stands.
    package static let sitesStates = Topic("sites.states", kept: .newestOfKey)
}
