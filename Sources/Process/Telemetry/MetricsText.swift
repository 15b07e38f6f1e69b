/// Prometheus' text format 0.0.4
/// (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
enum MetricsText {
    /// Writes all families, sorted by name, each with its help and type once.
    static func render(_ families: [String: Metrics.Family]) -> String {
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \(escaped(family.help, quotes: false))\n"
            text += "# TYPE \(name) \(family.type)\n"
            let lines = family.instruments
                .map { (labels: sorted($0.key), instrument: $0.value) }
                .sorted { rendered($0.labels) < rendered($1.labels) }
            for (labels, instrument) in lines { append(name, labels, instrument, to: &text) }
        }
        return text
    }

    /// Whether a name has the form `[a-zA-Z_:][a-zA-Z0-9_:]*`.
    static func isName(_ name: String) -> Bool { isLabel(name.filter { $0 != ":" }) }

    /// Whether a label's name has the form `[a-zA-Z_][a-zA-Z0-9_]*`.
    static func isLabel(_ name: String) -> Bool {
        guard let first = name.first, !first.isNumber else { return false }
        return name.allSatisfy { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    private static func append(
        _ name: String, _ labels: [(String, String)], _ instrument: Metrics.Instrument,
        to text: inout String
    ) {
        switch instrument {
        case .counter(let counter):
            text += "\(name)\(rendered(labels)) \(counter.value)\n"
        case .gauge(let gauge):
            text += "\(name)\(rendered(labels)) \(number(gauge.value))\n"
        case .histogram(let histogram):
            let counts = histogram.snapshot
            var total = 0
            for (bound, count) in zip(histogram.bounds + [.infinity], counts.buckets) {
                total += count
                let bucket = rendered(labels + [("le", number(bound))])
                text += "\(name)_bucket\(bucket) \(total)\n"
            }
            text += "\(name)_sum\(rendered(labels)) \(number(counts.sum))\n"
            text += "\(name)_count\(rendered(labels)) \(total)\n"
        }
    }

    private static func sorted(_ labels: [String: String]) -> [(String, String)] {
        labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func rendered(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { "\($0.0)=\"\(escaped($0.1, quotes: true))\"" }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func number(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        if value == -.infinity { return "-Inf" }
        if value.isNaN { return "NaN" }
        // Whole numbers without their ".0", up to where a Double still holds each of them.
        if value == value.rounded(), value.magnitude < 9e15 { return String(Int64(value)) }
        return String(value)
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += #"\\"#
            case "\n": escaped += #"\n"#
            case "\"" where quotes: escaped += #"\""#
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
