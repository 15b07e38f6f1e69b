package import Conversation
package import SQLite
package import SiteRecords
import Views

/// A site of the web that is read again and again, as `GET /api/v1/tenants/{tenant}/sites` lists
/// it.
package struct SiteListing: Hashable, Sendable, Codable {
    /// The site.
    package var id: SiteID
    /// The page that it begins with.
    package var url: String
    /// How many links away from it.
    package var depth: Int
    /// Pages at most.
    package var pages: Int
    /// Hours between two readings.
    package var everyHours: Int
    /// When it is read next, where that is known already.
    package var next: Timestamp?
    /// What its last reading brought.
    package var last: SiteState.Reading?

    private init(_ id: SiteID, _ site: Site, next: Timestamp?, last: SiteState.Reading?) {
        self.id = id
        self.url = site.url
        self.depth = site.depth
        self.pages = site.pages
        self.everyHours = site.everyHours
        self.next = next
        self.last = last
    }

    /// A site as it was wished, and as it stands; `nil` where nobody wants it read.
    ///
    /// The topics are read side by side: how it stands counts once it answers the wish.
    fileprivate init?(_ id: SiteID, wish: SiteCommand?, state: SiteState?) {
        if let wish, state.map({ $0.wishedAt < wish.at }) ?? true {
            switch wish.wish {
            case .watch(let site, _): self.init(id, site, next: nil, last: state?.last)
            case .read:
                guard let site = state?.definition else { return nil }
                self.init(id, site, next: state?.next, last: state?.last)
            case .forget: return nil
            }
        } else {
            guard let state, let site = state.definition else { return nil }
            self.init(id, site, next: state.next, last: state.last)
        }
    }
}

extension DocumentView {
    static let siteSchema = """
        CREATE TABLE sites (
            tenant TEXT NOT NULL, site TEXT NOT NULL, wish TEXT, state TEXT,
            PRIMARY KEY (tenant, site)
        ) WITHOUT ROWID;
        """

    static func follow(_ command: SiteCommand, _ rows: Rows) throws(SQLiteError) {
        var kept = command
        // What it knows of pages is for the stage.
        if case .watch(let site, _) = command.wish { kept.wish = .watch(site, known: []) }
        try rows.change(
            """
            INSERT INTO sites (tenant, site, wish) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET wish = ?3
            """, .text(command.tenant.rawValue), .text(command.site.rawValue),
            .text(orNull: StoredJSON.text(kept)))
    }

    static func follow(_ state: SiteState, _ rows: Rows) throws(SQLiteError) {
        try rows.change(
            """
            INSERT INTO sites (tenant, site, state) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET state = ?3
            """, .text(state.tenant.rawValue), .text(state.site.rawValue),
            .text(orNull: StoredJSON.text(state)))
    }
}

extension DocumentRows {
    /// The sites that are read again and again, by their addresses.
    package func sites() throws(SQLiteError) -> [SiteListing] {
        try rows.all(
            "SELECT site, wish, state FROM sites WHERE tenant = ? ORDER BY site",
            .text(tenant.rawValue)
        ) { row in
            SiteListing(
                SiteID(row.text(0)), wish: StoredJSON.value(SiteCommand.self, row, 1),
                state: StoredJSON.value(SiteState.self, row, 2))
        }.compactMap(\.self).sorted { ($0.url, $0.id) < ($1.url, $1.id) }
    }

    /// A site that is read again and again.
    package func site(_ id: SiteID) throws(SQLiteError) -> SiteListing? {
        try sites().first { $0.id == id }
    }
}
