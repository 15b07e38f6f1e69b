import AuditEndpoints
import AuditRecords
import AuditView
import Console
import Conversation
import Cryptography
import Endpoints
import HTTPClient
import Records
import Testing

@Suite("The audit log over HTTP", .timeLimit(.minutes(5)))
struct AuditTests {
    /// Puts acts into the log, a second apart, oldest first, and waits until the view shows them.
    private func write(
        _ acts: [(tenant: TenantID, actor: String, action: String, subject: String)],
        _ office: Office
    ) async throws {
        for (number, act) in acts.enumerated() {
            try await office.append(
                AuditEntry(
                    tenant: act.tenant, actor: act.actor, action: act.action,
                    subject: act.subject,
                    at: Timestamp(milliseconds: 1_000_000 + Int64(number) * 1_000)),
                id: RecordID("act-\(number)"))
        }
        try await office.eventually("the view shows every act") {
            try await office.ask(.get, "/api/v1/counts/audit").value(AuditCount.self).entries
                >= acts.count
        }
    }

    private func list(_ office: Office, _ path: String) async throws -> AuditPage {
        let answer = try await office.ask(.get, path)
        try #require(answer.status == 200, "\(path): \(answer.text)")
        return try answer.value(AuditPage.self)
    }

    private static let acts: [(TenantID, String, String, String)] = [
        ("sol", "key/1a2b3c4d", "tenant.add", "sol"),
        ("sol", "key/1a2b3c4d", "document.add", "Prices.pdf"),
        ("luna", "key/1a2b3c4d", "tenant.add", "luna"),
        ("sol", "agent/ana", "handoff.claim", "c1"),
        ("sol", "key/1a2b3c4d", "document.remove", "Prices.pdf"),
        ("sol", "agent/bo", "handoff.claim", "c2"),
    ]

    @Test(
        "is narrowed by actor, action, subject and time, newest first",
        arguments: [
            ("", ["c2", "Prices.pdf", "c1", "Prices.pdf", "sol"]),
            ("?actor=agent/ana", ["c1"]), ("?actor=agent/", ["c2", "c1"]),
            ("?actor=agent", []), ("?action=document.add", ["Prices.pdf"]),
            ("?action=document.", ["Prices.pdf", "Prices.pdf"]), ("?action=document", []),
            ("?subject=prices", ["Prices.pdf", "Prices.pdf"]), ("?subject=c1", ["c1"]),
            ("?from=1003000", ["c2", "Prices.pdf", "c1"]), ("?to=1001000", ["sol"]),
            ("?from=1001000&to=1004000&actor=key/1a2b3c4d", ["Prices.pdf"]),
        ])
    func filters(query: String, subjects: [String]) async throws {
        try await Office.open { office in
            try await office.addTenant()
            try await write(Self.acts, office)
            // What adding the tenant wrote comes later, by the office's own clock.
            let end = (query.isEmpty ? "?" : "&") + "to=1006000"
            let query = query.contains("to=") ? query : query + end
            let page = try await list(office, "/api/v1/tenants/sol/audit" + query)
            #expect(page.entries.map(\.subject) == subjects)
            #expect(page.next == nil)
            let count = try await office.ask(.get, "/api/v1/tenants/sol/counts/audit" + query)
                .value(AuditCount.self)
            #expect(count.entries == subjects.count)
        }
    }

    @Test("goes on page by page to the last entry, with nothing twice and nothing left out")
    func pages() async throws {
        try await Office.open { office in
            try await office.addTenant()
            try await write(Self.acts, office)
            var seen: [String] = []
            var path = "/api/v1/tenants/sol/audit?to=1006000&limit=2"
            while true {
                let page = try await list(office, path)
                #expect(page.entries.count <= 2)
                seen += page.entries.map(\.id.rawValue)
                guard let next = page.next else { break }
                path = "/api/v1/tenants/sol/audit?to=1006000&limit=2&after=\(next)"
            }
            #expect(seen == ["act-5", "act-4", "act-3", "act-1", "act-0"])
        }
    }

    @Test("takes a cursor only with the business and the filters that it was given with")
    func cursors() async throws {
        try await Office.open { office in
            try await office.addTenant()
            try await office.addTenant("luna", number: "102")
            try await write(Self.acts, office)
            let page = try await list(office, "/api/v1/tenants/sol/audit?actor=agent/&limit=1")
            let next = try #require(page.next)
            let rest = try await list(
                office, "/api/v1/tenants/sol/audit?actor=agent/&limit=5&after=\(next)")
            #expect(rest.entries.map(\.subject) == ["c1"])
            for path in [
                "/api/v1/tenants/luna/audit?actor=agent/&after=\(next)",
                "/api/v1/audit?actor=agent/&after=\(next)",
                "/api/v1/tenants/sol/audit?after=\(next)",
                "/api/v1/tenants/sol/audit?actor=agent/&action=handoff.&after=\(next)",
                "/api/v1/tenants/sol/audit?actor=agent/&after=\(next)0",
                "/api/v1/tenants/sol/audit?actor=agent/&after=x",
            ] {
                let answer = try await office.ask(.get, path)
                #expect(answer.status == 400, "\(path): \(answer.text)")
                #expect(answer.text.contains(#""parameter":"after""#))
            }
        }
    }

    @Test("shows one entry, but to no other business")
    func entry() async throws {
        try await Office.open { office in
            try await office.addTenant()
            try await office.addTenant("luna", number: "102")
            try await write(Self.acts, office)
            for path in ["/api/v1/tenants/sol/audit/act-3", "/api/v1/audit/act-3"] {
                let found = try await office.ask(.get, path).value(AuditListing.self)
                #expect(found.actor == "agent/ana" && found.action == "handoff.claim")
                #expect(found.tenant == "sol" && found.at == Timestamp(milliseconds: 1_003_000))
            }
            for path in ["/api/v1/tenants/luna/audit/act-3", "/api/v1/audit/act-99"] {
                let answer = try await office.ask(.get, path)
                #expect(answer.status == 404 && answer.text.contains("no_audit_entry"))
            }
        }
    }

    @Test("of all businesses is one list")
    func installation() async throws {
        try await Office.open { office in
            try await write(Self.acts, office)
            let page = try await list(office, "/api/v1/audit?action=tenant.")
            #expect(page.entries.map(\.tenant) == ["luna", "sol"])
        }
    }

    @Test("an act that was written twice under one id is listed once")
    func repeated() async throws {
        try await Office.open { office in
            let act = Self.acts[3]
            try await write([act], office)
            try await write([act, Self.acts[5]], office)
            let page = try await list(office, "/api/v1/audit")
            #expect(page.entries.map(\.id) == ["act-1", "act-0"])
        }
    }
}

@Suite("Exports of the audit log", .timeLimit(.minutes(5)))
struct AuditExportTests {
    @Test("hold every entry, as lines of JSON and as a table whose cells are no formulas")
    func exports() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let count = 1_203
            for number in 0..<count {
                try await office.append(
                    AuditEntry(
                        tenant: "sol", actor: "key/1a2b3c4d", action: "test.act",
                        subject: number == 7 ? "=HYPERLINK(\"x\")" : "s\(number)",
                        at: Timestamp(milliseconds: Int64(number))),
                    id: RecordID("act-\(number)"))
            }
            let query = "?action=test."
            try await office.eventually("the view shows every act") {
                try await office.ask(.get, "/api/v1/counts/audit" + query)
                    .value(AuditCount.self).entries == count
            }
            let lines = try await office.ask(
                .get, "/api/v1/tenants/sol/exports/audit" + query
            ).text.split(separator: "\n")
            #expect(lines.count == count)
            let newest = try RecordCodec.decode(AuditListing.self, from: Array(lines[0].utf8))
            #expect(newest.id.rawValue == "act-\(count - 1)")
            for path in ["/api/v1/tenants/sol/exports/audit.csv", "/api/v1/exports/audit.csv"] {
                let rows = try await office.ask(.get, path + query).text
                    .split(separator: "\r\n")
                #expect(rows.count == count + 1)
                #expect(
                    rows[0] == #""time","tenant","actor","actorName","actedBy","action","subject","#
                        + #""targetName","outcome","changes","address","userAgent","request","#
                        + #""chain","id""#)
                #expect(
                    rows[count - 7] == #""1970-01-01T00:00:00.007Z","sol","key/1a2b3c4d","","","#
                        + #""test.act","'=HYPERLINK(""x"")","","done","","","","","","act-7""#)
            }
        }
    }

    @Test("are written down themselves, with who took out whose entries, before they begin")
    func written() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let agent = HTTPClientHeaders.Field(name: "User-Agent", value: "Firefox")
            for path in [
                "/api/v1/tenants/sol/exports/audit", "/api/v1/tenants/sol/exports/audit.csv",
                "/api/v1/exports/audit", "/api/v1/exports/audit.csv",
            ] {
                let answer = try await office.ask(.get, path, headers: [agent])
                #expect(answer.status == 200, "\(path): \(answer.text)")
            }
            let acts =
                try await office.payloads(in: .audit).compactMap { payload in
                    guard case .payload(let entry as AuditEntry) = payload else { return nil }
                    return entry.action == "audit.export" ? entry : nil
                } as [AuditEntry]
            #expect(Set(acts.map(\.tenant)) == ["sol", .installation])
            #expect(acts.count == 4)
            #expect(Set(acts.map(\.subject)) == ["audit/sol", "audit/installation"])
            #expect(acts.allSatisfy { $0.who?.kind == .key })
            #expect(acts.allSatisfy { $0.origin?.userAgent == "Firefox" })
        }
    }

    @Test(
        "never begin a cell as spreadsheets begin a formula",
        arguments: ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "＝1"])
    func formulas(cell: String) {
        #expect(CSVTable.line([cell]) == "\"'\(cell)\"\r\n")
        #expect(CSVTable.line(["a\(cell)"]) == "\"a\(cell)\"\r\n")
    }
}
