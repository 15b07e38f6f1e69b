import OperationRecords
import OperationReporting
import Testing

/// What a process tells of itself, as the page of operations reads it.
@Suite struct StageMeasuringTests {
    private static func text(
        finished: Int, dead: Int, buckets: [(String, Int)], retries: Int = 0
    ) -> String {
        var lines = [
            "# HELP parley_stage_records_total Records and timers decided, by outcome.",
            "# TYPE parley_stage_records_total counter",
            #"parley_stage_records_total{outcome="finished",stage="sender"} \#(finished)"#,
            #"parley_stage_records_total{outcome="dead",stage="sender"} \#(dead)"#,
            #"parley_stage_records_total{outcome="finished",stage="other"} 99"#,
            #"parley_stage_retries_total{stage="sender"} \#(retries)"#,
            #"parley_stage_lag_records{stage="sender",topic="messages.outbound"} 3"#,
            #"parley_stage_lag_records{stage="sender",topic="messages.status"} 4"#,
            "process_cpu_seconds_total \(Double(finished) / 100)",
        ]
        for (bound, count) in buckets {
            lines.append(
                #"parley_stage_latency_seconds_bucket{stage="sender",le="\#(bound)"} \#(count)"#)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test("a stage's figures are what happened between two readings")
    func figures() throws {
        let before = MetricsReading(
            Self.text(finished: 100, dead: 1, buckets: [("0.1", 100), ("1", 100), ("+Inf", 101)]))
        let after = MetricsReading(
            Self.text(
                finished: 150, dead: 3, buckets: [("0.1", 150), ("1", 190), ("+Inf", 201)],
                retries: 7))
        let measuring = StageMeasuring(from: before, to: after, seconds: 10)
        let figures = measuring.figures(of: "sender")
        #expect(figures.perSecond == 5.2)
        #expect(figures.dead == 2)
        #expect(figures.retries == 7)
        #expect(figures.lag == 7)
        let latency = try #require(figures.latency)
        // Half of the hundred new ones lie below 0.1 s; the slowest lie above the last bound.
        #expect(latency.p50 == 0.1)
        #expect(latency.p95 == 1)
        #expect(latency.p99 == 1)
        #expect(abs(try #require(measuring.processorShare) - 0.05) < 0.000_1)
    }

    @Test("another process under the same name begins at zero, and tells no percentiles of before")
    func another() {
        let before = MetricsReading(
            Self.text(finished: 100, dead: 0, buckets: [("0.1", 100), ("+Inf", 100)]))
        let after = MetricsReading(
            Self.text(finished: 20, dead: 0, buckets: [("0.1", 20), ("+Inf", 20)]))
        let figures = StageMeasuring(from: before, to: after, seconds: 10).figures(of: "sender")
        #expect(figures.perSecond == 2)
        #expect(figures.latency == nil)
        let first = StageMeasuring(from: nil, to: after, seconds: 0).figures(of: "sender")
        #expect(first.perSecond == 0 && first.latency == nil && first.lag == 7)
    }

    @Test("labels are read with what is escaped in them, and what is no sample is passed over")
    func labels() {
        let reading = MetricsReading(
            """
            # a comment
            odd{name="a\\"b\\\\c\\n",other="x"} 2
            odd{name="plain"} 3
            broken{name="x 4
            number x
            plain 5
            """)
        #expect(reading.sum("odd") == 5)
        #expect(reading.sum("odd", ["name": "a\"b\\c\n"]) == 2)
        #expect(reading.sum("broken") == nil)
        #expect(reading.sum("number") == nil)
        #expect(reading.sum("plain") == 5)
    }
}
