import Conversation
import CustomerRecords
import SQLite
import Views

/// Which conversations and profiles are one customer's, kept up to date row by row.
///
/// Whatever changes, the rows that follow from it are made anew from the others, so that they do
/// not depend on the order in which topics are read.
struct CustomerGroups {
    /// Steps from a customer to the one as whom they go on: there is one, or two.
    private static let mostSteps = 64

    private let rows: Rows
    private let tenant: TenantID
    private var tenantValue: Value { .text(tenant.rawValue) }

    init(_ rows: Rows, of tenant: TenantID) {
        self.rows = rows
        self.tenant = tenant
    }

    // MARK: Who is whose

    /// What a conversation's customer was known by, before a message changes it.
    struct Known: Equatable {
        var user: String?
        var phone: String?
        var name: String?
        var username: String?
    }

    /// What is known of a conversation's customer; `nil` where there is no such conversation.
    func known(_ conversation: ConversationID) throws(SQLiteError) -> Known? {
        try rows.first(
            """
            SELECT user_id, phone, name, username FROM conversations
            WHERE tenant = ? AND conversation = ?
            """, tenantValue, .text(conversation.rawValue)
        ) { row in
            Known(
                user: row.isNull(0) ? nil : row.text(0), phone: row.isNull(1) ? nil : row.text(1),
                name: row.isNull(2) ? nil : row.text(2),
                username: row.isNull(3) ? nil : row.text(3))
        }
    }

    /// Follows that a customer is known better, if a message told something new.
    func follow(
        _ contact: Contact, in conversation: ConversationID, before known: Known?
    ) throws(SQLiteError) {
        let now = Known(
            user: contact.userID ?? known?.user, phone: contact.phone ?? known?.phone,
            name: contact.name ?? known?.name, username: contact.username ?? known?.username)
        guard now != known else { return }
        if known == nil, try settle(newcomer: now, in: conversation) { return }
        try regroup(conversation)
    }

    /// Makes the row of somebody who has written for the first time; `false`, with nothing done,
    /// where anything else is known of them, or of the conversation.
    ///
    /// Most rows begin so, and by the way of all others each would cost two dozen questions.
    private func settle(
        newcomer known: Known, in conversation: ConversationID
    ) throws(SQLiteError) -> Bool {
        let byUser = known.user.map { CustomerIdentity(user: $0) }
        guard let who = known.phone.flatMap({ CustomerIdentity(phone: $0) }) ?? byUser
        else { return false }
        let isKnown = try rows.first(
            """
            SELECT EXISTS (SELECT 1 FROM moves WHERE tenant = ?1 AND conversation = ?2)
                OR EXISTS (SELECT 1 FROM moves WHERE tenant = ?1 AND target = ?2)
                OR EXISTS (SELECT 1 FROM labelled WHERE tenant = ?1 AND conversation = ?2)
                OR EXISTS (SELECT 1 FROM wishes WHERE tenant = ?1 AND conversation = ?2)
                OR EXISTS (SELECT 1 FROM conversations INDEXED BY conversations_by_who
                    WHERE tenant = ?1 AND who IN (?3, ?4))
                OR EXISTS (SELECT 1 FROM conversations INDEXED BY conversations_by_user
                    WHERE tenant = ?1 AND user_id = ?5 AND conversation <> ?2)
                OR EXISTS (SELECT 1 FROM customer_links WHERE tenant = ?1 AND identity IN (?3, ?4))
                OR EXISTS (SELECT 1 FROM customer_links WHERE tenant = ?1 AND target IN (?3, ?4))
                OR EXISTS (SELECT 1 FROM profiles WHERE tenant = ?1 AND identity IN (?3, ?4))
            """, tenantValue, .text(conversation.rawValue), .text(who.text),
            .text(orNull: byUser?.text), .text(orNull: known.user)
        ) { $0.int64(0) != 0 }
        guard isKnown == false else { return false }
        try rows.change(
            "UPDATE conversations SET who = ?3 WHERE tenant = ?1 AND conversation = ?2",
            tenantValue, .text(conversation.rawValue), .text(who.text))
        try write(
            CustomerFinding.summary(of: who.text, writingFirstIn: conversation, as: known),
            of: who.text)
        return true
    }

    /// Follows where a conversation goes on, and where it went on before.
    func regroup(_ conversation: ConversationID, and former: ConversationID? = nil)
        throws(SQLiteError)
    {
        try gather(conversation)
        if let former { try gather(former) }
    }

    /// Gives the conversations that are read as one what their customer is known by.
    private func gather(_ conversation: ConversationID) throws(SQLiteError) {
        let all = ConversationRows(rows, of: tenant)
        let names = try all.joined(to: try all.standing(of: conversation))
        var identity: CustomerIdentity?
        var byUser: CustomerIdentity?
        var users: Set<String> = []
        var former: Set<String> = []
        for name in names {
            let found = try rows.first(
                """
                SELECT user_id, phone, who FROM conversations
                WHERE tenant = ? AND conversation = ?
                """, tenantValue, .text(name.rawValue)
            ) { row in
                (
                    row.isNull(0) ? nil : row.text(0), row.isNull(1) ? nil : row.text(1),
                    row.isNull(2) ? nil : row.text(2)
                )
            }
            guard let (user, phone, who) = found else { continue }
            if identity == nil, let phone { identity = CustomerIdentity(phone: phone) }
            if byUser == nil, let user { byUser = CustomerIdentity(user: user) }
            if let user { users.insert(user) }
            if let who { former.insert(who) }
        }
        let who = identity ?? byUser
        for name in names {
            try rows.change(
                """
                UPDATE conversations SET who = ?3
                WHERE tenant = ?1 AND conversation = ?2 AND who IS NOT ?3
                """, tenantValue, .text(name.rawValue), .text(orNull: who?.text))
        }
        if let who { former.insert(who.text) }
        // What is kept under a user id goes where the id is.
        for user in users {
            former.insert(CustomerIdentity(user: user).text)
        }
        for each in former.sorted() { try settle(each) }
    }

    /// What somebody of an identity is known by now.
    func place(of identity: String) throws(SQLiteError) -> String {
        guard let user = CustomerIdentity(identity)?.user else { return identity }
        return try rows.first(
            """
            SELECT who FROM conversations INDEXED BY conversations_by_user
            WHERE tenant = ? AND user_id = ? AND who IS NOT NULL ORDER BY conversation LIMIT 1
            """, tenantValue, .text(user)
        ) { $0.text(0) } ?? identity
    }

    /// What a customer is known by whose conversations these are: it, and user ids in them.
    func allIdentities(of who: String) throws(SQLiteError) -> [String] {
        // By the index of whose they are: to sort or tell apart by the id, SQLite would rather read
        // all of the tenant's in that order.
        let found = try rows.all(
            """
            SELECT user_id FROM conversations INDEXED BY conversations_by_who
            WHERE tenant = ? AND who = ? AND user_id IS NOT NULL
            """, tenantValue, .text(who)
        ) { CustomerIdentity(user: $0.text(0)).text }
        let users = Set(found).sorted()
        var all = try place(of: who) == who ? [who] : []
        for user in users where user != who {
            if try place(of: user) == who { all.append(user) }
        }
        return all
    }

    /// As whom a customer goes on; themselves where they do not.
    func root(of who: String) throws(SQLiteError) -> String {
        var root = who
        for _ in 0..<Self.mostSteps {
            var next: String?
            for identity in try allIdentities(of: root) where next == nil {
                next =
                    try rows.first(
                        """
                        SELECT target FROM customer_links
                        WHERE tenant = ? AND identity = ? AND target IS NOT NULL
                        """, tenantValue, .text(identity)
                    ) { $0.text(0) }
            }
            guard let next else { break }
            let place = try place(of: next)
            guard place != root, place != who else { break }
            root = place
        }
        return root
    }

    /// All that go on as one, the one first.
    func members(of root: String) throws(SQLiteError) -> [String] {
        var all = [root]
        var index = 0
        while index < all.count, all.count <= Self.mostSteps {
            for identity in try allIdentities(of: all[index]) {
                let found = try rows.all(
                    """
                    SELECT identity FROM customer_links WHERE tenant = ? AND target = ?
                    ORDER BY identity
                    """, tenantValue, .text(identity)
                ) { $0.text(0) }
                for each in found {
                    let place = try place(of: each)
                    if !all.contains(place) { all.append(place) }
                }
            }
            index += 1
        }
        return all
    }

    // MARK: Rows of lists

    /// Makes the row anew of whoever a conversation's customer is.
    func settle(conversation: ConversationID) throws(SQLiteError) {
        let who =
            try rows.first(
                "SELECT who FROM conversations WHERE tenant = ? AND conversation = ?", tenantValue,
                .text(conversation.rawValue)
            ) { $0.isNull(0) ? nil : $0.text(0) } ?? nil
        if let who { try settle(who) }
    }

    /// Makes a customer's row anew, and the one as whom they go on.
    func settle(_ who: String) throws(SQLiteError) {
        let root = try root(of: who)
        // Somebody may have gone on as them until now, or they as somebody.
        for each in Set([who, root]).sorted() where each != root { try remove(each) }
        let members = try members(of: root)
        for each in members where each != root { try remove(each) }
        guard let found = try CustomerFinding(rows, of: tenant).summary(of: root, members) else {
            return try remove(root)
        }
        try write(found, of: root)
        try rows.change(
            "DELETE FROM customer_labels WHERE tenant = ? AND who = ?", tenantValue, .text(root))
        for label in found.listing.labels {
            try rows.change(
                "INSERT INTO customer_labels (tenant, who, label) VALUES (?, ?, ?)", tenantValue,
                .text(root), .text(label.rawValue))
        }
    }

    private func write(_ found: CustomerSummary, of root: String) throws(SQLiteError) {
        let words = found.words.map { TextFolding.fold($0) }.joined(separator: "\n")
        try rows.change(
            """
            INSERT INTO customers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT DO UPDATE SET sort = ?3, haystack = ?4, consent = ?5, is_known = ?6,
                listing = ?7
            """, tenantValue, .text(root), .text(found.sort), .text(words),
            .integer(orNull: found.listing.consent.map { $0.isGiven ? 1 : 0 }),
            .integer(found.listing.hasWritten ? 1 : 0),
            .text(StoredJSON.text(found.listing) ?? "{}"))
    }

    private func remove(_ who: String) throws(SQLiteError) {
        for table in ["customers", "customer_labels"] {
            try rows.change(
                "DELETE FROM \(table) WHERE tenant = ? AND who = ?", tenantValue, .text(who))
        }
    }
}
