import AccountCommands
package import AuditEndpoints
import AuditRecords
import Conversation
import ConversationView
package import Endpoints
import HTTPServer
import SQLite
package import TimeZones
package import Views

/// What became of what the bot would have said while people had conversations: counted, and line by
/// line with the words, to judge prompts and models by.
package struct SuggestionEndpoints: Sendable {
    /// The view of conversations; `nil` as long as the process is starting.
    package typealias Source = @Sendable () -> StoredView?
    /// The rules of the organisation's time zone.
    package typealias Zone = @Sendable (TenantScope) async throws -> ZoneRules

    /// Suggestions that are read from the view at once.
    private static let exportRows = 200
    private static let mostDays: Int64 = 366
    private static let base = "/api/v1/tenants/{tenant}"

    private let source: Source
    private let audit: AuditWriter
    private let zone: Zone

    /// Answers from a view; who takes words out is written down.
    package init(
        over source: @escaping Source, noting audit: AuditWriter, in zone: @escaping Zone
    ) {
        self.source = source
        self.audit = audit
        self.zone = zone
    }

    /// The endpoints.
    package var endpoints: [Endpoint] { [report, lines] }

    private var report: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/suggestions", "suggestions.count",
                "Counts what became of the bot's suggestions, by day, prompt and model."),
            may: .readAnalytics,
            .init(
                takes: SuggestionDays.self, gives: Reply<SuggestionReportAnswer>.self,
                problems: [.viewIsBuilt])
        ) { call in
            let wanted = call.parameters
            let zone = try await zone(call.scope)
            let question = try Self.question(wanted, in: zone)
            let report = try await look(call.scope) { rows throws(SQLiteError) in
                var report = SuggestionReport(in: zone)
                try rows.eachSuggestion(question) { report.take($0) }
                return report
            }
            return Reply(
                SuggestionReportAnswer(
                    from: wanted.from, to: wanted.to, timeZone: zone.name, report))
        }
    }

    private var lines: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/exports/suggestions", "suggestions.export",
                "Gives suggestions with question, words and what became of them, one a line."),
            may: .superviseConversations,
            .init(
                takes: SuggestionFilter.self, gives: Lines<SuggestionListing>.self,
                problems: [.viewIsBuilt, .notStored])
        ) { call in
            let (wanted, scope) = (call.parameters, call.scope)
            var question = try Self.question(wanted.days, in: try await zone(call.scope))
            question.outcome = wanted.outcome
            guard source()?.isCaughtUp == true else { throw Problem.conversationsAreRead }
            try await audit.write(
                "suggestions.export", on: AuditTarget("suggestions", call.scope.tenant.rawValue),
                in: call.scope.tenant, for: Asker(call, in: call.scope.tenant),
                changes: [
                    AuditChange("days", nil, "\(wanted.days.from) to \(wanted.days.to)")
                ])
            return Lines { [question] give in
                var place: SuggestionPlace?
                while true {
                    let page = try await look(scope) { [place] rows throws(SQLiteError) in
                        try rows.suggestions(question, after: place, atMost: Self.exportRows)
                    }
                    guard let last = page.last else { return }
                    try await give(page)
                    guard page.count == Self.exportRows else { return }
                    place = SuggestionPlace(after: last)
                }
            }
        }
    }

    /// Days of the organisation's as moments.
    private static func question(
        _ days: SuggestionDays, in zone: ZoneRules
    ) throws(Problem) -> SuggestionQuestion {
        guard let first = CivilDate(days.from) else {
            throw Problem.invalid(parameter: "from", "there is no day \(days.from)")
        }
        guard let last = CivilDate(days.to), last >= first,
            last.dayNumber - first.dayNumber < mostDays
        else {
            throw Problem.invalid(
                parameter: "to", "to is a day that is no earlier than from, and within a year")
        }
        // A day begins as its clocks show midnight first.
        return SuggestionQuestion(
            from: Timestamp(
                seconds: zone.instant(ofLocal: first.dayNumber * 86_400, .first)),
            to: Timestamp(
                seconds: zone.instant(ofLocal: (last.dayNumber + 1) * 86_400, .first)))
    }

    private func look<Value: Sendable>(
        _ scope: TenantScope, _ body: @Sendable (ConversationRows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        guard let view = source(), view.isCaughtUp else { throw Problem.conversationsAreRead }
        do throws(SQLiteError) {
            return try await view.read { rows throws(SQLiteError) in
                try body(ConversationRows(rows, of: scope))
            }
        } catch {
            throw Problem.conversationsAreRead
        }
    }
}

extension TenantPermission {
    static let readAnalytics = Self("analytics:read")
    static let superviseConversations = Self("conversations:supervise")
}

extension Problem {
    fileprivate static var conversationsAreRead: Problem {
        Problem(.viewIsBuilt, "conversations are being read; try again in a moment")
    }
}

extension Problem.Kind {
    static let viewIsBuilt = Self(503, "starting")
}
