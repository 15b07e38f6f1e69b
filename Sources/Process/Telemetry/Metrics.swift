import Synchronization

/// The metrics of a process: passed as a value to whoever counts, rendered for Prometheus.
///
/// The same name and labels give the same instrument, so it can be asked for anywhere; keep the
/// instrument where it is used often, as asking takes a lock.
package final class Metrics: Sendable {
    enum Instrument: Sendable {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)

        /// The family's type, as Prometheus names it.
        var type: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    /// All instruments of one name.
    struct Family: Sendable {
        var help: String
        var type: String
        var instruments: [[String: String]: Instrument] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    /// Makes a registry without instruments; the process's own metrics are always rendered.
    package init() {}

    /// The counter of this name and these labels; names end in `_total`.
    package func counter(
        _ name: String, help: String, labels: [String: String] = [:]
    ) -> Counter {
        precondition(name.hasSuffix("_total"), "a counter's name ends in _total: \(name)")
        let found = instrument(name, help, labels) { .counter(Counter()) }
        guard case .counter(let counter) = found else { preconditionFailure("is a \(found.type)") }
        return counter
    }

    /// The gauge of this name and these labels.
    package func gauge(_ name: String, help: String, labels: [String: String] = [:]) -> Gauge {
        let found = instrument(name, help, labels) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = found else { preconditionFailure("is a \(found.type)") }
        return gauge
    }

    /// The histogram of this name and these labels.
    ///
    /// Bucket bounds are in seconds and those of the first call; names end in `_seconds`.
    package func histogram(
        _ name: String, help: String, labels: [String: String] = [:],
        buckets: [Double] = Histogram.standardBuckets
    ) -> Histogram {
        precondition(name.hasSuffix("_seconds"), "a histogram's name ends in _seconds: \(name)")
        let found = instrument(name, help, labels) { .histogram(Histogram(bounds: buckets)) }
        guard case .histogram(let histogram) = found else {
            preconditionFailure("is a \(found.type)")
        }
        return histogram
    }

    /// All metrics in Prometheus' text format 0.0.4, sorted by name and labels.
    ///
    /// Serve it as `text/plain; version=0.0.4; charset=utf-8`.
    package func render() -> String {
        var families = families.withLock { $0 }
        families.merge(ProcessMetrics.read()) { own, _ in own }
        return MetricsText.render(families)
    }

    private func instrument(
        _ name: String, _ help: String, _ labels: [String: String], make: () -> Instrument
    ) -> Instrument {
        families.withLock { families in
            if let known = families[name]?.instruments[labels] { return known }
            let made = make()
            var family = families[name] ?? Family(help: help, type: made.type)
            precondition(MetricsText.isName(name), "not a metric's name: \(name)")
            precondition(
                labels.keys.allSatisfy(MetricsText.isLabel), "not a label's name in \(labels)")
            precondition(family.type == made.type, "\(name) is a \(family.type)")
            family.instruments[labels] = made
            families[name] = family
            return made
        }
    }
}
