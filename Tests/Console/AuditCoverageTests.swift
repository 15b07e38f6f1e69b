import AuditRecords
import Console
import Conversation
import Cryptography
import DocumentView
import Endpoints
import FoundationEssentials
import HTTPClient
import HTTPServer
import PipelineTesting
import Records
import SiteRecords
import TenantDirectory
import Testing
import WebPages

/// What the audit log tells of every endpoint that changes something.
@Suite("Every change over HTTP is in the audit log", .timeLimit(.minutes(5)))
struct AuditCoverageTests {
    private struct Change {
        var method: HTTPClientRequest.Method
        var path: String
        var body: [UInt8]
        var act: String
    }

    private static let part = Array("We open at nine.".utf8)

    /// Those to what a tenant's documents are besides files.
    private static func knowledge() -> [(name: String, change: Change)] {
        let document = "/api/v1/tenants/sol/documents"
        let sites = "/api/v1/tenants/sol/sites/"
        let site = SiteID(of: "https://tours.example/", "sol").rawValue
        return [
            (
                "documents.changeTerms",
                Change(
                    method: .put, path: document + "/", body: Array(#"{"priority":1}"#.utf8),
                    act: "document.terms document/")
            ),
            (
                "answers.add",
                Change(
                    method: .post, path: "/api/v1/tenants/sol/answers",
                    body: Array(#"{"question":"Open?","answer":"Yes."}"#.utf8),
                    act: "answer.add document/qa_")
            ),
            (
                "documents.assemble",
                Change(
                    method: .post,
                    path: "/api/v1/tenants/sol/assembled-documents?name=whole.txt",
                    body: Array(#"{"parts":["\#(SHA256.hex(part))"]}"#.utf8),
                    act: "document.add document/")
            ),
            (
                "webpages.add",
                Change(
                    method: .post, path: "/api/v1/tenants/sol/webpages",
                    body: Array(#"{"url":"https://shop.example/"}"#.utf8),
                    act: "webpage.add document/")
            ),
            (
                "sites.read",
                Change(
                    method: .post, path: sites + site + "/reading", body: [],
                    act: "site.read site/" + site)
            ),
            (
                "sites.forget",
                Change(
                    method: .delete, path: sites + site, body: [], act: "site.forget site/" + site)
            ),
        ]
    }

    /// A request to each endpoint that is no GET, which it does, in an order that allows each.
    private static func changes() throws -> [(name: String, change: Change)] {
        let tenant = Office.tenant("sol", number: "101")
        let document = "/api/v1/tenants/sol/documents"
        return [
            (
                "tenants.add",
                Change(
                    method: .post, path: "/api/v1/tenants",
                    body: try RecordCodec.encode(tenant), act: "tenant.add tenant/sol")
            ),
            (
                "tenants.change",
                Change(
                    method: .put, path: "/api/v1/tenants/sol",
                    body: try RecordCodec.encode(tenant), act: "tenant.change tenant/sol")
            ),
            (
                "models.try",
                Change(
                    method: .post, path: "/api/v1/tenants/sol/model-trial", body: [],
                    act: "model.try tenant/sol")
            ),
            (
                "models.forgetTrial",
                Change(
                    method: .delete, path: "/api/v1/tenants/sol/model-trial", body: [],
                    act: "model.forgetTrial tenant/sol")
            ),
            (
                "tickets.issue",
                Change(
                    method: .post, path: "/api/v1/tenants/sol/tickets",
                    body: try RecordCodec.encode(TicketRequest(agent: "ana", name: "Ana")),
                    act: "ticket.issue agent/ana")
            ),
            (
                "documents.add",
                Change(
                    method: .post, path: document + "?name=prices.txt&wait=0",
                    body: Array("A wheel costs 40 €.".utf8), act: "document.add document/")
            ),
            (
                "documents.remove",
                Change(
                    method: .delete, path: document + "/", body: [],
                    act: "document.remove document/")
            ),
            (
                "links.undo",
                Change(
                    method: .delete, path: "/api/v1/tenants/sol/conversations/c1/links/", body: [],
                    act: "link.undo conversation/c1")
            ),
            (
                "secrets.rotate",
                Change(
                    method: .post, path: "/api/v1/secrets/rotate",
                    body: try RecordCodec.encode(RotationRequest(addsKey: false)),
                    act: "secrets.rotate secretKey/k1")
            ),
            (
                "tenants.remove",
                Change(
                    method: .delete, path: "/api/v1/tenants/sol", body: [],
                    act: "tenant.remove tenant/sol")
            ),
        ]
    }

    private func acts(_ office: Office) async throws -> [AuditEntry] {
        try await office.payloads(in: .audit).compactMap { payload in
            guard case .payload(let entry as AuditEntry) = payload else { return nil }
            return entry
        }
    }

    private static let olderKey = Office.keyLine("k0", 6)

    /// So that a rotation has something to do.
    private func sealUnderOlderKey(_ office: Office) async throws {
        var settings = try office.settings("sol", number: "101", under: Self.olderKey)
        settings.name = "Under k0"
        try await office.append(settings, id: "settings-under-k0")
        try await office.eventually("the console knows it") {
            office.tenants.tenant("sol")?.settings.name == "Under k0"
        }
    }

    /// What has to be there before an endpoint is asked.
    private func prepare(_ name: String, _ office: Office) async throws {
        if name == "documents.assemble" {
            _ = try await office.ask(
                .put, "/api/v1/tenants/sol/document-parts/\(SHA256.hex(Self.part))",
                body: Self.part)
        }
        if name == "sites.read" {
            _ = try await office.ask(
                .post, "/api/v1/tenants/sol/webpages",
                body: Array(#"{"url":"https://tours.example/","everyHours":24}"#.utf8))
            try await office.append(
                SiteState(
                    tenant: "sol", site: SiteID(of: "https://tours.example/", "sol"),
                    definition: Site(
                        url: "https://tours.example/", depth: 0, pages: 20, everyHours: 24),
                    wishedAt: office.now, at: office.now), id: "site-state")
        }
    }

    @Test("with the key that did it, for every endpoint that is no GET")
    func endpoints() async throws {
        var options = ConsoleOptions()
        options.tryModel = { _ in
            ModelTrialResult(
                model: "m", server: nil, questions: 12, right: 3, rightBuiltIn: 9, wrong: 2,
                promptHash: "h", at: Timestamp(seconds: 1))
        }
        options.crawl = { url, _ in
            Crawler.Crawl(
                pages: [.init(url: url.absoluteString, bytes: Array("We open.".utf8))])
        }
        try await Office.open(options, olderKey: Self.olderKey) { office in
            var changes = try Self.changes()
            // While there is a document.
            let place = try #require(changes.firstIndex { $0.name == "documents.remove" })
            changes.insert(contentsOf: Self.knowledge(), at: place)
            // What agents send stands in the transcript, with their names; who comes to the desk
            // has signed in, and what they do there is told of by itself. A part is nothing yet.
            let changing = office.service.endpoints.endpoints.filter {
                $0.method != .get
                    && !["media.send", "desk.enter", "documentParts.put"].contains($0.name)
            }
            #expect(Set(changing.map(\.name)) == Set(changes.map(\.name)))
            let actor = "key/\(SHA256.hex(Office.key).prefix(8))"
            for (name, var change) in changes {
                try await prepare(name, office)
                if name == "secrets.rotate" { try await sealUnderOlderKey(office) }
                if ["documents.remove", "documents.changeTerms"].contains(name) {
                    let list = try await office.ask(.get, "/api/v1/tenants/sol/documents")
                        .value(DocumentList.self)
                    change.path += try #require(list.documents.first).id.rawValue
                    if name == "documents.changeTerms" { change.path += "/terms" }
                }
                if name == "links.undo" {
                    try await office.append(
                        InboundMessage(
                            tenant: "sol", conversation: "c1", number: "101", message: "m",
                            contact: Contact(userID: "ES.1", phone: "34600111222"),
                            sentAt: office.now, receivedAt: office.now, content: .text("hi")),
                        id: "in-m")
                    let path = String(change.path.dropLast())
                    change.path += try await eventually("its links are known") {
                        let links = try await office.ask(.get, path)
                        guard links.status == 200 else { return nil as String? }
                        return try links.value(CustomerLinks.self).links.first?.id.rawValue
                    }
                }
                let before = try await acts(office).count
                let answer = try await office.ask(
                    change.method, change.path, body: change.body.isEmpty ? nil : change.body)
                #expect((200..<300).contains(answer.status), "\(name): \(answer.text)")
                let new = try await acts(office).dropFirst(before)
                #expect(new.count == 1, "\(name)")
                #expect(new.first?.actor == actor && new.first?.tenant == "sol", "\(name)")
                let act = new.first.map { "\($0.action) \($0.subject)" } ?? ""
                #expect(act.hasPrefix(change.act), "\(name): \(act)")
                #expect(new.first?.who?.kind == .key, "\(name)")
                #expect(new.first?.origin?.address == "127.0.0.1", "\(name)")
            }
        }
    }

    @Test("with the agent who did it, for what agents do to conversations, but not what they say")
    func agents() async throws {
        try await Office.open(handingOff: true) { office in
            try await office.addTenant()
            let ana = try await office.socket("ana", "Ana")
            try await office.handOff("c1")
            _ = try await ana.next { message in
                if case .updated(let handoff) = message { handoff } else { nil }
            }
            let before = try await acts(office).count
            let steps: [(AgentRequest.Kind, String?)] = [
                (.claim, nil), (.send, "Hello"), (.release, nil), (.claim, nil), (.close, nil),
                (.takeOver, nil),
            ]
            for (number, (kind, text)) in steps.enumerated() {
                let reference = "r\(number)"
                try await ana.send(kind, "c1", ref: reference, text: text)
                try await ana.next { message in
                    if case .done(reference, _) = message { () } else { nil }
                }
            }
            // Asked for again, as by a client whose connection broke.
            try await ana.send(.claim, "c1", ref: "r0")
            try await ana.next { message in
                if case .done("r0", _) = message { () } else { nil }
            }
            let new = try await acts(office).dropFirst(before)
            #expect(
                new.map(\.action) == [
                    "handoff.claim", "handoff.release", "handoff.claim", "handoff.close",
                    "handoff.takeOver",
                ])
            #expect(new.allSatisfy { $0.actor == "agent/ana" && $0.subject == "conversation/c1" })
        }
    }
}
