import Configuration

/// The brokers of a Kafka URL: `HOST` or `HOST:PORT`, parted by commas.
///
/// librdkafka takes a port that is none for its default one, so it is checked here.
enum ServerList {
    /// Checks each server; `quotes` says whether the errors may show what was written.
    ///
    /// - Throws: `ConfigurationError` with what is wrong with the first that is none.
    static func check(_ list: Substring, quotes: Bool) throws(ConfigurationError) {
        guard !list.contains("@") else {
            throw ConfigurationError(
                "--log",
                "no name or password stands before a server's HOST:PORT: use ?sasl.username=NAME "
                    + "and $PARLEY_KAFKA_PASSWORD")
        }
        let servers = list.split(separator: ",")
        guard !servers.isEmpty else {
            throw ConfigurationError("--log", "names no server; use \(LogURL.forms)")
        }
        for server in servers {
            // librdkafka skips blanks after a comma, too.
            guard let problem = problem(with: server.drop { $0 == " " }) else { continue }
            let name = quotes ? "'\(server)'" : "a server of it"
            throw ConfigurationError("--log", "\(name) is no HOST:PORT: \(problem)")
        }
    }

    /// What is wrong with one server; `nil` if nothing is.
    private static func problem(with server: Substring) -> String? {
        let host: Substring
        let rest: Substring
        if server.first == "[" {
            guard let end = server.firstIndex(of: "]") else { return "a ] is missing" }
            host = server[server.index(after: server.startIndex)..<end]
            rest = server[server.index(after: end)...]
            guard host.contains(":"), host.allSatisfy({ isOfHost($0) || ":%".contains($0) }) else {
                return "only an IPv6 address stands in brackets"
            }
        } else {
            host = server.prefix { $0 != ":" }
            rest = server[host.endIndex...]
            guard rest.count(where: { $0 == ":" }) < 2 else {
                return "an IPv6 address stands in brackets, [::1]:9092"
            }
            guard !host.isEmpty, host.allSatisfy(isOfHost) else {
                return "the host is a name or an address"
            }
        }
        guard !rest.isEmpty else { return nil }
        let port = rest.dropFirst()
        guard rest.first == ":", port.allSatisfy({ ("0"..."9").contains($0) }),
            let number = Int(port), (1...65_535).contains(number)
        else { return "the port is a number from 1 to 65535" }
        return nil
    }

    private static func isOfHost(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || ".-_".contains(character)
    }
}
