import Foundation
import HTTPClient
import HTTPServer
import Testing

@Suite("Pace", .timeLimit(.minutes(5)))
struct PaceTests {
    @Test(
        "a server that writes head and body in two pieces does not hold up a request with a connection of its own"
    )
    func twoPieces() async throws {
        let server = try ScriptedServer { _, _ in
            .pieces("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n", "ok")
        }
        defer { server.stop() }
        let client = try HTTPClient()
        let clock = ContinuousClock()
        var quickest = Duration.seconds(1)
        for _ in 0..<20 {
            let time = try await clock.measure {
                var request = HTTPClientRequest(.post, server.url, body: [1])
                request.usesOwnConnection = true
                _ = try await client.send(request)
            }
            quickest = min(quickest, time)
        }
        #expect(server.connections == 20)
        // Linux delays an acknowledgement by at least 40 ms: then none could be quicker.
        #expect(quickest < .milliseconds(35))
    }

    @Test(
        "figures: requests a second and latency against a loopback server",
        .enabled(if: ProcessInfo.processInfo.environment["PARLEY_MEASURE"] != nil),
        arguments: [1, 64, 1000])
    func figures(_ concurrency: Int) async throws {
        let server = HTTPServer(configuration: .init()) { request, writer in
            writer.respond(HTTPResponse(status: 200, body: request.body))
        }
        let port = try server.start()
        let client = try HTTPClient()
        let request = HTTPClientRequest(
            .post, "http://127.0.0.1:\(port)/", headers: ["Content-Type": "application/json"],
            body: Array(repeating: UInt8(ascii: "x"), count: 300))
        let each = max(5, 10_000 / concurrency)
        let clock = ContinuousClock()
        let start = clock.now
        var times = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for _ in 0..<concurrency {
                group.addTask {
                    var times: [Duration] = []
                    for _ in 0..<each {
                        times.append(
                            try await clock.measure { _ = try await client.send(request) })
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let seconds = (clock.now - start) / .seconds(1)
        times.sort()
        let rate = Int(Double(times.count) / seconds)
        let p50 = times[times.count / 2]
        let p99 = times[times.count * 99 / 100]
        Attachment.record("\(concurrency) at once: \(rate)/s, p50 \(p50), p99 \(p99)\n")
        #expect(times.count == concurrency * each)
        await server.shutdown(within: .seconds(1))
    }
}
