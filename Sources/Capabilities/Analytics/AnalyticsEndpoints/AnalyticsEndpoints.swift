import AccountCommands
package import AnalyticsView
package import AuditEndpoints
import AuditRecords
package import Conversation
package import Endpoints
import HTTPServer
import SQLite
package import Views

/// Figures over HTTP: of one business, and of all for who runs the installation.
package struct AnalyticsEndpoints: Sendable {
    /// A business, as operators see it.
    package struct Business: Hashable, Sendable {
        /// Its id.
        package var id: TenantID
        /// What it is called.
        package var name: String
        /// When it was made; `nil` where that is not known.
        package var createdAt: Timestamp?

        /// Describes one.
        package init(id: TenantID, name: String, createdAt: Timestamp?) {
            self.id = id
            self.name = name
            self.createdAt = createdAt
        }
    }

    /// What else is known.
    package struct Means: Sendable {
        /// The days of time zones; the same as the view's.
        package var zones: ZoneDays
        /// What a business has of what is bounded.
        package var usage: @Sendable (TenantScope) async throws -> UsageAnswer
        /// All businesses that there are.
        package var businesses: @Sendable (InstallationScope) async throws -> [Business]
        /// Writes down who takes figures out.
        package var audit: AuditWriter
        /// The clock.
        package var now: @Sendable () -> Timestamp

        /// Names them all.
        package init(
            zones: ZoneDays,
            usage: @escaping @Sendable (TenantScope) async throws -> UsageAnswer,
            businesses: @escaping @Sendable (InstallationScope) async throws -> [Business],
            audit: AuditWriter, now: @escaping @Sendable () -> Timestamp
        ) {
            self.zones = zones
            self.usage = usage
            self.businesses = businesses
            self.audit = audit
            self.now = now
        }
    }

    private static let base = "/api/v1/tenants/{tenant}"

    let view: StoredView
    let means: Means

    /// Answers from a view that is kept of ``AnalyticsView``.
    package init(over view: StoredView, _ means: Means) {
        self.view = view
        self.means = means
    }

    /// The endpoints.
    package var endpoints: [Endpoint] { [figures, table, usage] + ofAll }

    private var figures: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/analytics", "analytics.read",
                "Counts what happened in a business up to now, and compares with the time before."),
            may: .readAnalytics,
            .init(
                takes: AnalyticsQuery.self, gives: Reply<AnalyticsAnswer>.self,
                problems: [.viewIsBuilt])
        ) { Reply(try await answer($0.parameters, $0.scope)) }
    }

    private var table: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/exports/analytics.csv", "analytics.exportTable",
                "Gives the same figures as a table for spreadsheets, a part of the time a row."),
            may: .readAnalytics,
            .init(
                takes: AnalyticsQuery.self, gives: CSVTable.self,
                problems: [.viewIsBuilt, .notStored])
        ) { call in
            let answer = try await answer(call.parameters, call.scope)
            try await means.audit.write(
                "analytics.export", on: AuditTarget("analytics", call.scope.tenant.rawValue),
                in: call.scope.tenant, for: Asker(call, in: call.scope.tenant),
                changes: [AuditChange("period", nil, answer.period.rawValue)])
            return CSVTable("analytics", of: ["from", "to"] + Figures.columns.map(\.name)) { give in
                try await give(answer.parts.map(Self.cells))
            }
        }
    }

    private static func cells(_ part: FiguresPart) -> [String] {
        [part.from, part.to].map { Timestamp(milliseconds: $0).rfc3339 }
            + Figures.columns.map { $0.value(part.figures).map(String.init) ?? "" }
    }

    private var usage: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/usage", "analytics.usage",
                "Tells how much a business has of what is bounded, and of what takes room."),
            may: .readAnalytics,
            .init(gives: Reply<UsageAnswer>.self, problems: [.viewIsBuilt])
        ) { Reply(try await means.usage($0.scope)) }
    }

    // MARK: Answers

    private func answer(
        _ query: AnalyticsQuery, _ scope: TenantScope
    ) async throws(Problem) -> AnalyticsAnswer {
        let (now, zones) = (means.now(), means.zones)
        let step = query.by ?? query.period.steps[0]
        let found = try await look { rows throws(SQLiteError) in
            let rows = try AnalyticsRows(rows, of: scope, by: zones)
            let days = try rows.days()
            return try Period(query.period, by: step, until: now, in: days)
                .map { period throws(SQLiteError) in try Summary(rows, period).answer() }
        }
        guard let found else {
            let steps = query.period.steps.map(\.rawValue).joined(separator: " or ")
            throw Problem.invalid(
                parameter: "by", "\(query.period.rawValue) is divided by \(steps)")
        }
        return found
    }

    func look<Value: Sendable>(
        _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        let value: Value?
        do throws(SQLiteError) { value = try await view.read(body) } catch { value = nil }
        guard let value, view.isCaughtUp else {
            throw Problem(.viewIsBuilt, "figures are being counted; try again in a moment")
        }
        return value
    }
}

extension TenantPermission {
    static let readAnalytics = Self("analytics:read")
}

extension InstallationPermission {
    static let readPlatform = Self("platformBilling:read")
}

extension Problem.Kind {
    static let viewIsBuilt = Self(503, "starting")
}
