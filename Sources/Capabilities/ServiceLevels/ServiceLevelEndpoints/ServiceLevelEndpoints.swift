package import Conversation
package import Endpoints
import HTTPServer
import SQLite
import ServiceLevelRecords
import ServiceLevelView
package import TimeZones
package import Views

/// The wall of who supervises, clocks of conversations, and what was measured.
package struct ServiceLevelEndpoints: Sendable {
    /// What else is known of a tenant.
    package struct Means: Sendable {
        /// Who answers customers, and whether they are at the desk now.
        package var agents: @Sendable (TenantScope) async throws -> [WallAgent]
        /// Who the customers of conversations are, as far as that can be told.
        package var customers:
            @Sendable ([ConversationID], TenantScope) async -> [ConversationID: Contact]
        /// The rules of the organisation's time zone.
        package var zone: @Sendable (TenantScope) async throws -> ZoneRules
        /// The clock.
        package var now: @Sendable () -> Timestamp

        /// Names them all.
        package init(
            agents: @escaping @Sendable (TenantScope) async throws -> [WallAgent],
            customers:
                @escaping @Sendable ([ConversationID], TenantScope) async ->
                [ConversationID: Contact],
            zone: @escaping @Sendable (TenantScope) async throws -> ZoneRules,
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.agents = agents
            self.customers = customers
            self.zone = zone
            self.now = now
        }
    }

    /// What is due within so long is due soon.
    private static let soon = Duration.seconds(600)
    /// Who has a customer's word for so long without a sign is stuck.
    private static let silence = Duration.seconds(900)
    private static let mostCases = 100
    private static let mostStuck = 50
    private static let mostClocks = 2_000
    private static let mostDays: Int64 = 366
    private static let base = "/api/v1/tenants/{tenant}"

    private let view: StoredView
    private let means: Means

    /// Answers from a view that is kept of ``ServiceLevelView``.
    package init(over view: StoredView, _ means: Means) {
        self.view = view
        self.means = means
    }

    /// The endpoints.
    package var endpoints: [Endpoint] { [wall, clocks, report, table] }

    // MARK: Now

    private var wall: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/desk/wall", "desk.wall",
                "Shows what waits, is late or stands still at the desk, and who is there."),
            may: .superviseConversations,
            .init(gives: Reply<Wall>.self, problems: [.viewIsBuilt])
        ) { Reply(try await wall($0.scope)) }
    }

    private func wall(_ scope: TenantScope) async throws -> Wall {
        let now = means.now()
        let found = try await look(scope) { rows throws(SQLiteError) in
            (
                counts: try rows.counts(), dueSoon: try rows.due(until: now + Self.soon),
                urgent: try rows.urgent(atMost: Self.mostCases),
                stuck: try rows.stuck(quietSince: now - Self.silence, atMost: Self.mostStuck),
                loads: try rows.loads()
            )
        }
        let customers = await means.customers(
            (found.urgent + found.stuck).map(\.conversation), scope)
        func shown(_ cases: [ServiceLevelRows.Case]) -> [WallCase] {
            cases.map { WallCase($0, customers[$0.conversation]) }
        }
        return Wall(
            now: now, waiting: found.counts.waiting, held: found.counts.held,
            unanswered: found.counts.unanswered, breached: found.counts.breached,
            dueSoon: found.dueSoon, longestWait: found.counts.longestWait,
            oldestUnanswered: found.counts.oldestUnanswered, cases: shown(found.urgent),
            stuck: shown(found.stuck),
            agents: Self.merged(try await means.agents(scope), found.loads))
    }

    /// The team with what each has; and whoever has something and is no more of the team, or was
    /// never, as the business's phone.
    private static func merged(
        _ team: [WallAgent], _ loads: [ServiceLevelRows.Load]
    ) -> [WallAgent] {
        var agents = Dictionary(team.map { ($0.id, $0) }) { first, _ in first }
        for load in loads {
            var agent =
                agents[load.agent]
                ?? WallAgent(id: load.agent, name: load.name, isHere: false)
            agent.conversations = load.conversations
            agent.breached = load.breached
            agent.oldestUnanswered = load.oldestUnanswered
            agents[load.agent] = agent
        }
        return agents.values.sorted { one, other in
            (one.isHere ? 0 : 1, one.name, one.id.rawValue)
                < (other.isHere ? 0 : 1, other.name, other.id.rawValue)
        }
    }

    private var clocks: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/desk/clocks", "desk.clocks",
                "Shows the clocks of open conversations; the agents' socket tells of changes."),
            may: .readHandoffs,
            .init(gives: Reply<OpenClocks>.self, problems: [.viewIsBuilt])
        ) { call in
            let cases = try await look(call.scope) { rows throws(SQLiteError) in
                try rows.urgent(atMost: Self.mostClocks)
            }
            return Reply(
                OpenClocks(
                    cases: cases.map {
                        .init(
                            conversation: $0.conversation,
                            clocks: $0.standing.clocks.map(ClockListing.init))
                    }))
        }
    }

    // MARK: What was measured

    private var report: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/desk/levels", "desk.levels",
                "Shows how long customers waited for people, by agent or day."),
            may: .superviseConversations,
            .init(
                takes: ReportQuery.self, gives: Reply<ReportAnswer>.self,
                problems: [.viewIsBuilt])
        ) { Reply(try await report($0.parameters, $0.scope)) }
    }

    private var table: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/exports/levels.csv", "desk.levels.exportTable",
                "Gives the same as a table for spreadsheets; times are in seconds."),
            may: .superviseConversations,
            .init(takes: ReportQuery.self, gives: CSVTable.self, problems: [.viewIsBuilt])
        ) { call in
            let answer = try await report(call.parameters, call.scope)
            return CSVTable("levels", of: Self.columns(answer.by)) { give in
                try await give((answer.rows + [answer.total]).map(Self.cells))
            }
        }
    }

    private static func columns(_ by: Report.Grouping) -> [String] {
        [by.rawValue, "name"]
            + ClockResult.Measure.allCases.flatMap { measure in
                ["count", "breached", "median", "p90", "calendar median", "calendar p90"].map {
                    "\(measure.rawValue) \($0)"
                }
            } + ["abandoned", "unanswered", "bot median"]
    }

    private static func cells(_ row: ReportRow) -> [String] {
        let figures = ClockResult.Measure.allCases.flatMap { measure -> [String] in
            guard let figure = row.figure(measure) else {
                return Array(repeating: "", count: 6)
            }
            return [
                Int64(figure.count), Int64(figure.breached), figure.median, figure.p90,
                figure.calendarMedian, figure.calendarP90,
            ].map(String.init)
        }
        return [row.key, row.name ?? ""] + figures
            + [
                String(row.abandoned), String(row.unanswered),
                row.botMedian.map(String.init) ?? "",
            ]
    }

    private func report(
        _ query: ReportQuery, _ scope: TenantScope
    ) async throws -> ReportAnswer {
        guard let first = CivilDate(query.from) else {
            throw Problem.invalid(parameter: "from", "there is no day \(query.from)")
        }
        guard let last = CivilDate(query.to), last >= first,
            last.dayNumber - first.dayNumber < Self.mostDays
        else {
            throw Problem.invalid(
                parameter: "to", "to is a day that is no earlier than from, and within a year")
        }
        let zone = try await means.zone(scope)
        // A day begins as its clocks show midnight first.
        let from = zone.instant(ofLocal: first.dayNumber * 86_400, .first)
        let to = zone.instant(ofLocal: (last.dayNumber + 1) * 86_400, .first)
        let report = try await look(scope) { rows throws(SQLiteError) in
            var report = Report(by: query.by, in: zone)
            try rows.results(from: Timestamp(seconds: from), to: Timestamp(seconds: to)) {
                report.take($1)
            }
            report.finish()
            return report
        }
        var rows = report.rows.map(ReportRow.init)
        if query.by == .agent, rows.contains(where: { $0.name == nil }) {
            // Who closed what was nobody's said no name.
            let team = try await means.agents(scope)
            for index in rows.indices where rows[index].name == nil {
                rows[index].name = team.first { $0.id.rawValue == rows[index].key }?.name
            }
        }
        return ReportAnswer(
            by: query.by, from: query.from, to: query.to, timeZone: zone.name, rows: rows,
            total: ReportRow(report.total))
    }

    private func look<Value: Sendable>(
        _ scope: TenantScope, _ body: @Sendable (ServiceLevelRows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        let value: Value?
        do throws(SQLiteError) {
            value = try await view.read { rows throws(SQLiteError) in
                try body(ServiceLevelRows(rows, of: scope))
            }
        } catch {
            value = nil
        }
        guard let value, view.isCaughtUp else {
            throw Problem(.viewIsBuilt, "the clocks are being read; try again in a moment")
        }
        return value
    }
}

extension TenantPermission {
    static let readHandoffs = Self("handoffs:read", isForAgents: true)
    static let superviseConversations = Self("conversations:supervise")
}

extension Problem.Kind {
    static let viewIsBuilt = Self(503, "starting")
}
