package import Conversation
package import CustomerRecords
package import SQLite
import Views

/// Which customers are asked for; what is `nil` does not matter.
package struct CustomerFilter: Hashable, Sendable {
    /// Words, all of which stand in a name, number, address, note, field or label.
    package var words: String?
    /// A label that they or their conversations bear.
    package var label: RecordID?
    /// Whether they want messages that they did not ask for: `in`, `out` or `unknown`.
    package var consent: String?
    /// Whether there is a conversation with them.
    package var hasWritten: Bool?

    /// Asks for all, or for what is named.
    package init(
        words: String? = nil, label: RecordID? = nil, consent: String? = nil,
        hasWritten: Bool? = nil
    ) {
        self.words = words
        self.label = label
        self.consent = consent
        self.hasWritten = hasWritten
    }

    /// Words that are looked for at most.
    private static let mostWords = 8

    /// The condition in SQL, with its values.
    func condition(
        of tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) -> (sql: String, values: [Value]) {
        var parts = ["tenant = ?"]
        var values: [Value] = [.text(tenant.rawValue)]
        let folded = TextFolding.fold(words ?? "").split(whereSeparator: \.isWhitespace)
        for word in folded.prefix(Self.mostWords) {
            // A number is found however it is written.
            let digits = word.filter { $0.isNumber }
            let isNumber =
                digits.count > 4 && word.allSatisfy { $0.isNumber || "+-().".contains($0) }
            var part = "instr(haystack, ?) > 0"
            values.append(.text(isNumber ? digits : String(word)))
            // Few labels are called so, and most words are no label's: what bears them is looked
            // for by an index.
            let labels = try rows.all(
                "SELECT id FROM labels WHERE tenant = ? AND instr(word, ?) > 0",
                .text(tenant.rawValue), .text(String(word))
            ) { $0.text(0) }
            if !labels.isEmpty {
                let list = labels.map { _ in "?" }.joined(separator: ", ")
                part = """
                    (\(part) OR who IN (SELECT who FROM customer_labels
                        WHERE tenant = ? AND label IN (\(list))))
                    """
                values += [.text(tenant.rawValue)] + labels.map { .text($0) }
            }
            parts.append(part)
        }
        if let label {
            parts.append("who IN (SELECT who FROM customer_labels WHERE tenant = ? AND label = ?)")
            values += [.text(tenant.rawValue), .text(label.rawValue)]
        }
        switch consent {
        case "in": parts.append("consent = 1")
        case "out": parts.append("consent = 0")
        case "unknown": parts.append("consent IS NULL")
        default: break
        }
        if let hasWritten { parts.append("is_known = \(hasWritten ? 1 : 0)") }
        return (parts.joined(separator: " AND "), values)
    }

    fileprivate var text: String {
        "customers \(words ?? "") \(label?.rawValue ?? "") \(consent ?? "") "
            + String(describing: hasWritten)
    }
}

/// A page of customers, by name.
package struct CustomerPage: Sendable {
    /// The customers.
    package var customers: [CustomerListing]
    /// The position after the last, where there are more.
    package var next: String?
    /// How many there are on all pages.
    package var total: Int
}

/// A document that the bot quoted to a customer.
package struct CitedDocument: Hashable, Sendable, Codable {
    /// The document.
    package var document: DocumentID
    /// What it was called.
    package var name: String
    /// In how many answers.
    package var times: Int
    /// When last.
    package var at: Timestamp
}

/// Somebody who is shown as another customer.
package struct CustomerMember: Hashable, Sendable, Codable {
    /// The member, as they are linked.
    package var id: String
    /// What they are called by themselves.
    package var name: String?
    /// The phone number's digits.
    package var phone: String?
    /// Since when.
    package var since: Timestamp
    /// The version of the link, by which it is undone.
    package var version: Int
}

/// All that is known of a customer.
package struct CustomerDetail: Sendable {
    /// The customer, as lists show them.
    package var listing: CustomerListing
    /// What decides about what is kept of them.
    package var identity: CustomerIdentity
    /// What the business keeps.
    package var profile: CustomerProfile
    /// The version of that.
    package var version: Int
    /// The version of the link by which they go on as somebody: 0 where there never was one.
    package var linkVersion: Int
    /// Their conversations, the newest first.
    package var conversations: [ConversationListing]
    /// The labels of each.
    package var marks: [ConversationID: [RecordID]]
    /// The cases of each, the newest first.
    package var cases: [ConversationID: [ConversationCase]]
    /// What the bot quoted to them.
    package var cited: [CitedDocument]
    /// Who is shown as this customer.
    package var members: [CustomerMember]
}

extension ConversationRows {
    /// A page of customers, by name.
    package func customers(
        _ filter: CustomerFilter, after cursor: String? = nil, atMost limit: Int
    ) throws(SQLiteError) -> CustomerPage? {
        let mark = ListMark.text(filter.text, in: tenant)
        var (condition, values) = try filter.condition(of: tenant, rows)
        if let visible = try self.limit() {
            // Whoever has not written is known by what the business keeps alone.
            condition += """
                 AND (is_known = 0 OR who IN (SELECT who FROM conversations
                    WHERE tenant = ? AND who IS NOT NULL AND \(visible.sql)))
                """
            values += [.text(tenant.rawValue)] + visible.values
        }
        var from = ""
        var given: [Value] = []
        if let cursor {
            // A customer's id, and no name or number: addresses stand in logs.
            let parts = cursor.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, parts[0] == mark,
                let last = try anyIdentity(ofCustomer: String(parts[1]))
            else { return nil }
            let people = CustomerGroups(rows, of: tenant)
            let who = try people.root(of: last.text)
            let sort = try rows.first(
                "SELECT sort FROM customers WHERE tenant = ? AND who = ?",
                .text(tenant.rawValue), .text(who)
            ) { $0.text(0) }
            guard let sort else { return nil }
            given = [.text(sort), .text(who)]
            from = " AND (sort, who) > (?, ?)"
        }
        // The index holds all that is asked about; rows are fetched for one page alone.
        let found = try rows.all(
            """
            SELECT sort, who FROM customers INDEXED BY customers_by_name
            WHERE \(condition)\(from) ORDER BY sort, who LIMIT \(limit + 1)
            """, with: values + given
        ) { ($0.text(0), $0.text(1)) }
        var page: [CustomerListing] = []
        for (_, who) in found.prefix(limit) {
            if let listing = try listing(ofCustomer: who) { page.append(listing) }
        }
        let total = try rows.number(
            "SELECT count(*) FROM customers INDEXED BY customers_by_name WHERE \(condition)",
            with: values)
        return CustomerPage(
            customers: page,
            next: found.count > limit ? page.last.map { "\(mark).\($0.id)" } : nil, total: total)
    }

    private func listing(ofCustomer who: String) throws(SQLiteError) -> CustomerListing? {
        try rows.first(
            "SELECT listing FROM customers WHERE tenant = ? AND who = ?", .text(tenant.rawValue),
            .text(who)
        ) { StoredJSON.value(CustomerListing.self, $0, 0) } ?? nil
    }

    /// What a customer is known by, whom an id names: their own, or that of a conversation.
    package func identity(ofCustomer id: String) throws(SQLiteError) -> CustomerIdentity? {
        guard let found = try anyIdentity(ofCustomer: id), try showsCustomer(found) else {
            return nil
        }
        return found
    }

    /// Whether whoever looks may see a customer: one who has written to a number that they may see,
    /// or to none.
    private func showsCustomer(_ identity: CustomerIdentity) throws(SQLiteError) -> Bool {
        guard let limit = try limit() else { return true }
        let people = CustomerGroups(rows, of: tenant)
        let members = try people.members(
            of: try people.root(of: try people.place(of: identity.text)))
        let list = members.map { _ in "?" }.joined(separator: ", ")
        let own: [Value] = [.text(tenant.rawValue)] + members.map { .text($0) }
        let all = try rows.number(
            "SELECT count(*) FROM conversations WHERE tenant = ? AND who IN (\(list))", with: own)
        guard all > 0 else { return true }
        return try rows.number(
            """
            SELECT count(*) FROM conversations
            WHERE tenant = ? AND who IN (\(list)) AND \(limit.sql)
            """, with: own + limit.values) > 0
    }

    private func anyIdentity(
        ofCustomer id: String
    ) throws(SQLiteError) -> CustomerIdentity? {
        let people = CustomerGroups(rows, of: tenant)
        let kept = try rows.first(
            "SELECT identity FROM profiles WHERE tenant = ? AND id = ?", .text(tenant.rawValue),
            .text(id)
        ) { $0.text(0) }
        if let kept { return CustomerIdentity(try people.place(of: kept)) }
        let who =
            try rows.first(
                "SELECT who FROM conversations WHERE tenant = ? AND conversation = ?",
                .text(tenant.rawValue), .text(id)
            ) { $0.isNull(0) ? nil : $0.text(0) } ?? nil
        return who.flatMap { CustomerIdentity($0) }
    }

    /// As which customer one of an identity is shown, if they are known.
    package func customer(
        of identity: CustomerIdentity
    ) throws(SQLiteError) -> (listing: CustomerListing, profile: CustomerProfile)? {
        let people = CustomerGroups(rows, of: tenant)
        let root = try people.root(of: try people.place(of: identity.text))
        let found = try CustomerFinding(rows, of: tenant)
            .summary(of: root, try people.members(of: root))
        return found.map { ($0.listing, $0.profile) }
    }

    /// Which of several identities are known, and who is known by them.
    package func customers(
        of identities: [CustomerIdentity]
    ) throws(SQLiteError) -> [CustomerIdentity: CustomerListing] {
        var found: [CustomerIdentity: CustomerListing] = [:]
        for identity in identities {
            let people = CustomerGroups(rows, of: tenant)
            found[identity] = try listing(
                ofCustomer: try people.root(of: try people.place(of: identity.text)))
            // That they are known is no secret; as whom, is.
            if try !showsCustomer(identity) { found[identity]?.name = nil }
        }
        return found
    }

    /// The version of the link by which somebody goes on as another: 0 where there never was one.
    package func linkVersion(of identity: CustomerIdentity) throws(SQLiteError) -> Int {
        try rows.number(
            "SELECT version FROM customer_links WHERE tenant = ? AND identity = ?",
            with: [.text(tenant.rawValue), .text(identity.text)])
    }

    /// All that is known of a customer, whom an id names; `nil` where nobody is.
    package func detail(ofCustomer id: String) throws(SQLiteError) -> CustomerDetail? {
        guard let named = try identity(ofCustomer: id) else { return nil }
        let people = CustomerGroups(rows, of: tenant)
        let root = try people.root(of: named.text)
        let members = try people.members(of: root)
        guard let identity = CustomerIdentity(root),
            let found = try CustomerFinding(rows, of: tenant).summary(of: root, members)
        else { return nil }
        let list = members.map { _ in "?" }.joined(separator: ", ")
        let condition = try condition()
        let talks = try listings(
            """
            \(condition.sql) AND who IN (\(list))
            ORDER BY last_at DESC, conversation LIMIT 100
            """, condition.values + members.map { .text($0) })
        var detail = CustomerDetail(
            listing: found.listing, identity: identity, profile: found.profile,
            version: found.version,
            linkVersion: try linkVersion(of: identity), conversations: [], marks: [:], cases: [:],
            cited: [],
            members: try self.members(members.dropFirst()))
        for var talk in talks {
            talk.last = try lastSaid(in: talk.conversation).last
            detail.conversations.append(talk)
            detail.marks[talk.conversation] = try labels(of: talk.conversation)
            detail.cases[talk.conversation] = try cases(of: talk.conversation)
        }
        detail.cited = try cited(by: members)
        return detail
    }

    private func members(
        _ members: some Sequence<String>
    ) throws(SQLiteError) -> [CustomerMember] {
        var all: [CustomerMember] = []
        for who in members {
            for identity in try CustomerGroups(rows, of: tenant).allIdentities(of: who) {
                let link = try rows.first(
                    """
                    SELECT version, at FROM customer_links
                    WHERE tenant = ? AND identity = ? AND target IS NOT NULL
                    """, .text(tenant.rawValue), .text(identity)
                ) { (Int($0.int64(0)), Timestamp(milliseconds: $0.int64(1))) }
                guard let (version, at) = link,
                    let found = try CustomerFinding(rows, of: tenant).summary(of: who, [who])
                else { continue }
                all.append(
                    CustomerMember(
                        id: found.listing.id, name: found.listing.name,
                        phone: found.listing.phone, since: at, version: version))
            }
        }
        return all
    }
}
