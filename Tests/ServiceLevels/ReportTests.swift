import Conversation
import Endpoints
import Records
import SQLite
import ServiceLevelRecords
import ServiceLevelView
import StageRuntime
import Testing
import TimeZones
import Views

@testable import ServiceLevelStage

@Suite("What was measured") struct ReportTests {
    private func result(
        _ measure: ClockResult.Measure, _ seconds: Int64, by agent: AgentID? = "ana",
        at time: String = "2026-12-01 12:00", end: ClockResult.End = .done, target: Int? = nil,
        bot: Int64? = nil
    ) throws -> ClockResult {
        let ended = try Madrid.time(time)
        return ClockResult(
            measure: measure, end: end, startedAt: ended - .seconds(seconds * 2), endedAt: ended,
            openSeconds: seconds, calendarSeconds: seconds * 2, targetSeconds: target,
            agent: agent, agentName: agent?.rawValue, botSeconds: bot, schedule: "always")
    }

    private func report(
        by grouping: Report.Grouping, _ results: [ClockResult]
    ) throws -> Report {
        var report = Report(by: grouping, in: try Madrid.zone())
        for result in results { report.take(result) }
        report.finish()
        return report
    }

    @Test("is told by who did it, in open time and by the calendar, with what was missed")
    func byAgent() throws {
        let report = try report(
            by: .agent,
            try (1...10).map { try result(.firstResponse, Int64($0) * 60, target: 300) }
                + [
                    result(.firstResponse, 30, by: "ben", bot: 7),
                    result(.queueWait, 900, by: nil, end: .abandoned, target: 300),
                    result(.nextResponse, 10, by: nil, end: .unanswered),
                ])
        #expect(report.rows.map(\.key) == ["ana", "ben", ""])
        let ana = try #require(report.rows.first?.figures[.firstResponse])
        #expect(ana.count == 10 && ana.median == 300 && ana.p90 == 540)
        #expect(ana.calendarMedian == 600 && ana.calendarP90 == 1_080 && ana.breached == 5)
        #expect(report.rows.first?.figures[.queueWait] == nil)
        // The bot's time is told apart, and in nobody's figures.
        #expect(report.rows[1].botMedian == 7)
        #expect(report.rows[1].figures[.firstResponse]?.median == 30)
        // Who waited in vain waited in vain: it is missed, and no value.
        let nobody = report.rows[2]
        #expect(nobody.abandoned == 1 && nobody.unanswered == 1)
        #expect(nobody.figures[.queueWait]?.count == 0)
        #expect(nobody.figures[.queueWait]?.breached == 1)
        #expect(report.total.figures[.firstResponse]?.count == 11 && report.total.abandoned == 1)
    }

    @Test("is of the day on which it ended, by the wall's calendar there")
    func byDay() throws {
        let report = try report(
            by: .day,
            [
                try result(.firstResponse, 60, at: "2026-12-01 23:59"),
                try result(.firstResponse, 60, at: "2026-12-02 00:00"),
                try result(.firstResponse, 60, at: "2026-12-02 23:30"),
            ])
        #expect(report.rows.map(\.key) == ["2026-12-01", "2026-12-02"])
        #expect(report.rows.map { $0.figures[.firstResponse]?.count } == [1, 2])
        #expect(report.rows.allSatisfy { $0.name == nil })
    }

    @Test("has the middle and the ninth tenth by the nearest rank")
    func quantiles() {
        #expect(Report.quantile([], 50) == 0)
        #expect(Report.quantile([7], 90) == 7)
        #expect(Report.quantile([1, 2, 3, 4], 50) == 2)
        #expect(Report.quantile(Array(1...100), 90) == 90)
    }
}

@Suite("Cases as they stand") struct CaseViewTests {
    private func rows(of floor: Floor, _ tenant: TenantID = Floor.tenant) throws -> ServiceLevelRows
    {
        let rows = try Rows(inMemory: ServiceLevelView.view)
        for (offset, event) in floor.events.enumerated() {
            let id = RecordID("e\(offset)")
            try ServiceLevelView.view.apply(
                DecodedRecord(
                    value: .payload(event),
                    headers: RecordHeaders(
                        id: id, type: ServiceLevelEvent.type, source: "test", time: event.at,
                        subject: event.key, correlation: id, causation: id, tenant: Floor.tenant),
                    position: RecordPosition(
                        topic: Topic.serviceLevels.rawValue, partition: 0,
                        offset: Int64(offset))), rows)
        }
        return ServiceLevelRows(
            rows,
            of: try Authorizer.scope(
                of: tenant, for: .key(Principal.KeyName("key/test")),
                needing: TenantPermission("test")))
    }

    private func floor() throws -> Floor {
        Floor(
            ServiceLevelSettings(
                hours: nil, levels: ServiceLevels(firstResponseSeconds: 3_600)),
            at: try Madrid.time("2026-12-01 10:00"))
    }

    @Test("are counted, the late ones first; who has what; what stands still")
    func wall() throws {
        var floor = try floor()
        try floor.enqueue()
        #expect(try rows(of: floor).counts().waiting == 1)
        #expect(try rows(of: floor).counts().longestWait == floor.now)
        try floor.claim(by: "ana")
        #expect(try rows(of: floor).due(until: floor.now + .seconds(3_599)) == 0)
        #expect(try rows(of: floor).due(until: floor.now + .seconds(3_600)) == 1)
        try floor.pass(3_600)
        let late = try rows(of: floor)
        #expect(try late.counts().breached == 1 && late.counts().held == 1)
        #expect(try late.urgent(atMost: 9).map(\.standing.isBreached) == [true])
        #expect(try late.loads().map(\.agent) == ["ana"])
        #expect(try late.loads().map(\.breached) == [1])
        #expect(try late.stuck(quietSince: floor.now - .seconds(900), atMost: 9).count == 1)
        #expect(try late.stuck(quietSince: floor.now - .seconds(7_200), atMost: 9).isEmpty)
        try floor.fails(try floor.write(by: "ana"))
        #expect(
            try rows(of: floor).stuck(quietSince: floor.now - .seconds(900), atMost: 9)
                .map(\.standing.lost) == [1])
        try floor.answer(by: "ana")
        let served = try rows(of: floor)
        #expect(try served.counts().breached == 0 && served.counts().unanswered == 0)
        try floor.put(.closed(by: "ana"))
        #expect(try rows(of: floor).counts() == ServiceLevelRows.Counts())
    }

    @Test("and what was measured are their own tenant's alone")
    func tenants() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.claim(by: "ana")
        try floor.answer(by: "ana")
        func measured(_ rows: ServiceLevelRows) throws -> [ClockResult.Measure] {
            var found: [ClockResult.Measure] = []
            try rows.results(from: floor.now - .seconds(60), to: floor.now + .seconds(60)) {
                found.append($1.measure)
            }
            return found
        }
        #expect(try measured(rows(of: floor)) == [.queueWait, .firstResponse])
        let other = try rows(of: floor, "luna")
        #expect(try measured(other).isEmpty && other.counts() == ServiceLevelRows.Counts())
        #expect(try other.urgent(atMost: 9).isEmpty && other.loads().isEmpty)
    }
}
