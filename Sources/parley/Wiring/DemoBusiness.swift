import Configuration
import Console
import Conversation
import DocumentView
import FoundationEssentials
import HTTPClient
import JSON
import Simulator

/// The demo business: registered with the simulator, connected as a tenant, its documents added.
///
/// All over the same APIs that an operator uses, and only what is missing.
struct DemoBusiness: Sendable {
    /// What `Pipelines/demo/business.json5` says of it, as far as it is set up from it.
    private struct Profile: Decodable {
        struct Number: Decodable {
            var id: String
            var display: String
        }
        var tenant: String
        var name: String
        var about: String
        var number: Number
        var account: String
        var documents: [String]
    }

    /// How long the ingester may take to learn of the new tenant.
    private static let verificationTries = 50
    /// The console's word for a tenant whose removal for good is under way.
    private static let beingErased = "being_erased"

    private let folder: String
    private let profile: Profile
    private let addresses: Addresses
    private let simulator: APIClient
    private let console: APIClient
    private let http: HTTPClient

    init(_ options: ProcessOptions, _ addresses: Addresses, consoleKey: String) throws {
        folder = Self.folder(of: options)
        self.addresses = addresses
        http = try HTTPClient()
        simulator = APIClient("simulator", base: addresses.simulator, over: http)
        console = APIClient("console", base: addresses.console, key: consoleKey, over: http)
        profile = try Self.profile(in: folder)
    }

    /// Its name, as the simulator and the console know it.
    var name: String { profile.tenant }

    /// The tenant that Parley's own demo becomes; `nil` where the demo is missing.
    static var tenant: String? {
        let home = ProcessOptions.home(ProcessInfo.processInfo.environment)
        // Without it, there is nothing that is connected again.
        return try? profile(in: "\(home)/Pipelines/demo").tenant
    }

    /// The folder beside the pipeline file; where that stands alone, the one of Parley's own.
    private static func folder(of options: ProcessOptions) -> String {
        let beside = URL(filePath: options.pipeline).deletingLastPathComponent().path
        let own = ProcessOptions.home(ProcessInfo.processInfo.environment) + "/Pipelines"
        let folders = [beside, own].map { "\($0)/demo" }
        return folders.first {
            FileManager.default.fileExists(atPath: "\($0)/business.json5")
        } ?? folders[0]
    }

    /// Sets up what is missing.
    func setUp() async throws {
        let profile = try await asConnected()
        let known = try await register(profile, webhook: nil)
        guard try await connect(profile, known.business) else {
            Terminal.say(
                "the demo business is being removed for good: it is not connected now "
                    + "(`parley tenant purges` tells how far it is; a start after that connects "
                    + "it anew)")
            return
        }
        try await verify(profile)
        try await addDocuments(profile)
    }

    /// The profile; a demo that was connected before keeps its number, as its conversations are
    /// with that.
    private func asConnected() async throws -> Profile {
        var profile = profile
        let path = "/api/v1/tenants/\(APIClient.escaped(profile.tenant))"
        do {
            let tenant = try await console.call(.get, path, as: TenantListing.self)
            profile.account = tenant.account
            if let number = tenant.numbers.first?.id.rawValue { profile.number.id = number }
        } catch let refusal as APIClient.Refusal where refusal.status == 404 {
            // The first start.
        }
        return profile
    }

    private static func profile(in folder: String) throws -> Profile {
        let path = "\(folder)/business.json5"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(path, "the demo business is missing; use --no-simulator")
        }
        do {
            return try JSON5Text.decode(Profile.self, from: data)
        } catch {
            throw ConfigurationError(path, "\(error)")
        }
    }

    private func register(
        _ profile: Profile, webhook: String?
    ) async throws -> RegisteredBusiness {
        let body = SimulatedBusiness.Registration(
            name: profile.tenant, number: profile.number.id,
            displayNumber: profile.number.display.filter(\.isNumber), account: profile.account,
            webhookURL: webhook)
        return try await simulator.call(
            .post, "/api/v1/businesses", body: try APIClient.json(body),
            as: RegisteredBusiness.self)
    }

    /// Connects it, or brings what changed; `false` while it is being removed for good.
    private func connect(_ profile: Profile, _ business: SimulatedBusiness) async throws -> Bool {
        var tenant = TenantRequest()
        tenant.id = profile.tenant
        tenant.name = profile.name
        tenant.about = profile.about
        tenant.account = profile.account
        tenant.numbers = [.init(id: profile.number.id, display: profile.number.display)]
        tenant.appSecret = business.appSecret
        tenant.verifyToken = business.verifyToken
        tenant.accessToken = business.accessToken
        tenant.graphURL = addresses.simulator
        let body = try APIClient.json(tenant)
        do {
            try await console.send(.post, "/api/v1/tenants", body: body)
        } catch let refusal as APIClient.Refusal where refusal.code == Self.beingErased {
            return false
        } catch let refusal as APIClient.Refusal where refusal.status == 409 {
            // It is there; the ports or the simulator's secrets may have changed since.
            let path = "/api/v1/tenants/\(APIClient.escaped(profile.tenant))"
            try await console.send(.put, path, body: body)
        }
        return true
    }

    private func verify(_ profile: Profile) async throws {
        var problem = "?"
        for _ in 0..<Self.verificationTries {
            let registered = try await register(profile, webhook: addresses.webhook)
            if registered.verified { return }
            problem = registered.problem ?? problem
            try await Task.sleep(for: .milliseconds(100))
        }
        throw ConfigurationError("the webhook", "the simulator could not verify it: \(problem)")
    }

    private func addDocuments(_ profile: Profile) async throws {
        // A page holds more than the demo has.
        let path = "/api/v1/tenants/\(APIClient.escaped(profile.tenant))/documents"
        let known = try await console.call(.get, path, as: DocumentList.self).documents
        let names = Set(known.map(\.name))
        for document in profile.documents {
            let name = document.split(separator: "/").last.map(String.init) ?? document
            guard !names.contains(name) else { continue }
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(document)") else {
                throw ConfigurationError("\(folder)/\(document)", "the demo document is missing")
            }
            Terminal.say("reading \(name) …")
            try await console.send(
                .post, "\(path)?name=\(APIClient.escaped(name))&wait=60", body: [UInt8](data),
                timeout: .seconds(90))
        }
    }
}
