import Conversation
package import OperationRecords

/// A process's metrics at a moment, as its `/metrics` told them: Prometheus' text format 0.0.4.
///
/// It reads what our own processes write: a line that it does not understand is passed over.
package struct MetricsReading: Hashable, Sendable {
    /// One line.
    private struct Sample: Hashable {
        var labels: [String: String]
        var value: Double
    }

    private var samples: [String: [Sample]] = [:]

    /// Reads a text.
    package init(_ text: String) {
        for line in text.split(separator: "\n") where line.first != "#" {
            guard let space = line.lastIndex(of: " "),
                let value = Self.number(line[line.index(after: space)...])
            else { continue }
            let head = line[..<space]
            guard let brace = head.firstIndex(of: "{") else {
                samples[String(head), default: []].append(Sample(labels: [:], value: value))
                continue
            }
            guard let labels = Self.labels(head[head.index(after: brace)...]) else { continue }
            samples[String(head[..<brace]), default: []].append(
                Sample(labels: labels, value: value))
        }
    }

    /// The sum of all lines of a name that bear these labels, perhaps among others; `nil` if there
    /// is none.
    package func sum(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = samples[name, default: []].filter { sample in
            labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }
        return found.isEmpty ? nil : found.reduce(0) { $0 + $1.value }
    }

    /// The model servers, those first that are not asked.
    package var models: [ModelServerReport] {
        let failures = samples["parley_model_last_failure_seconds", default: []]
        let found = samples["parley_model_available", default: []].compactMap { sample in
            guard let kind = sample.labels["kind"], let server = sample.labels["server"] else {
                return nil as ModelServerReport?
            }
            let last = failures.filter {
                $0.labels["kind"] == kind && $0.labels["server"] == server
            }.max { $0.value < $1.value }
            return ModelServerReport(
                kind: kind, server: server, isAvailable: sample.value > 0,
                failure: last?.labels["reason"],
                failedAt: last.map { Timestamp(seconds: Int64($0.value)) })
        }
        return found.sorted {
            ($0.isAvailable ? 1 : 0, $0.kind, $0.server) < (
                $1.isAvailable ? 1 : 0, $1.kind, $1.server
            )
        }
    }

    /// The counts of a histogram's buckets, by their upper bounds, added up from below.
    package func buckets(_ name: String, _ labels: [String: String]) -> [Double: Double] {
        var buckets: [Double: Double] = [:]
        for sample in samples["\(name)_bucket", default: []]
        where labels.allSatisfy({ sample.labels[$0.key] == $0.value }) {
            guard let bound = sample.labels["le"].flatMap({ Self.number($0[...]) }) else {
                continue
            }
            buckets[bound, default: 0] += sample.value
        }
        return buckets
    }

    private static func number(_ text: Substring) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        default: Double(text)
        }
    }

    /// Reads `name="value",…}`; in values, `\\`, `\n` and `\"` stand for themselves.
    private static func labels(_ text: Substring) -> [String: String]? {
        var labels: [String: String] = [:]
        var rest = text
        while let first = rest.first, first != "}" {
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let name = String(rest[..<equals])
            rest = rest[rest.index(after: equals)...]
            guard rest.popFirst() == "\"" else { return nil }
            var value = ""
            var isEscaped = false
            var isOpen = true
            while isOpen, let character = rest.popFirst() {
                switch character {
                case let escaped where isEscaped:
                    value.append(escaped == "n" ? "\n" : escaped)
                    isEscaped = false
                case "\\": isEscaped = true
                case "\"": isOpen = false
                default: value.append(character)
                }
            }
            guard !isOpen else { return nil }
            labels[name] = value
            if rest.first == "," { rest.removeFirst() }
        }
        return labels
    }
}
