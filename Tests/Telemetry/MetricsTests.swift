import Telemetry
import Testing

@Suite("Metrics")
struct MetricsTests {
    /// The rendered lines without those of the process itself.
    private func lines(_ metrics: Metrics) -> [String] {
        metrics.render().split(separator: "\n").map(String.init)
            .filter { !$0.contains("process_") }
    }

    @Test("counters, gauges and histograms are written in Prometheus' text format, sorted")
    func rendering() {
        let metrics = Metrics()
        metrics.counter("sends_total", help: "Sends.", labels: ["tenant": "b"]).increment()
        metrics.counter("sends_total", help: "Sends.", labels: ["tenant": "a"]).increment(by: 3)
        metrics.gauge("in_flight", help: "In flight.").set(2.5)
        let latency = metrics.histogram(
            "latency_seconds", help: "Latency.", labels: ["stage": "x"], buckets: [0.1, 1])
        for milliseconds in [100, 200, 5_000] { latency.observe(.milliseconds(milliseconds)) }
        #expect(
            lines(metrics) == [
                "# HELP in_flight In flight.", "# TYPE in_flight gauge", "in_flight 2.5",
                "# HELP latency_seconds Latency.", "# TYPE latency_seconds histogram",
                #"latency_seconds_bucket{stage="x",le="0.1"} 1"#,
                #"latency_seconds_bucket{stage="x",le="1"} 2"#,
                #"latency_seconds_bucket{stage="x",le="+Inf"} 3"#,
                #"latency_seconds_sum{stage="x"} 5.3"#, #"latency_seconds_count{stage="x"} 3"#,
                "# HELP sends_total Sends.", "# TYPE sends_total counter",
                #"sends_total{tenant="a"} 3"#, #"sends_total{tenant="b"} 1"#,
            ])
    }

    @Test("label values and help texts are escaped")
    func escaping() {
        let metrics = Metrics()
        metrics.gauge("g", help: "a\\b\nc \"d\"", labels: ["l": "x\"y\\z\n"]).set(1)
        #expect(
            lines(metrics) == [
                #"# HELP g a\\b\nc "d""#, "# TYPE g gauge", #"g{l="x\"y\\z\n"} 1"#,
            ])
    }

    @Test("the same name and labels give the same instrument")
    func sameInstrument() {
        let metrics = Metrics()
        let first = metrics.counter("a_total", help: "A.", labels: ["x": "1", "y": "2"])
        #expect(metrics.counter("a_total", help: "A.", labels: ["y": "2", "x": "1"]) === first)
        #expect(metrics.counter("a_total", help: "A.", labels: ["x": "2", "y": "2"]) !== first)
    }

    @Test("increments and observations from many tasks all count")
    func concurrent() async {
        let metrics = Metrics()
        let counter = metrics.counter("a_total", help: "A.")
        let gauge = metrics.gauge("b", help: "B.")
        let histogram = metrics.histogram("c_seconds", help: "C.")
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { @concurrent in
                    for _ in 0..<1_000 {
                        counter.increment()
                        gauge.add(1)
                        histogram.observe(.milliseconds(3))
                    }
                }
            }
        }
        #expect(counter.value == 8_000)
        #expect(gauge.value == 8_000)
        #expect(histogram.count == 8_000)
    }

    @Test(
        "the process's own metrics are there and plausible",
        arguments: [
            ("process_resident_memory_bytes", 1e6...1e11), ("process_open_fds", 1...1e6),
            ("process_cpu_seconds_total", 0...1e6), ("process_start_time_seconds", 1e9...1e11),
        ])
    func processMetrics(name: String, range: ClosedRange<Double>) throws {
        let lines = Metrics().render().split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix(name + " ") })
        let value = try #require(Double(line.dropFirst(name.count + 1)))
        #expect(range.contains(value))
    }

    @Test("a name that is taken by another type is a programmer's error")
    func wrongType() async {
        await #expect(processExitsWith: .failure) {
            let metrics = Metrics()
            _ = metrics.gauge("a_total", help: "A.")
            _ = metrics.counter("a_total", help: "A.")
        }
    }
}
