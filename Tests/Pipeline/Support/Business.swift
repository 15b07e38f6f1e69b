import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// Three facts, three questions, and what the answers to them hold.
enum Facts {
    static let documents = [
        "facts.md": """
        # Shop facts

        ## Opening

        On Tuesday the shop opens at 7:15.

        ## Parking

        Parking a car costs 3 euros for a day.

        ## Dogs

        Dogs pay 4 euros for a night.
        """
    ]
    static let questions = [
        "When does the shop open on Tuesday?", "What does parking a car cost for a day?",
        "What do dogs pay for a night?",
    ]
    static let answers = ["7:15", "3 euros", "4 euros"]

    /// The facts that messages hold, by number; -1 for a message that holds none.
    static func order(_ messages: [Seen]) -> [Int] {
        messages.map { message in answers.firstIndex { message.text.contains($0) } ?? -1 }
    }
}

/// A business that a test connects while the installation runs.
struct Business: Sendable {
    let name: String
    let number: String
    let account: String
    let appSecret: String
    let verifyToken: String
    let accessToken: String
    let graphURL: String

    struct Request: Encodable {
        struct Number: Encodable {
            var id: String
        }
        struct Model: Encodable {
            var url: String
            var name: String
        }
        var id: String
        var name: String
        var account: String
        var numbers: [Number]
        var appSecret: String
        var verifyToken: String
        var accessToken: String
        var graphURL: String
        var model: Model?
        var burstPauseMilliseconds: Int?
        var unknownOutcome: String?
    }

    func request(
        model: String? = nil, burstPause: Int? = nil, unknownOutcome: String? = nil
    ) -> Request {
        Request(
            id: name, name: "Shop \(name)", account: account, numbers: [.init(id: number)],
            appSecret: appSecret, verifyToken: verifyToken, accessToken: accessToken,
            graphURL: graphURL, model: model.map { .init(url: $0, name: "double") },
            burstPauseMilliseconds: burstPause, unknownOutcome: unknownOutcome)
    }
}

extension RunningInstallation {
    /// Connects a business: known to the simulator, a tenant, its webhook verified.
    func connect(
        _ name: String, model: String? = nil, burstPause: Int? = nil,
        unknownOutcome: String? = nil, appSecret: String? = nil, documents: [String: String] = [:]
    ) async throws -> Business {
        var registration = ["name": name]
        registration["app_secret"] = appSecret
        let business = try await register(registration)
        let request = business.request(
            model: model, burstPause: burstPause, unknownOutcome: unknownOutcome)
        try await console.call(.post, "/api/v1/tenants", try jsonBytes(request))
        try await eventually("the webhook of \(name) is verified") {
            let body = try jsonBytes(["name": name, "webhook_url": webhook])
            return try await simulator.call(.post, "/api/v1/businesses", body)["verified"].isTrue
        }
        for (file, text) in documents.sorted(by: { $0.key < $1.key }) {
            try await add(file, Array(text.utf8), to: name)
        }
        return business
    }

    /// Tells the simulator of a business.
    func register(_ body: [String: String]) async throws -> Business {
        let answer = try await simulator.call(
            .post, "/api/v1/businesses", try jsonBytes(body))["business"]
        func field(_ name: String) throws -> String { try #require(answer[name].string) }
        return Business(
            name: try field("name"), number: try field("number_id"),
            account: try field("account_id"), appSecret: try field("app_secret"),
            verifyToken: try field("verify_token"), accessToken: try field("access_token"),
            graphURL: simulator.base)
    }

    /// Puts a document in and waits until the indexer has read it.
    @discardableResult
    func add(_ name: String, _ bytes: [UInt8], to tenant: String) async throws -> JSON {
        try await console.call(
            .post,
            "/api/v1/tenants/\(tenant)/documents?name=\(LocalAPI.escaped(name))&wait=60", bytes)
    }

    /// Makes the simulator misbehave towards a business.
    func fault(_ kind: String, of business: String, _ more: [String: Int] = [:]) async throws {
        struct Fault: Encodable {
            var kind: String
            var business: String
            var count: Int?
            var code: Int?
            var milliseconds: Int?
        }
        let fault = Fault(
            kind: kind, business: business, count: more["count"], code: more["code"],
            milliseconds: more["milliseconds"])
        try await simulator.call(.post, "/api/v1/faults", try jsonBytes(fault))
    }
}
