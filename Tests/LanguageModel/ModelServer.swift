import HTTPClient
import HTTPServer
import LanguageModel
import Synchronization

/// A loopback server that gives prepared answers in order and keeps what it was asked.
final class ModelServer: Sendable {
    /// What it was asked.
    struct Asked: Sendable {
        var path: String
        var authorization: String?
        var body: String
    }

    private final class Script: Sendable {
        let answers: Mutex<[HTTPResponse]>
        let asked = Mutex<[Asked]>([])

        init(_ answers: [HTTPResponse]) { self.answers = Mutex(answers) }

        func answer(_ request: HTTPRequest) -> HTTPResponse {
            let asked = Asked(
                path: request.path, authorization: request.headers.first(named: "authorization"),
                body: String(decoding: request.body, as: UTF8.self))
            self.asked.withLock { $0.append(asked) }
            return answers.withLock {
                $0.isEmpty ? HTTPResponse(status: 599) : $0.removeFirst()
            }
        }
    }

    private let script: Script
    private let server: HTTPServer
    let port: Int

    init(_ answers: [HTTPResponse]) throws {
        let script = Script(answers)
        self.script = script
        server = HTTPServer(configuration: .init()) { $1.respond(script.answer($0)) }
        port = try server.start()
    }

    convenience init(_ json: String...) throws {
        try self.init(json.map { .json(Array($0.utf8)) })
    }

    /// The connections that are open now.
    var connections: Int { server.connectionCount }
    var url: String { "http://127.0.0.1:\(port)" }
    var asked: [Asked] { script.asked.withLock { $0 } }

    func stop() async { await server.shutdown(within: .milliseconds(100)) }
}
