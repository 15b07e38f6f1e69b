import HTTPServer
import Testing

@Suite("The server over sockets")
struct ServerTests {
    @Test("answers requests on a kept connection one after the other")
    func keepAlive() async throws {
        try await withServer { _, port in
            let client = try RawClient(port: port)
            for _ in 0..<3 {
                client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                let response = try #require(client.readResponses().first)
                #expect(response.status == 200)
                #expect(response.body == "POST 3")
            }
        }
    }

    @Test("answers pipelined requests in order, handlers on any thread", arguments: [1, 2])
    func pipelining(loops: Int) async throws {
        try await withServer(loops: loops) { _, port in
            let client = try RawClient(port: port)
            let names = (0..<50).map { "n\($0)" }
            client.send(
                names.map { "GET /hello/\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            let bodies = client.readResponses(names.count).map(\.body)
            #expect(bodies == names.map { "hello \($0)" })
        }
    }
}
