import Endpoints
import FoundationEssentials
import HTTPClient
package import HTTPServer

/// WhatsApp on this machine: a Graph API and a source of webhooks that behave as Meta's
/// documentation says, with faults on request.
///
/// Its control API, under `/api/v1/` on the same port, registers businesses and lets customers
/// write; what they saw can be read there.
package final class Simulator: Sendable {
    private let configuration: SimulatorConfiguration
    private let server: HTTPServer
    private let webhooks: WebhookSender

    /// Reads the registered businesses and prepares; nothing listens yet.
    ///
    /// - Throws: ``SimulatorError`` if the data folder cannot be used or resources are short.
    package init(_ configuration: SimulatorConfiguration) throws(SimulatorError) {
        self.configuration = configuration
        var file: BusinessFile?
        if let directory = configuration.dataDirectory {
            do {
                try FileManager.default.createDirectory(
                    atPath: directory, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            } catch {
                throw .file(path: directory, reason: "it cannot be made: \(error)")
            }
            file = BusinessFile(directory: directory)
        }
        let world = SharedWorld(World(configuration, businesses: try file?.read() ?? []))
        let http: HTTPClient
        do throws(HTTPClientError) {
            http = try HTTPClient()
        } catch {
            throw .resources(error.description)
        }
        webhooks = WebhookSender(configuration, http: http, world: world)
        // It gives out the secrets of its businesses, made up as they are.
        var router = Router(
            from: SourceGuard(service: "simulator", hosts: [configuration.host]))
        ControlRoutes(world: world, webhooks: webhooks, file: file, seed: configuration.seed)
            .endpoints.add(to: &router, .knowingNobody)
        AccountRoutes(world: world).add(to: &router)
        GraphRoutes(world: world, webhooks: webhooks).add(to: &router)
        server = HTTPServer(
            configuration: .init(host: configuration.host, port: configuration.port),
            router: router)
    }

    /// Binds the port.
    ///
    /// - Returns: the port bound to.
    /// - Throws: `HTTPServerError` naming host and port.
    @discardableResult
    package func start() throws(HTTPServerError) -> Int { try server.start() }

    /// Serves until the task is cancelled.
    ///
    /// - Throws: `HTTPServerError` if the port cannot be bound.
    package func run() async throws {
        if server.port == nil { try server.start() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.server.run() }
            group.addTask { await self.webhooks.run() }
            try await group.next()
            group.cancelAll()
        }
    }
}
