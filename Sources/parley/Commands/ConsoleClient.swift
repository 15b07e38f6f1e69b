import Configuration
import Console
import Conversation
import FoundationEssentials
import HTTPClient

/// The way to a running installation's console.
struct ConsoleClient: Sendable {
    /// What every command that asks the console accepts.
    static let options: [ArgumentSpecification.Option] = [
        .option("data", "DIR", "the data folder (default: $PARLEY_DATA, else .parley)")
    ]
    /// The same, for commands about one tenant.
    static let tenantOptions =
        [
            ArgumentSpecification.Option.option(
                "tenant", "NAME", "the tenant (default: the only one, or the demo's)")
        ] + options

    /// How long an answer may take beyond what a request asks to wait.
    private static let patience = 30

    /// The console's base URL.
    let url: String
    private let api: APIClient
    private let simulator: String?

    /// Finds the console by the data folder.
    ///
    /// - Throws: ``ConfigurationError`` if no installation runs there or its key is missing.
    init(_ arguments: Arguments) throws {
        let data = try DataFolder.named(arguments)
        let running = try RunFile.read(from: data)
        guard let key = ConsoleKey.read(data) else {
            throw ConfigurationError(data.consoleKeyFile, "the console's key is missing")
        }
        url = running.console
        simulator = running.simulator
        api = APIClient(base: running.console, key: key, over: try HTTPClient())
    }

    /// Asks the console; `wait` is how many seconds the request itself may wait.
    func send(
        _ method: HTTPClientRequest.Method, _ path: String, body: [UInt8]? = nil, wait: Int = 0
    ) async throws -> [UInt8] {
        do {
            return try await api.send(
                method, path, body: body, timeout: .seconds(wait + Self.patience))
        } catch let error as HTTPClientError where !error.requestMayHaveBeenWritten {
            throw ConfigurationError(
                url, "the console cannot be reached: is `parley up` running? (\(error))")
        }
    }

    /// Asks the console and reads its answer.
    func call<Answer: Decodable>(
        _ method: HTTPClientRequest.Method, _ path: String, body: [UInt8]? = nil, wait: Int = 0,
        as type: Answer.Type
    ) async throws -> Answer {
        try Self.answer(type, in: try await send(method, path, body: body, wait: wait))
    }

    /// Reads an answer.
    ///
    /// Never inlined: the optimiser of Swift 6.3.1 crashes when the decoder's typed error becomes
    /// a part of the coroutine that asks.
    @inline(never)
    private static func answer<Answer: Decodable>(
        _ type: Answer.Type, in bytes: [UInt8]
    ) throws -> Answer {
        try RecordCodec.decode(type, from: bytes)
    }

    /// The tenant that `--tenant` names: else the only one, else the only one that the simulator
    /// stands behind, which is the demo's.
    func tenant(_ arguments: Arguments) async throws -> String {
        if let name = arguments.value("tenant") { return name }
        let all = try await call(.get, "/api/tenants", as: TenantList.self).tenants
        if all.count == 1, let only = all.first { return only.id.rawValue }
        let simulated = all.filter { $0.graphURL == simulator }
        if simulated.count == 1, let only = simulated.first { return only.id.rawValue }
        throw ConfigurationError(
            "--tenant",
            all.isEmpty
                ? "there is no tenant yet; `parley tenant add` connects one"
                : "name one of \(all.map(\.id.rawValue).joined(separator: ", "))")
    }

    /// The path of a tenant's documents, tenants, or whatever follows.
    static func path(_ parts: String...) -> String {
        "/api/" + parts.map(APIClient.escaped).joined(separator: "/")
    }
}

/// Lines of columns, each as wide as its widest value; the last is as wide as it is.
enum TextTable {
    static func lines(_ rows: [[String]]) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, value in
                column == row.count - 1
                    ? value
                    : value + String(repeating: " ", count: widths[column] - value.count + 2)
            }.joined()
        }
    }

    /// How long ago something was, in one unit: `40 s`, `12 min`, `3 h`, `5 d`.
    static func age(of moment: Timestamp, at now: Timestamp) -> String {
        let seconds = max(0, now.since(moment).components.seconds)
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7_200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3_600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}
