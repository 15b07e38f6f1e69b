import AccountCommands
import AnalyticsView
import AuditEndpoints
import AuditRecords
import Conversation
import Endpoints
import HTTPServer
import SQLite
import Views

/// Figures of all businesses, for who runs the installation.
extension AnalyticsEndpoints {
    var ofAll: [Endpoint] { [platform, platformTable] }

    private var platform: Endpoint {
        .installation(
            .at(
                .get, "/api/v1/analytics", "analytics.readAll",
                "Counts what happened in all businesses up to now, each in its own days."),
            may: .readPlatform,
            .init(
                takes: PlatformQuery.self, gives: Reply<PlatformAnswer>.self,
                problems: [.viewIsBuilt])
        ) { call in
            let wanted = call.parameters
            let place = try wanted.after.map(Place.init)
            var answer = try await platform(wanted.period, call.scope)
            let behind = answer.rows.filter { row in place.map { $0 < Place(row) } ?? true }
            let limit = wanted.limit ?? PlatformQuery.rows
            answer.rows = Array(behind.prefix(limit))
            answer.next = behind.count > limit ? answer.rows.last.map { Place($0).text } : nil
            return Reply(answer)
        }
    }

    private var platformTable: Endpoint {
        .installation(
            .at(
                .get, "/api/v1/exports/analytics.csv", "analytics.exportTableAll",
                "Gives figures of all businesses as a table for spreadsheets, one a row."),
            may: .readPlatform,
            .init(
                takes: PlatformExport.self, gives: CSVTable.self,
                problems: [.viewIsBuilt, .notStored])
        ) { call in
            let answer = try await platform(call.parameters.period, call.scope)
            try await means.audit.write(
                "analytics.export", on: AuditTarget("analytics", "installation"),
                in: .installation, for: Asker(call, in: .installation),
                changes: [AuditChange("period", nil, answer.period.rawValue)])
            let names = Figures.columns.map(\.name)
            return CSVTable(
                "analytics",
                of: ["business", "name", "timeZone"] + names + names.map { $0 + " before" }
                    + ["earlierCustomers", "returnedCustomers", "features"]
            ) { give in try await give(answer.rows.map(Self.cells)) }
        }
    }

    private static func cells(_ row: BusinessFigures) -> [String] {
        let figures = [row.now, row.before].flatMap { figures in
            Figures.columns.map { $0.value(figures).map(String.init) ?? "" }
        }
        return [row.tenant.rawValue, row.name, row.timeZone] + figures
            + [
                "\(row.earlierCustomers)", "\(row.returnedCustomers)",
                row.features.filter { $0.uses > 0 }.map(\.feature.rawValue)
                    .joined(separator: " "),
            ]
    }

    /// Where a business stands among all.
    private struct Place: Comparable {
        let messages: Int
        let tenant: String

        init(_ row: BusinessFigures) {
            messages = row.now.fromCustomers
            tenant = row.tenant.rawValue
        }

        init(_ text: String) throws(Problem) {
            let parts = text.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let messages = Int(parts[0]) else {
                throw Problem.invalid(
                    parameter: "after", "after is what the page before gave as next")
            }
            self.messages = messages
            tenant = String(parts[1])
        }

        var text: String { "\(messages).\(tenant)" }

        static func < (left: Self, right: Self) -> Bool {
            (right.messages, left.tenant) < (left.messages, right.tenant)
        }
    }

    /// The answer with all businesses in it.
    private func platform(
        _ length: Period.Length, _ scope: InstallationScope
    ) async throws -> PlatformAnswer {
        let businesses = try await means.businesses(scope)
        let (now, zones) = (means.now(), means.zones)
        return try await look { rows throws(SQLiteError) in
            var sum = PlatformSum(length, until: now, zones)
            for business in businesses {
                let own = try AnalyticsRows(rows, of: scope.scope(of: business.id), by: zones)
                try sum.add(business, own)
            }
            return sum.answer()
        }
    }
}
