import Configuration
import Foundation
import HTTPClient
import JSON
import Lifecycle

/// The console's process alone, as a child of the measurement.
struct RunningConsole: Sendable {
    /// A list, count or search that can be asked.
    struct Target: Sendable {
        var name: String
        var path: String
        var query: [String: String] = [:]
        var isPaged = false
    }

    /// An answer.
    struct Answer: Sendable {
        var status: Int
        var next: String?
        var body: JSONValue
    }

    private static let stopLimit = Duration.seconds(60)

    private let child: ChildProcess
    private let base: String
    /// Where it listens.
    let port: Int
    private let key: String
    private let http: HTTPClient
    private let began = ProcessUsage.nanoseconds()
    private let output: String

    private init(_ child: ChildProcess, port: Int, key: String, output: String) throws {
        self.child = child
        base = "http://127.0.0.1:\(port)"
        self.port = port
        self.key = key
        self.output = output
        http = try HTTPClient()
    }

    /// Starts it over a data folder that `parley up` has made.
    static func start(_ data: DataFolder, _ folder: ScratchFolder) async throws -> RunningConsole {
        let port = try RunningPipeline.freePorts()
        let executable = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/exe")
        let output = folder.path + "/console.log"
        let key = try String(contentsOfFile: data.consoleKeyFile, encoding: .utf8)
        let child = try await ChildProcess.start(
            ChildProgram(
                name: "console", path: executable,
                arguments: ["stage", "console", "--data", data.path, "--port", "\(port)"],
                environment: ProcessInfo.processInfo.environment
                    .merging(["PARLEY_LEDGER": folder.path + "/ledger"]) { $1 },
                readiness: .running, output: .file(output), watchesParent: false))
        return try RunningConsole(
            child, port: port, key: key, output: output)
    }

    func stop() async { _ = await child.stop(within: Self.stopLimit) }

    /// Seconds since it was started.
    var seconds: Double { Double(ProcessUsage.nanoseconds() - began) / 1e9 }

    /// What it has in memory, in units of 1,000,000 bytes.
    var residentMegabytes: Double {
        (child.pid.map { ProcessUsage.residentBytes(of: $0) } ?? 0) / 1_000_000
    }

    /// Processor seconds that it has used.
    var processorSeconds: Double {
        child.pid.map { ProcessUsage.processorSeconds(of: $0) } ?? 0
    }

    /// Waits until every list can be asked: each answers 503 until its view is built.
    func waitUntilReady(within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, child.status == nil {
            if await areAnswered() { return }
            try await Task.sleep(for: .milliseconds(250))
        }
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""  // for the message
        throw RunningPipeline.Failure(
            description: "the console did not become ready:\n\(text.suffix(2_000))")
    }

    /// Waits until one address is answered.
    func waitUntilAnswered(_ path: String, within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, child.status == nil {
            // Not there yet.
            if (try? await get(path, [:], after: nil))?.status == 200 { return }
            try await Task.sleep(for: .milliseconds(250))
        }
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""  // for the message
        throw RunningPipeline.Failure(
            description: "the console does not answer \(path):\n\(text.suffix(2_000))")
    }

    /// Subprotocols by which an agent of a tenant opens a socket.
    func ticket(_ agent: String, of tenant: String) async throws -> [String] {
        struct Wish: Encodable {
            var agent: String
            var name: String
        }
        struct Given: Decodable { var protocols: [String] }
        let body = try JSONEncoder().encode(Wish(agent: agent, name: agent))
        let answer = try await http.send(
            HTTPClientRequest(
                .post, base + "/api/v1/tenants/\(tenant)/tickets",
                headers: [
                    "Authorization": "Bearer \(key)", "Content-Type": "application/json",
                    "Idempotency-Key": "\(UUID().uuidString)",
                ], body: [UInt8](body)))
        guard answer.status == 201 else {
            throw RunningPipeline.Failure(
                description: "no ticket: \(answer.status) "
                    + String(decoding: answer.body.prefix(300), as: UTF8.self))
        }
        return try JSONDecoder().decode(Given.self, from: Data(answer.body)).protocols
    }

    private func areAnswered() async -> Bool {
        do {
            for target in try await lists(of: nil) {
                guard try await get(target.path, target.query, after: nil).status == 200 else {
                    return false
                }
            }
            return true
        } catch {
            // Not there yet.
            return false
        }
    }

    /// What is searched for: by each of these something rare and something that many have.
    static let searches = [
        ("words", "person1234"), ("words", "ana"), ("name", "tenant-1234"), ("name", "1"),
        ("subject", "person1234"), ("target", "person1234"), ("actor", "account/"),
    ]

    /// What can be asked without the name of a single thing, by the API's own description; of one
    /// tenant, too, where one is named.
    func lists(
        of tenant: String?, kinds: [String] = Self.kinds,
        searches: [(String, String)] = Self.searches
    ) async throws -> [Target] {
        let document = try await get("/api/v1/openapi.json", [:], after: nil).body
        guard case .object(let paths)? = document["paths"] else { return [] }
        var targets: [Target] = []
        for (path, operations) in paths.sorted(by: { $0.key < $1.key }) {
            guard let operation = operations["get"], let name = operation["operationId"]?.string,
                Self.isMeasured(path, kinds)
            else { continue }
            var place = path
            if path.contains("{tenant}") {
                guard let tenant else { continue }
                place = path.replacing("{tenant}", with: "\(tenant)")
            }
            guard !place.contains("{") else { continue }
            let parameters = Self.parameters(operation)
            let isPaged = parameters.contains("after")
            targets.append(Target(name: name, path: place, isPaged: isPaged))
            for (parameter, value) in searches where parameters.contains(parameter) {
                targets.append(
                    Target(
                        name: "\(name), \(parameter) \(value)", path: place,
                        query: [parameter: value], isPaged: isPaged))
            }
        }
        return targets
    }

    /// What is listed there.
    static let kinds = ["users", "tenants", "audit", "members", "invitations", "organisations"]

    /// Lists and counts of what the measurement made; the others are empty, or no JSON.
    private static func isMeasured(_ path: String, _ kinds: [String]) -> Bool {
        let isList = kinds.contains { path.hasSuffix("/\($0)") }
        return isList && !path.contains("/exports/") && !path.contains("/me/")
    }

    private static func parameters(_ operation: JSONValue) -> Set<String> {
        guard case .array(let list)? = operation["parameters"] else { return [] }
        return Set(list.compactMap { $0["name"]?.string })
    }

    /// Asks with the installation's key.
    func get(_ path: String, _ query: [String: String], after: String?) async throws -> Answer {
        var query = query
        query["after"] = after
        let text = query.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.escaped($0.value))" }
            .joined(separator: "&")
        var request = HTTPClientRequest(
            .get, base + path + (text.isEmpty ? "" : "?" + text),
            headers: ["Authorization": "Bearer \(key)"])
        request.timeout = .seconds(60)
        let response = try await http.send(request)
        // What is no JSON has no next page.
        let body = try? JSONDecoder().decode(JSONValue.self, from: Data(response.body))
        return Answer(
            status: response.status, next: body?["next"]?.string, body: body ?? .null)
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
