import CLibrdkafka
import Glibc

/// A setting that the loaded librdkafka knows.
package struct ClientSetting: Hashable, Sendable {
    /// Which clients it is for.
    package enum Scope: Sendable {
        case all, consumers, producers
    }

    /// Its name, such as `retry.backoff.ms`.
    package let name: String
    /// Which clients it is for.
    package let scope: Scope

    /// All of them by name, as the library lists them (`rd_kafka_conf_properties_show`).
    package static let known: [String: ClientSetting] = {
        var settings: [String: ClientSetting] = [:]
        for line in table().split(separator: "\n") {
            let columns = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.filter { $0 != " " } }
            guard columns.count > 3, let scope = Scope(column: columns[1]) else { continue }
            let known = settings[columns[0]]?.scope
            let both = known == nil || known == scope ? scope : .all
            settings[columns[0]] = ClientSetting(name: columns[0], scope: both)
        }
        return settings
    }()

    /// Why the library does not take a value, if so.
    package static func problem(with value: String, for name: String) -> String? {
        guard let conf = unsafe rd_kafka_conf_new() else { return "no memory" }
        defer { unsafe rd_kafka_conf_destroy(conf) }
        return unsafe errorText { text, size in
            unsafe rd_kafka_conf_set(conf, name, value, text, size) != RD_KAFKA_CONF_OK
        }
    }

    private static func table() -> String {
        var text: UnsafeMutablePointer<CChar>?
        var size = 0
        guard let stream = unsafe open_memstream(&text, &size) else { return "" }
        unsafe rd_kafka_conf_properties_show(stream)
        unsafe fclose(stream)
        guard let text = unsafe text else { return "" }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}

extension ClientSetting.Scope {
    /// Reads the column `C/P` of the library's table.
    fileprivate init?(column: String) {
        switch column {
        case "*": self = .all
        case "C": self = .consumers
        case "P": self = .producers
        default: return nil
        }
    }

    /// Whether a client that consumes, or else produces, takes the setting.
    package func includes(consumers: Bool) -> Bool {
        switch self {
        case .all: true
        case .consumers: consumers
        case .producers: !consumers
        }
    }
}
