package import Conversation
import CustomerRecords
import SQLite
import Views

/// A customer as lists show them; in JSON as it stands.
package struct CustomerListing: Hashable, Sendable, Codable {
    /// Whether they want messages that they did not ask for.
    package struct Consent: Hashable, Sendable, Codable {
        /// Whether they do.
        package var isGiven: Bool
        /// Whether they said so to us in the conversation themselves.
        package var isOwn: Bool
        /// Where and how, where the business wrote it down.
        package var source: String?
        /// When.
        package var at: Timestamp
    }

    /// The customer, by a name that paths can bear: it finds them for as long as they are known.
    package var id: String
    /// What they are called: by the business, else by WhatsApp.
    package var name: String?
    /// What WhatsApp shows, where the business calls them otherwise.
    package var profileName: String?
    /// The user name.
    package var username: String?
    /// The phone number's digits.
    package var phone: String?
    /// WhatsApp's id, where no number is known.
    package var userID: String?
    /// An address.
    package var email: String?
    /// A language.
    package var language: String?
    /// What they or their conversations bear: labels of the desk.
    package var labels: [RecordID]
    /// Whether they want messages that they did not ask for, where that is known.
    package var consent: Consent?
    /// Whether there is a conversation with them.
    package var hasWritten: Bool
    /// How many customers are shown as this one.
    package var members: Int
}

/// What a row of a list is made of.
struct CustomerSummary {
    var listing: CustomerListing
    /// What lists are ordered by.
    var sort: String
    /// What it is found by.
    var words: [String]
    /// What the business keeps about them, of all members together.
    var profile: CustomerProfile
    /// The version of what is kept under what the first member is known by.
    var version: Int
}

/// Gathers what is known of a customer from all tables.
struct CustomerFinding {
    private let rows: Rows
    private let tenant: TenantID
    private var tenantValue: Value { .text(tenant.rawValue) }

    init(_ rows: Rows, of tenant: TenantID) {
        self.rows = rows
        self.tenant = tenant
    }

    private struct Talk {
        var conversation: String
        var user: String?
        var phone: String?
        var name: String?
        var username: String?
        var stopped: Int64?
        var resumed: Int64?
    }

    private struct Kept {
        var identity: String
        var id: String
        var version: Int
        var at: Int64
        var profile: CustomerProfile
    }

    /// What is known of members who are one; `nil` where nothing is.
    func summary(
        of root: String, _ members: [String]
    ) throws(SQLiteError) -> CustomerSummary? {
        let (talks, kept) = try (talks(of: members), kept(of: members))
        guard !talks.isEmpty || !kept.isEmpty else { return nil }
        var profile = CustomerProfile()
        // What is kept of the one they go on as comes first, then what is newest.
        let order = kept.sorted {
            ($0.identity == root ? 0 : 1, -$0.at, $0.identity)
                < ($1.identity == root ? 0 : 1, -$1.at, $1.identity)
        }
        for each in order.reversed() { profile = profile.taking(each.profile) }
        // What each says last counts, however the members are ordered.
        profile.consent = order.compactMap(\.profile.consent).max { $0.at < $1.at }
        let labels = try labels(profile.labels, of: talks.map(\.conversation))
        return Self.summary(
            of: root, talks, order, profile, labels: labels, members: members.count)
    }

    /// What is known of somebody who has written for the first time, and of whom nothing is kept.
    static func summary(
        of root: String, writingFirstIn conversation: ConversationID, as known: CustomerGroups.Known
    ) -> CustomerSummary {
        let talk = Talk(
            conversation: conversation.rawValue, user: known.user, phone: known.phone,
            name: known.name, username: known.username)
        return summary(of: root, [talk], [], CustomerProfile(), labels: [], members: 1)
    }

    private static func summary(
        of root: String, _ talks: [Talk], _ order: [Kept], _ profile: CustomerProfile,
        labels: [RecordID], members: Int
    ) -> CustomerSummary {
        let identity = CustomerIdentity(root)
        let own = order.first { $0.identity == root }
        let shown = talks.lazy.compactMap(\.name).first
        let username = talks.lazy.compactMap(\.username).first
        let phone = identity?.phone ?? talks.lazy.compactMap(\.phone).first
        let user = talks.lazy.compactMap(\.user).first ?? identity?.user
        let name = profile.name ?? shown
        let listing = CustomerListing(
            id: own?.id ?? talks.first?.conversation ?? order.first?.id ?? root, name: name,
            profileName: shown == name ? nil : shown, username: username, phone: phone,
            userID: phone == nil ? user : nil, email: profile.email, language: profile.language,
            labels: labels, consent: consent(profile.consent, talks), hasWritten: !talks.isEmpty,
            members: members)
        let called = name ?? username
        // Those without a name come last, by what is known of them.
        let sort =
            called.map { TextFolding.fold($0) } ?? "\u{10FFFD}" + (phone ?? user ?? root)
        let words =
            [called, shown, username, phone, user, profile.email, profile.note].compactMap(\.self)
            + talks.flatMap { [$0.phone, $0.name, $0.username].compactMap(\.self) }
            + order.compactMap(\.profile.name) + profile.fields.map(\.value)
        return CustomerSummary(
            listing: listing, sort: sort, words: words, profile: profile,
            version: own?.version ?? 0)
    }

    private func talks(of members: [String]) throws(SQLiteError) -> [Talk] {
        var talks: [Talk] = []
        for who in members {
            talks += try rows.all(
                """
                SELECT conversation, user_id, phone, name, username, stopped_at, resumed_at
                FROM conversations INDEXED BY conversations_by_who
                    LEFT JOIN wishes USING (tenant, conversation)
                WHERE tenant = ? AND who = ? ORDER BY conversation
                """, tenantValue, .text(who)
            ) { row in
                func text(_ column: Int32) -> String? {
                    row.isNull(column) ? nil : row.text(column)
                }
                return Talk(
                    conversation: row.text(0), user: text(1), phone: text(2), name: text(3),
                    username: text(4), stopped: row.isNull(5) ? nil : row.int64(5),
                    resumed: row.isNull(6) ? nil : row.int64(6))
            }
        }
        return talks
    }

    private func kept(of members: [String]) throws(SQLiteError) -> [Kept] {
        let groups = CustomerGroups(rows, of: tenant)
        var kept: [Kept] = []
        for who in members {
            for identity in try groups.allIdentities(of: who) {
                let found = try rows.first(
                    """
                    SELECT id, version, at, profile FROM profiles
                    WHERE tenant = ? AND identity = ?
                    """, tenantValue, .text(identity)
                ) { row in
                    StoredJSON.value(CustomerProfile.self, row, 3).map {
                        Kept(
                            identity: identity, id: row.text(0), version: Int(row.int64(1)),
                            at: row.int64(2), profile: $0)
                    }
                }
                if let found, let found { kept.append(found) }
            }
        }
        return kept
    }

    /// The labels of a profile, each as the one that it goes on as, and those of conversations.
    private func labels(
        _ own: [RecordID], of conversations: [String]
    ) throws(SQLiteError) -> [RecordID] {
        var all: Set<RecordID> = []
        for label in own {
            let target =
                try rows.first(
                    "SELECT target FROM labels WHERE tenant = ? AND id = ?", tenantValue,
                    .text(label.rawValue)
                ) { $0.isNull(0) ? nil : RecordID($0.text(0)) } ?? nil
            all.insert(target ?? label)
        }
        for conversation in conversations {
            all.formUnion(
                try rows.all(
                    "SELECT label FROM labelled WHERE tenant = ? AND conversation = ?",
                    tenantValue, .text(conversation)
                ) { RecordID($0.text(0)) })
        }
        return all.sorted()
    }

    /// What a customer said themselves goes before what the business wrote down.
    private static func consent(
        _ said: CustomerProfile.Consent?, _ talks: [Talk]
    ) -> CustomerListing.Consent? {
        let stopped = talks.compactMap(\.stopped).max()
        let resumed = talks.compactMap(\.resumed).max()
        if let stopped, stopped >= resumed ?? 0 {
            return .init(
                isGiven: false, isOwn: true, at: Timestamp(milliseconds: stopped))
        }
        if let resumed, resumed >= said?.at.milliseconds ?? 0 {
            return .init(isGiven: true, isOwn: true, at: Timestamp(milliseconds: resumed))
        }
        return said.map {
            .init(isGiven: $0.isGiven, isOwn: false, source: $0.source, at: $0.at)
        }
    }
}
