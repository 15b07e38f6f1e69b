import Cryptography
import HTTPClient
import PipelineTesting
import Testing

/// What belongs to one business, asked for under another's path: every endpoint of a business that
/// names something of it, as the console's own description lists them.
@Suite("What is another business's", .installation())
struct ForeignObjectTests {
    private static let owned = RunningInstallation.demo
    private static let other = "luna"

    /// Endpoints that do not answer 404, each with the reason.
    private static let exceptions = [
        "roles.define": "a role's id is the team's own word: it makes one, and looks at nobody's",
        "documentParts.put": "a part is named by its own bytes: it makes one, looks at nobody's",
        "routing.agents.limit": "agents may be programs' own words: it says what one may see here",
        "routing.agents.change": "agents may be programs' own words: it says what one can do here",
    ]

    /// A body that would do, by the endpoint's name.
    static let bodies = [
        "documents.changeTerms": "{}", "documentParts.put": "mine",
        "members.changeRole": #"{"role":"viewer"}"#,
        "keys.rotate": #"{"graceSeconds":0}"#,
        "keys.change": #"{"name":"Mine","networks":[]}"#,
        "roles.define": #"{"name":"Mine","permissions":["members:read"]}"#,
        "desk.replies.change": #"{"shortcut":"mine","title":"Mine","text":"mine"}"#,
        "desk.replies.archive": #"{"isArchived":true}"#,
        "desk.labels.change": #"{"name":"Mine","colour":"red"}"#,
        "desk.labels.archive": #"{"isArchived":true}"#,
        "desk.macros.change": #"{"name":"Mine","steps":[{"kind":"bot"}]}"#,
        "desk.macros.archive": #"{"isArchived":true}"#,
        "desk.drafts.keep": #"{"text":"mine"}"#,
        "customers.save": #"{"name":"Mine","version":0}"#,
        "customers.consent": #"{"isGiven":false,"source":"mine"}"#,
        "customers.link": #"{"into":"1a2b3c","version":0}"#,
        "cases.open": #"{"title":"mine"}"#,
        "cases.edit": #"{"title":"mine","version":1}"#,
        "cases.close": #"{"version":1}"#,
        "cases.link": #"{"into":"1a2b3c","version":1}"#,
        "desk.labels.merge": #"{"into":"1a2b3c"}"#,
        "routing.queues.change": #"{"name":"Mine"}"#, "routing.agents.change": #"{"capacity":1}"#,
        "routing.agents.limit": "{}",
    ]

    private let installation: RunningInstallation
    private var console: LocalAPI { installation.console }

    init() throws { installation = try #require(RunningInstallation.shared) }

    private func make(
        _ path: String, _ body: String, by method: HTTPClientRequest.Method = .post
    ) async throws -> JSON {
        try await console.call(method, "/api/v1" + path, Array(body.utf8))
    }

    private func first(_ path: String, _ list: String, _ id: String = "id") async throws -> String {
        try await eventually("there is one of \(list)") {
            try await console.send(.get, "/api/v1/tenants/\(Self.owned)/\(path)")
                .body[list].elements.first?[id].string
        }
    }

    /// One of each that the demo business has, by the name that paths give it.
    private func objects() async throws -> [String: String] {
        let base = "/tenants/\(Self.owned)"
        let member = try await Person.member(
            "eva@example.org", "agent", of: Self.owned, in: installation)
        let invitation = try await make(
            base + "/invitations", #"{"email":"new@example.org","role":"agent"}"#)
        let key = try await make(
            base + "/keys", #"{"name":"Shop","permissions":["members:read"]}"#)
        _ = try await make(
            base + "/roles/helper", #"{"name":"Helper","permissions":["members:read"]}"#,
            by: .put)
        let replies = try await make(
            base + "/desk/replies", #"{"shortcut":"hi","title":"Hi","text":"hello"}"#)
        let labels = try await make(base + "/desk/labels", #"{"name":"Hot","colour":"red"}"#)
        let macros = try await make(
            base + "/desk/macros", #"{"name":"Bye","steps":[{"kind":"bot"}]}"#)
        let taken = try await make(
            base + "/imports/customers", "phone,consent\n+34600999111,no\n")
        let queues = try await make(base + "/routing/queues", #"{"name":"Sales"}"#)
        let customer = Customer(in: installation)
        try await customer.write("I want to talk to a person")
        let conversation = try await first("handoffs", "handoffs", "conversation")
        return [
            "account": member.account,
            "invitation": try #require(invitation["id"].string),
            "key": try #require(key["key"]["id"].string), "role": "helper",
            "conversation": conversation,
            "link": try await first("conversations/\(conversation)/links", "links"),
            "document": try await first("documents", "documents"),
            "reply": try #require(replies["replies"].elements.first?["id"].string),
            "label": try #require(labels["labels"].elements.first?["id"].string),
            "macro": try #require(macros["macros"].elements.first?["id"].string),
            "customer": try await first("customers", "customers"),
            "import": try #require(taken["import"].string),
            "case": try await first("conversations/\(conversation)/cases", "cases"),
            "queue": try #require(queues["queues"].elements.first?["id"].string),
            "agent": member.account,
            "entry": try await first("audit", "entries"),
            // Only an operator in a browser begins one: of another tenant's, its own tests tell.
            "impersonation": "1a2b3c",
            // Nothing was set aside here: what is found of one, the tests of that room tell.
            "letter": "0-0",
            // One without a file: what is found of one with a file, the tests of media tell.
            // None can be fetched here: what is found of one, the tests of pages tell.
            "site": "1a2b3c",
            "line": "1a2b3c", "part": SHA256.hex(Array("mine".utf8)),
        ]
    }

    /// What the demo business has, as its owner sees it.
    private func state() async throws -> [JSON] {
        var seen: [JSON] = []
        for path in ["members", "invitations", "keys", "roles", "documents", "handoffs"] {
            seen.append(
                try await console.call(.get, "/api/v1/tenants/\(Self.owned)/\(path)"))
        }
        return seen
    }

    private struct Operation {
        var name: String
        var method: HTTPClientRequest.Method
        var path: String
        var names: [String]
    }

    /// All endpoints of a business that name something of it.
    private func operations() async throws -> [Operation] {
        let document = try await console.call(.get, "/api/v1/openapi.json")
        guard case .object(let paths) = document["paths"] else { return [] }
        let methods: [(String, HTTPClientRequest.Method)] = [
            ("get", .get), ("post", .post), ("put", .put), ("delete", .delete), ("patch", .patch),
        ]
        return paths.flatMap { path, operations in
            let names = path.split(separator: "/").filter { $0.hasPrefix("{") }
                .map { String($0.dropFirst().dropLast()) }
            guard names.first == "tenant", names.count > 1 else { return [Operation]() }
            return methods.compactMap { word, method in
                operations[word]["operationId"].string.map {
                    Operation(name: $0, method: method, path: path, names: names)
                }
            }
        }.filter { $0.path.hasPrefix("/api/v1/tenants/") }.sorted {
            // What makes something of the same name comes last.
            (Self.exceptions[$0.name] == nil ? 0 : 1, $0.name)
                < (Self.exceptions[$1.name] == nil ? 0 : 1, $1.name)
        }
    }

    @Test("is not there under one's own path, for every endpoint, and stays as it is")
    func foreign() async throws {
        let objects = try await objects()
        _ = try await make(
            "/organisations",
            #"{"id":"\#(Self.other)","name":"Luna","plan":"free","locale":{"language":"es","#
                + #""timeZone":"Europe/Madrid","dateFormat":"d/M/y"}}"#)
        let before = try await state()
        let operations = try await operations()
        try #require(operations.count >= 12)
        for operation in operations {
            var path = operation.path.replacing("{tenant}", with: Self.other)
            for name in operation.names.dropFirst() {
                let id = try #require(
                    objects[name], "\(operation.name): say what \(name) the demo business has")
                path = path.replacing("{\(name)}", with: id)
            }
            let answer = try await console.send(
                operation.method, path, Self.bodies[operation.name].map { Array($0.utf8) })
            if Self.exceptions[operation.name] != nil {
                #expect(answer.status == 200, "\(operation.name): \(answer.body)")
            } else {
                #expect(answer.status == 404, "\(operation.name): \(answer.body)")
                #expect(answer.body["code"].string != "no_tenant", "\(operation.name)")
            }
        }
        #expect(try await state() == before)
        // What looks for it under its own path finds it, where the business has one.
        let without = ["media.read", "deadLetters.content"]
        for operation in operations
        where operation.method == .get && !without.contains(operation.name) {
            let path = operation.names.dropFirst().reduce(
                operation.path.replacing("{tenant}", with: Self.owned)
            ) { $0.replacing("{\($1)}", with: objects[$1] ?? "") }
            #expect(try await console.send(.get, path).status == 200, "\(operation.name)")
        }
    }
}
