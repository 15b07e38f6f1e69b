import HTTPClient
import PipelineTesting
import Testing
import WebSocket

/// A business with two numbers, and somebody who may all that a role can hold but is limited to
/// the first: every endpoint of a business, as the console's own description lists them, and every
/// socket is asked for what is the second's.
///
/// What lands later is tried without a word here: an endpoint that names something new, or that has
/// to be told something, fails until it is said how it is asked.
@Suite("What is written to a number that somebody may not see", .installation())
struct NumberLimitTests {
    private static let twins = "twins"
    private static let base = "/api/v1/tenants/\(twins)"
    /// What stands in the second number's conversation alone.
    private static let words = "zanahoria"
    private static let name = "Dolores Secretas"

    /// What lists are to be told, by the endpoint's name.
    private static let questions = [
        "desk.levels": "?from=2020-01-01&to=2020-12-31&by=day",
        "desk.levels.exportTable": "?from=2020-01-01&to=2020-12-31&by=day",
        "passages.search": "?q=\(words)",
        "documentParts.find": "?of=\(String(repeating: "a", count: 64))",
        "analytics.read": "?period=7d",
        "analytics.exportTable": "?period=7d",
        "suggestions.count": "?from=2020-01-01&to=2020-12-31",
        "suggestions.export": "?from=2020-01-01&to=2020-12-31",
        "customers.list": "?words=dolores",
    ]
    /// Lists that name conversations by their ids alone, each with the reason.
    private static let logs = [
        "audit.list": "who may read the audit log reads of all acts, by ids, and no words",
        "audit.export": "as the audit log",
        "audit.exportTable": "as the audit log",
        "audit.count": "a number",
        "organisation.export": "its lines of the audit log, as the audit log",
    ]
    /// What is told of a message that its id names.
    private static let stories: Set = ["operations.traceContent", "operations.why"]
    /// What a role cannot hold, or nobody may who acts as themselves.
    private static let refusals = ["forbidden", "unproven"]

    private let installation: RunningInstallation
    private var console: LocalAPI { installation.console }

    init() throws { installation = try #require(RunningInstallation.shared) }

    private struct Twins {
        var lead: Person
        /// Customers of the first and second number.
        var one: Customer
        var two: Customer
        /// Their conversations.
        var first: String
        var second: String
    }

    /// Connects two numbers of one business; the second one's customer is not to be seen.
    private func connect() async throws -> Twins {
        let business = try await installation.register(["name": Self.twins])
        let other = try await installation.register([
            "name": "twins-2", "app_secret": business.appSecret,
            "verify_token": business.verifyToken, "account_id": business.account,
        ])
        var request = business.request()
        request.numbers.append(.init(id: other.number))
        try await console.call(.post, "/api/v1/tenants", try jsonBytes(request))
        for name in [business.name, other.name] {
            try await eventually("the webhook of \(name) is verified") {
                try await installation.simulator.call(
                    .post, "/api/v1/businesses",
                    try jsonBytes(["name": name, "webhook_url": installation.webhook])
                )["verified"].isTrue
            }
        }
        _ = try await console.call(
            .put, Self.base + "/roles/lead", try jsonBytes(try await Self.role(of: console)))
        let lead = try await Person.member(
            "lea@example.org", "lead", of: Self.twins, named: "Lea", in: installation)
        _ = try await console.call(
            .put, Self.base + "/routing/agents/\(lead.account)/numbers",
            try jsonBytes(["numbers": [business.number]]))
        let (one, two) = (
            Customer(of: business.name, in: installation),
            Customer(of: other.name, in: installation)
        )
        try await one.write("I want to talk to a person")
        try await two.write(
            "I want to talk to a person, \(Self.words), please", named: Self.name)
        let handoffs = try await eventually("both wait") {
            let all = try await console.call(.get, Self.base + "/handoffs")["handoffs"].elements
            return all.count == 2 ? all : nil
        }
        func conversation(_ customer: Customer) throws -> String {
            try #require(
                handoffs.first { $0["customer"]["phone"].string == customer.phone }?[
                    "conversation"
                ].string)
        }
        return Twins(
            lead: lead, one: one, two: two, first: try conversation(one),
            second: try conversation(two))
    }

    private struct Role: Encodable {
        var name = "Lead"
        var permissions: [String]
    }

    /// All that a role may hold, but for changing the team: whoever may that sees all numbers.
    private static func role(of console: LocalAPI) async throws -> Role {
        let roles = try await console.call(.get, base + "/roles")["roles"].elements
        let admin = try #require(roles.first { $0["id"].string == "admin" })
        return Role(
            permissions: admin["permissions"].elements.compactMap(\.string)
                .filter { $0 != "members:write" })
    }

    private func first(_ path: String, _ list: String, _ id: String = "id") async throws -> String {
        try await eventually("there is one of \(list)") {
            try await console.send(.get, Self.base + "/" + path)
                .body[list].elements.first?[id].string
        }
    }

    /// What the second number has, by the name that paths give it; other things are the team's.
    private func objects(_ twins: Twins) async throws -> [String: String] {
        let label = try await console.call(
            .post, Self.base + "/desk/labels", Array(#"{"name":"Hot","colour":"red"}"#.utf8))
        let marked = try #require(label["labels"].elements.first?["id"].string)
        try await console.call(
            .put, Self.base + "/desk/conversations/\(twins.second)/labels/\(marked)")
        let page = try await console.call(.get, Self.base + "/conversations/\(twins.second)")
        return [
            "conversation": twins.second,
            "line": try #require(page["lines"].elements.first?["id"].string),
            "customer": try await first("customers?words=dolores", "customers"),
            "case": try await first("conversations/\(twins.second)/cases", "cases"),
            "link": try await first("conversations/\(twins.second)/links", "links"),
            "label": marked,
            // What was set aside is for who sees all numbers.
            "letter": "0-999999",
        ]
    }

    private struct Operation {
        var name: String
        var method: HTTPClientRequest.Method
        var path: String
        var names: [String]
    }

    private func operations() async throws -> [Operation] {
        let document = try await console.call(.get, "/api/v1/openapi.json")
        guard case .object(let paths) = document["paths"] else { return [] }
        let methods: [(String, HTTPClientRequest.Method)] = [
            ("get", .get), ("post", .post), ("put", .put), ("delete", .delete), ("patch", .patch),
        ]
        return paths.flatMap { path, operations in
            let names = path.split(separator: "/").filter { $0.hasPrefix("{") }
                .map { String($0.dropFirst().dropLast()) }
            return methods.compactMap { word, method in
                operations[word]["operationId"].string.map {
                    Operation(
                        name: $0, method: method, path: path, names: Array(names.dropFirst()))
                }
            }
        }.filter { $0.path.hasPrefix("/api/v1/tenants/{tenant}/") }.sorted { $0.name < $1.name }
    }

    @Test("is not there for them, at any endpoint of the business")
    func endpoints() async throws {
        let twins = try await connect()
        let objects = try await objects(twins)
        let customer = try #require(objects["customer"])
        let content = [Self.words, Self.name, twins.two.phone]
        let ids = [twins.second, customer]
        // Names of what is the team's, and no customer's.
        let own: Set = [
            "account", "invitation", "key", "role", "document", "reply", "macro", "import",
            "queue", "agent", "entry", "impersonation", "purge", "template", "label",
            "site", "part",
        ]
        var asked = 0
        for operation in try await operations() {
            var path = operation.path.replacing("{tenant}", with: Self.twins)
            let foreign = operation.names.filter { !own.contains($0) }
            for name in operation.names {
                guard let id = objects[name] ?? (own.contains(name) ? "1a2b3c" : nil) else {
                    Issue.record("\(operation.name): say what \(name) the second number has")
                    continue
                }
                path = path.replacing("{\(name)}", with: id)
            }
            // What the team's own things are is another test's.
            guard !foreign.isEmpty || operation.method == .get else { continue }
            let body =
                operation.method == .get
                ? nil : (ForeignObjectTests.bodies[operation.name].map { Array($0.utf8) })
            let question =
                Self.stories.contains(operation.name)
                ? "?id=\(objects["line"] ?? "")" : Self.questions[operation.name] ?? ""
            let answer = try await twins.lead.api.send(operation.method, path + question, body)
            if answer.status == 403, Self.refusals.contains(answer.body["code"].string ?? "") {
                continue
            }
            asked += 1
            let text = "\(answer.body)"
            let hidden = Self.logs[operation.name] == nil ? content + ids : content
            if foreign.isEmpty {
                // A story is asked for by an id, and nothing is told of one.
                let isStory = Self.stories.contains(operation.name) && answer.status == 404
                let isAsked =
                    operation.names.isEmpty ? answer.status == 200 || isStory : answer.status < 500
                #expect(isAsked, "\(operation.name): say how it is asked: \(text)")
            } else {
                #expect(answer.status == 404, "\(operation.name): \(answer.status) \(text)")
            }
            // That there is none of a name says no more than was asked.
            for word in hidden where !path.contains(word) {
                #expect(!text.contains(word), "\(operation.name) tells \(word): \(text)")
            }
        }
        try #require(asked > 30)
        // The first number's is there all the while, and for whoever may change the team, all is.
        let seen = try await twins.lead.api.call(.get, Self.base + "/handoffs")
        #expect(seen["handoffs"].elements.map { $0["conversation"].string } == [twins.first])
        #expect(seen["waiting"].int == 1)
        let label = try await twins.lead.api.call(.get, Self.base + "/desk/labels")
        #expect(label["labels"].elements.first?["conversations"].int == 0)
        let all = try await console.call(.get, Self.base + "/handoffs")
        #expect(all["handoffs"].elements.count == 2)
        try await sockets(twins, content + ids)
    }

    /// Rooms of pages, the desk's socket and notifications.
    private func sockets(_ twins: Twins, _ hidden: [String]) async throws {
        let live = try await twins.lead.live(
            ["handoffs", "levels"].map { ["room": $0, "tenant": Self.twins] },
            port: installation.base + 1)
        defer { live.close() }
        let lead = try await Agent.connect(as: twins.lead, of: Self.twins, in: installation)
        let ben = try await Agent.connect("ben", name: "Ben", of: Self.twins, in: installation)
        for conversation in [twins.second, twins.first] {
            let claim = try await ben.ask("claim", conversation)
            #expect(claim["type"].string == "accepted", "\(claim)")
            let words = conversation == twins.second ? Self.words : "of the first"
            let note = try await ben.ask("note", conversation, text: words)
            #expect(note["type"].string == "accepted", "\(note)")
        }
        let refused = try await lead.ask("takeOver", twins.second)
        #expect(refused["type"].string == "refused", "\(refused)")
        _ = try await lead.hear("that the first is Ben's") {
            $0["type"].string == "updated" && $0["handoff"]["holder"]["id"].string == "ben"
        }
        // Whatever came of the second came before.
        let told = await lead.all { frame in hidden.contains { "\(frame)".contains($0) } }
        #expect(
            told.map { $0["type"].string } == ["refused"],
            "the answer to its own question alone: \(told)")
        var isTold = false
        while !isTold, case .text(let text)? = await live.next() {
            for word in hidden { #expect(!text.contains(word), "\(text)") }
            isTold = text.contains(twins.first)
        }
        #expect(isTold)
        let news = "\(try await twins.lead.notifications())"
        #expect(!hidden.contains { news.contains($0) }, "\(news)")
        await lead.leave()
        await ben.leave()
    }
}
