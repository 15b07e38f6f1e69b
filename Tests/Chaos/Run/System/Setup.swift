import ChaosChecker
import FoundationEssentials
import HTTPClient

/// Connects the businesses: known to WhatsApp and to Parley, their document read.
struct Setup {
    private struct Tenant: Encodable {
        struct Number: Encodable { var id: String }
        var id: String
        var name: String
        var account: String
        var numbers: [Number]
        var appSecret: String
        var verifyToken: String
        var accessToken: String
        var graphURL: String
        var burstPauseMilliseconds = 0
        var unknownOutcome: String
    }

    /// A machine under load starts a dozen processes slowly.
    private static let startLimit = Duration.seconds(120)

    let installation: Installation
    let whatsApp: WhatsApp
    let promises: [String: History.Promise]
    let bystanders: Bystanders

    init(
        _ installation: Installation, _ whatsApp: WhatsApp,
        promises: [String: History.Promise], _ bystanders: Bystanders
    ) {
        self.installation = installation
        self.whatsApp = whatsApp
        self.promises = promises
        self.bystanders = bystanders
    }

    func run() async throws {
        let file = "\(installation.data)/run.json"
        let isUp = await Time.wait(atMost: Self.startLimit) {
            FileManager.default.fileExists(atPath: file)
        }
        guard isUp else { throw Run.Failed(description: "parley up was not ready in time") }
        for (number, tenant) in promises.keys.sorted().enumerated() {
            try await connect(tenant, number, Facts.document)
        }
        for (number, tenant) in bystanders.names.enumerated() {
            try await connect(tenant, number, Bystanders.document(of: tenant))
            await bystanders.write(to: tenant)
        }
        for tenant in promises.keys.sorted() { try await check(tenant) }
    }

    private func connect(_ name: String, _ number: Int, _ document: String) async throws {
        let known = try await whatsApp.register(["name": name]).business
        try await whatsApp.approveTemplate(of: name)
        try await installation.console.call(
            .post, "/api/v1/tenants",
            Tenant(
                id: name, name: "Shop \(name)", account: known.account_id,
                numbers: [.init(id: known.number_id)], appSecret: known.app_secret,
                verifyToken: known.verify_token, accessToken: known.access_token,
                graphURL: whatsApp.api.base,
                unknownOutcome: promises[name]?.rawValue ?? "atMostOnce"))
        let webhook = installation.webhooks[number % installation.webhooks.count]
        let isVerified = await Time.wait(atMost: .seconds(30)) {
            let answer = try? await whatsApp.register(["name": name, "webhook_url": webhook])
            return answer?.verified == true
        }
        guard isVerified else { throw Run.Failed(description: "\(webhook) is not verified") }
        var console = installation.console
        console.timeout = .seconds(90)
        try await console.send(
            .post, "/api/v1/tenants/\(name)/documents?name=facts.md&wait=60",
            Array(document.utf8))
    }

    /// Asks until the document is known to all who search in it: the console and each process of
    /// the stage, which all read it from the log by themselves.
    private func check(_ name: String) async throws {
        let isKnown = await Time.wait(atMost: .seconds(60), every: .milliseconds(300)) {
            let path = "/api/v1/tenants/\(name)/search?q="
            guard (try? await installation.console.call(.get, path + Facts.all[0].thing)) != nil
            else { return false }
            var known: Set<Set<Substring>> = []
            for entry in installation.stages {
                guard let slot = entry.slot, let port = entry.telemetryPort,
                    ["console", "retrieval"].contains(where: slot.hasPrefix)
                else { continue }
                known.insert(await passages(at: port))
            }
            return known.count == 1 && known != [[]]
        }
        if !isKnown { Journal.say("the knowledge of \(name) could not be searched") }
    }

    /// How far the process with this telemetry port has read the passages.
    private func passages(at port: Int) async -> Set<Substring> {
        let process = JSONAPI(base: "http://127.0.0.1:\(port)")
        // One that does not answer knows nothing.
        let bytes = (try? await process.call(.get, "/metrics")) ?? []
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return Set(
            lines.filter {
                $0.hasPrefix("parley_table_offset{") && $0.contains(#"topic="knowledge.passages""#)
            })
    }
}
