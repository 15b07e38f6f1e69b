import Configuration
import EventLog
import Lifecycle
import LogURL

/// What a log said, and which log it was.
struct LogTrouble: Error, CustomStringConvertible {
    let log: String
    let error: EventLogError

    var description: String { "\(log): \(error)" }
}

extension LogURL {
    /// How long a broker may take to accept a connection.
    private static let patience = Duration.seconds(5)
    /// Kafka's port where none is named.
    private static let standardPort = 9092

    /// The log without what is set for the connection.
    var address: String {
        switch self {
        case .sqlite(let path): path
        case .kafka(let servers, _, _): "kafka:\(servers)"
        }
    }

    /// Makes sure that one broker at least accepts connections: librdkafka goes on trying for as
    /// long as a question may take, and then does not say where.
    ///
    /// - Throws: `ConfigurationError` with each address and why it cannot be reached.
    func requireBroker() async throws(ConfigurationError) {
        guard case .kafka(let servers, _, _) = self else { return }
        let addresses = servers.split(separator: ",").map { Self.address(String($0)) }
        let problems = await withTaskGroup(of: String?.self) { group in
            for (host, port) in addresses {
                group.addTask {
                    await Reachability.problem(host: host, port: port, within: Self.patience)
                        .map { "\(host):\(port): \($0)" }
                }
            }
            var problems: [String] = []
            while let result = await group.next() {
                guard let problem = result else {
                    // One is enough: what the others would say is not waited for.
                    group.cancelAll()
                    return [String]()
                }
                problems.append(problem)
            }
            return problems
        }
        guard problems.isEmpty else {
            throw ConfigurationError(
                address,
                "no broker can be reached (\(problems.sorted().joined(separator: "; "))); is Kafka "
                    + "running there, and is --log right?")
        }
    }

    /// Asks a broker something, and tells the person what is waited for if it takes long: what
    /// accepts connections need not answer, or be Kafka.
    func awaitFirstAnswer(of log: any EventLog) async throws(EventLogError) {
        guard case .kafka = self else { return }
        let address = address
        let notice = Task {
            try await Task.sleep(for: Self.patience)
            Terminal.complain("waiting for an answer of \(address) …")
        }
        defer { notice.cancel() }
        _ = try await log.describeTopics()
    }

    /// A server's host and port: `HOST`, `HOST:PORT`, `[::1]:PORT`, each after `PROTOCOL://` or not
    /// (librdkafka, `bootstrap.servers`).
    static func address(_ text: String) -> (host: String, port: Int) {
        let server = text.split(separator: "/").last.map(String.init) ?? text
        if server.hasPrefix("["), let end = server.firstIndex(of: "]") {
            let host = server[server.index(after: server.startIndex)..<end]
            let port = server[end...].split(separator: ":").last.flatMap { Int($0) }
            return (String(host), port ?? standardPort)
        }
        let parts = server.split(separator: ":").map(String.init)
        guard parts.count == 2, let port = Int(parts[1]) else {
            return (parts.first ?? server, standardPort)
        }
        return (parts[0], port)
    }
}
