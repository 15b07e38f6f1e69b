import HTTPServer
import WireCases

/// Starts a server on a free port, runs the test, and shuts the server down.
///
/// The test's blocking client runs on a thread of its own, not on the cooperative pool.
func withServer(
    _ limits: Limits = Limits(), loops: Int = 1, router: Router? = nil,
    _ body: @escaping @Sendable (HTTPServer, Int) throws -> Void
) async throws {
    var configuration = HTTPServer.Configuration(loops: loops)
    configuration.limits = limits
    let server = HTTPServer(configuration: configuration, router: router ?? echoRouter())
    let port = try server.start()
    do {
        try await blocking { try body(server, port) }
    } catch {
        await server.shutdown(within: .milliseconds(50))
        throw error
    }
    await server.shutdown(within: .milliseconds(50))
}

/// Answers with what it understood of a request.
func echoRouter() -> Router {
    var router = Router()
    for method in HTTPMethod.allCases {
        router.onRaw(method, "/echo") { request, _, writer in
            writer.respond(.text("\(request.method.rawValue) \(request.body.count)"))
        }
    }
    router.onRaw(.post, "/large", maximumBodyBytes: 5_000_000) { request, _, writer in
        writer.respond(.text("large \(request.body.count)"))
    }
    router.on(.get, "/hello/{name}") { _, parameters in
        .text("hello \(try parameters.required("name"))")
    }
    router.on(.get, "/fail") { _, _ in
        throw Problem(
            409, "taken", "already \"claimed\"")
    }
    router.onRaw(.get, "/forget") { _, _, _ in }
    return router
}
