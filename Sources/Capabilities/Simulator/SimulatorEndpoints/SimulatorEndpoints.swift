import AccountCommands
package import AuditEndpoints
import AuditRecords
import Conversation
package import Endpoints
package import HTTPClient
import HTTPServer
import JSON
import SimulatorForms

/// A phone that plays a simulated business's customers, over HTTP: for whoever runs an
/// installation on which a simulator runs.
package struct SimulatorEndpoints: Sendable {
    /// What is needed to reach the simulator.
    package struct Means: Sendable {
        /// Where the simulator is; `nil` where none runs.
        package var url: @Sendable () -> String?
        /// Sends a request to it; `nil` where no answer came.
        package var send: @Sendable (HTTPClientRequest) async -> HTTPClientResponse?
        /// Keeps who switched what.
        package var audit: AuditWriter

        /// Names them all.
        package init(
            url: @escaping @Sendable () -> String?,
            send: @escaping @Sendable (HTTPClientRequest) async -> HTTPClientResponse?,
            audit: AuditWriter
        ) {
            self.url = url
            self.send = send
            self.audit = audit
        }
    }

    let means: Means

    /// Answers by asking the simulator.
    package init(_ means: Means) { self.means = means }

    /// The endpoints.
    package var endpoints: [Endpoint] {
        [look, chats, thread, write, storeFile, file, faults, switchOn, switchOff, calls]
    }

    static let base = "/api/v1/simulator"
    static let business = base + "/businesses/{business}"
    static let problems: [Problem.Kind] = [.noSimulator, .simulatorIsAway, .noBusiness]

    /// The longest that a page waits for something new, in seconds.
    private static let longestWait = 20

    // MARK: The phone

    private var look: Endpoint {
        .installation(
            .at(
                .get, Self.base, "simulator.read",
                "Says whether a simulated WhatsApp runs here, and for which businesses."),
            may: .useSimulator,
            .init(gives: Reply<SimulatorStanding>.self, problems: [.simulatorIsAway])
        ) { _ in
            guard means.url() != nil else {
                return Reply(SimulatorStanding(isRunning: false, businesses: []))
            }
            let all = try await value([SimulatedShop].self, .get, ["businesses"])
            return Reply(
                SimulatorStanding(
                    isRunning: true,
                    businesses: all.map {
                        SimulatorBusiness(
                            name: $0.name, displayNumber: $0.display_number,
                            isConnected: $0.webhook_url?.isEmpty == false)
                    }))
        }
    }

    private var chats: Endpoint {
        .installation(
            .at(
                .get, Self.business + "/chats", "simulator.chats",
                "Lists the customers who have a chat with a simulated business."),
            may: .useSimulator,
            .init(
                takes: OneBusiness.self, gives: Reply<SimulatorChats>.self,
                problems: Self.problems)
        ) { call in
            Reply(
                try await value(SimulatorChats.self, .get, ["chats", call.parameters.business]))
        }
    }

    private var thread: Endpoint {
        .installation(
            .at(
                .get, Self.business + "/chats/{phone}", "simulator.thread",
                "Shows a chat as the customer's phone does, at once or as soon as it changes."),
            may: .useSimulator,
            .init(
                takes: OneChat.self, gives: Reply<SimulatorThread>.self,
                problems: Self.problems + [.badPhone])
        ) { call in
            let wanted = call.parameters
            let wait = min(wanted.wait ?? 0, Self.longestWait)
            return Reply(
                try await value(
                    SimulatorThread.self, .get, ["chats", wanted.business, wanted.phone],
                    ["revision": wanted.revision.map(String.init), "wait": String(wait)]))
        }
    }

    private var write: Endpoint {
        .installation(
            .at(
                .post, Self.business + "/chats/{phone}/messages", "simulator.write",
                "Writes to a simulated business as one of its customers."),
            may: .useSimulator,
            .init(
                takes: OnePhone.self, body: JSONBody<PlayedMessage>.self,
                gives: Reply<PlayedAnswer>.self, [201],
                problems: Self.problems + [.badPhone, .nothingSaid], repeating: .once)
        ) { call in
            let wanted = call.parameters
            guard let message = call.body.value.webhook else {
                throw Problem(.nothingSaid, "say something, or choose what is sent")
            }
            var body: [String: JSONValue] = [
                "business": .string(wanted.business), "from": .string(wanted.phone),
                "message": .object(message),
            ]
            body["name"] = call.body.value.name.map { .string($0) }
            let written = try await value(
                WrittenMessage.self, .post, ["messages"],
                body: try RecordCodec.encode(JSONValue.object(body)))
            return Reply(PlayedAnswer(wamid: written.wamid), status: 201)
        }
    }

    private var storeFile: Endpoint {
        .installation(
            .at(
                .post, Self.business + "/media", "simulator.storeFile",
                "Puts a file on the customer's phone, to be sent with a message."),
            may: .useSimulator,
            .init(
                takes: OneUpload.self, body: RawBody.self, limit: PlayedMessage.fileBytes,
                gives: Reply<PlayedFile>.self, [201],
                problems: Self.problems + [.nothingSaid], repeating: .once)
        ) { call in
            guard !call.body.bytes.isEmpty else {
                throw Problem(.nothingSaid, "the file has no bytes")
            }
            let stored = try await value(
                PlayedFile.self, .post, ["media"], ["business": call.parameters.business],
                body: call.body.bytes, mediaType: call.parameters.mediaType)
            return Reply(stored, status: 201)
        }
    }

    private var file: Endpoint {
        .installation(
            .at(
                .get, Self.base + "/media/{medium}", "simulator.file",
                "Gives a file that is in a chat."),
            may: .useSimulator,
            .init(
                takes: OneMedium.self, gives: ShownFile.self,
                problems: [.noSimulator, .simulatorIsAway, .noMedium])
        ) { call in
            let answer = try await ask(.get, ["media", call.parameters.medium])
            guard answer.status == 200 else {
                throw Problem(.noMedium, "there is no such file, or not any more")
            }
            return ShownFile(
                bytes: answer.body, mediaType: answer.headers["Content-Type"] ?? "")
        }
    }

    // MARK: Asking

    func value<Value: Decodable>(
        _ type: Value.Type, _ method: HTTPClientRequest.Method, _ path: [String],
        _ query: [String: String?] = [:], body: [UInt8]? = nil,
        mediaType: String = "application/json"
    ) async throws(Problem) -> Value {
        let answer = try await ask(method, path, query, body: body, mediaType: mediaType)
        guard (200..<300).contains(answer.status) else {
            // Without words of its own it is told by its status.
            let problem = try? RecordCodec.decode(SimulatorProblem.self, from: answer.body)
            throw Self.problem(problem ?? SimulatorProblem(), answer.status)
        }
        do throws(RecordError) {
            return try RecordCodec.decode(type, from: answer.body)
        } catch {
            throw Problem(.simulatorIsAway, "the simulator's answer is not understood")
        }
    }

    private static func problem(_ problem: SimulatorProblem, _ status: Int) -> Problem {
        let known: [Problem.Kind] = [.noBusiness, .badPhone, .nothingSaid]
        let codes = ["unknown_business", "bad_phone", "no_content"]
        let index = codes.firstIndex(of: problem.code ?? "")
        return Problem(
            index.map { known[$0] } ?? .nothingSaid,
            problem.detail ?? "the simulator answered with \(status)")
    }

    func ask(
        _ method: HTTPClientRequest.Method, _ path: [String], _ query: [String: String?] = [:],
        body: [UInt8]? = nil, mediaType: String = "application/json"
    ) async throws(Problem) -> HTTPClientResponse {
        guard let url = means.url() else {
            throw Problem(.noSimulator, "this installation runs no simulated WhatsApp")
        }
        let parts = path.map { Self.escaped($0) }.joined(separator: "/")
        let asked = query.compactMap { name, value in
            value.map { "\(name)=\(Self.escaped($0))" }
        }.sorted().joined(separator: "&")
        var headers: HTTPClientHeaders = [:]
        if body != nil { headers = ["Content-Type": mediaType] }
        var request = HTTPClientRequest(
            method, "\(url)/api/v1/\(parts)" + (asked.isEmpty ? "" : "?" + asked),
            headers: headers, body: body)
        request.timeout = .seconds(Self.longestWait + 10)
        guard let answer = await means.send(request) else {
            throw Problem(.simulatorIsAway, "the simulated WhatsApp does not answer")
        }
        return answer
    }

    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                || (0x61...0x7a).contains(byte) || "-._~".utf8.contains(byte)
            return isPlain
                ? String(UnicodeScalar(byte))
                : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }
}

extension InstallationPermission {
    static let useSimulator = Self("simulator:use")
}

extension Problem.Kind {
    static let noSimulator = Self(404, "no_simulator")
    static let simulatorIsAway = Self(503, "simulator_away")
    static let noBusiness = Self(404, "no_simulated_business")
    static let badPhone = Self(400, "bad_phone")
    static let nothingSaid = Self(400, "nothing_said")
    static let noMedium = Self(404, "no_medium")
}

/// A simulated business, as far as is looked at here.
private struct SimulatedShop: Decodable {
    var name: String
    var display_number: String
    var webhook_url: String?
}

private struct WrittenMessage: Decodable {
    var wamid: String
}

private struct SimulatorProblem: Decodable {
    var code: String?
    var detail: String?
}
