import HTTPServer
import Telemetry

/// What machines ask of every process: `/metrics`, `/health` and `/ready`.
struct TelemetryEndpoint: Sendable {
    private let server: HTTPServer

    /// Binds a loopback port.
    ///
    /// - Throws: `HTTPServerError` naming the port if it is in use.
    init(
        port: Int, metrics: Metrics, isReady: @escaping @Sendable () -> Bool
    ) throws(HTTPServerError) {
        var router = Router()
        router.onRaw(.get, "/metrics") { _, _, writer in
            writer.respond(
                HTTPResponse(
                    status: 200,
                    headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")],
                    body: Array(metrics.render().utf8)))
        }
        router.onRaw(.get, "/health") { _, _, writer in writer.respond(.text("ok\n")) }
        router.onRaw(.get, "/ready") { _, _, writer in
            let ready = isReady()
            writer.respond(.text(ready ? "ready\n" : "not ready\n", status: ready ? 200 : 503))
        }
        server = HTTPServer(configuration: .init(port: port), router: router)
        try server.start()
    }

    /// Serves until cancelled.
    func run() async throws { try await server.run() }
}
