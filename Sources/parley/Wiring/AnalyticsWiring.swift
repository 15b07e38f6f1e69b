import AccountRecords
import AnalyticsEndpoints
import AnalyticsView
import AuditEndpoints
import Conversation
import DocumentView
import Endpoints
import HTTPServer
import Lifecycle
import OrganisationView
import SQLite
import TenantDirectory
import Views

extension StageParts {
    /// How often messages are forgotten of which nothing can be said any more.
    private static let forgetEvery = Duration.seconds(3_600)

    /// Adds figures: the view, and what can be asked of it.
    mutating func addAnalytics(
        _ process: ProcessContext, _ tools: CapabilityTools, _ writer: AuditWriter
    ) -> [Endpoint] {
        let zones = ZoneDays()
        let view = process.views.stored(AnalyticsView.view(by: zones))
        add(view)
        add(
            ClosureService("old messages of figures") {
                while !Task.isCancelled {
                    // What cannot be changed now is tried in the next round.
                    _ = try? await view.change { rows throws(SQLiteError) in
                        try AnalyticsView.forget(at: ProcessContext.now(), rows)
                    }
                    // A cancelled sleep ends the loop.
                    try? await Task.sleep(for: Self.forgetEvery)
                }
            }
        ) { true }
        let (organisations, views, tenants) = (tools.organisations, process.views, process.tenants)
        return AnalyticsEndpoints(
            over: view,
            .init(
                zones: zones,
                usage: { scope in
                    let documents = views.all.first { $0.view.name == DocumentView.view.name }
                    return try await Self.usage(of: scope, organisations, documents)
                },
                businesses: { scope in
                    var found = try await Self.businesses(scope, organisations)
                    // A business that was connected at a terminal has no organisation.
                    for tenant in tenants.all.map(\.settings) where found[tenant.tenant] == nil {
                        found[tenant.tenant] = .init(
                            id: tenant.tenant, name: tenant.name, createdAt: nil)
                    }
                    return Array(found.values)
                }, audit: writer, now: ProcessContext.now)
        ).endpoints
    }

    private static func usage(
        of scope: TenantScope, _ organisations: StoredView, _ documents: StoredView?
    ) async throws(Problem) -> UsageAnswer {
        guard let documents, documents.isCaughtUp, organisations.isCaughtUp else {
            throw isStarting
        }
        let now = ProcessContext.now()
        do throws(SQLiteError) {
            let team = try await organisations.read { rows throws(SQLiteError) in
                let rows = OrganisationRows(rows, of: scope)
                return [
                    UsageAnswer.Gauge(
                        .members, try rows.countByRole().values.reduce(0, +),
                        of: TeamLimits.members),
                    UsageAnswer.Gauge(
                        .invitations, try rows.countInvitations(), of: TeamLimits.invitations),
                    UsageAnswer.Gauge(
                        .apiKeys, try rows.keys().count { $0.isLive(at: now) },
                        of: TeamLimits.keys),
                ]
            }
            let kept = try await documents.read { rows throws(SQLiteError) in
                try DocumentRows(rows, of: scope).kept()
            }
            return UsageAnswer(
                team + [.init(.documents, kept.count), .init(.documentBytes, kept.bytes)])
        } catch {
            throw isStarting
        }
    }

    private static func businesses(
        _ scope: InstallationScope, _ organisations: StoredView
    ) async throws(Problem) -> [TenantID: AnalyticsEndpoints.Business] {
        let listed: [ListedOrganisation]
        do throws(SQLiteError) {
            listed = try await organisations.read { rows throws(SQLiteError) in
                try AllOrganisations(rows, of: scope).list(
                    OrganisationQuestion(), atMost: mostBusinesses)
            }
        } catch {
            throw isStarting
        }
        let businesses = listed.map { organisation in
            AnalyticsEndpoints.Business(
                id: organisation.tenant, name: organisation.facts.profile.name,
                createdAt: organisation.facts.createdAt)
        }
        return Dictionary(businesses.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Businesses that figures are added up of.
    private static let mostBusinesses = 10_000

    private static var isStarting: Problem {
        Problem(.init(503, "starting"), "what there is is being read; try again in a moment")
    }
}
