import AccountAccess
import AccountRecords
import Console
import Conversation
import ConversationView
import Endpoints
import HTTPServer
import OrganisationView
import SQLite
import ServiceLevelEndpoints
import ServiceLevelRecords
import ServiceLevelView
import TimeZones
import Views
import ZoneDatabase

extension StageParts {
    /// Adds how cases stand and what was measured: the view, what can be asked of it, and what
    /// agents hear of it.
    mutating func addServiceLevels(
        _ process: ProcessContext, _ tools: CapabilityTools, _ seats: AgentSeats
    ) -> [Endpoint] {
        let view = process.views.stored(ServiceLevelView.view) { changes in
            for case let change as ClocksChanged in changes {
                seats.tell(
                    ClockNews(change.conversation, change.standing), of: change.tenant,
                    heardBy: change.audience)
            }
        }
        add(view)
        let access = tools.access
        return ServiceLevelEndpoints(
            over: view,
            .init(
                agents: { scope in
                    let here = seats.agents(of: scope.tenant)
                    var agents: [AgentID: WallAgent] = [:]
                    for member in try await access.agents(in: scope) where member.mayAnswer {
                        agents[member.id] = WallAgent(
                            id: member.id, name: member.name, isHere: here[member.id] != nil)
                    }
                    for (id, name) in here where agents[id] == nil {
                        agents[id] = WallAgent(id: id, name: name, isHere: true)
                    }
                    return Array(agents.values)
                },
                customers: { [views = process.views] conversations, scope in
                    let view = views.all.first { $0.view.name == ConversationView.view.name }
                    // Who cannot be told now is shown without a name.
                    let found = try? await view?.read { rows throws(SQLiteError) in
                        let rows = ConversationRows(rows, of: scope)
                        var customers: [ConversationID: Contact] = [:]
                        for conversation in conversations {
                            customers[conversation] = try rows.handoff(of: conversation)?.customer
                        }
                        return customers
                    }
                    return found ?? [:]
                },
                zone: { scope in
                    try await Self.zone(of: scope, in: tools.organisations)
                }, now: ProcessContext.now)
        ).endpoints
    }

    /// The rules of an organisation's time zone; Greenwich's, where it names none or its rules
    /// cannot be had.
    static func zone(
        of scope: TenantScope, in organisations: StoredView
    ) async throws(Problem) -> ZoneRules {
        let name: String?
        do throws(SQLiteError) {
            name = try await organisations.read { rows throws(SQLiteError) in
                try OrganisationRows(rows, of: scope).organisation()?.locale.timeZone
            }
        } catch {
            throw Problem(
                .init(503, "starting"), "organisations are being read; try again in a moment")
        }
        do throws(ZoneError) {
            return try ZoneDatabase.system.rules(of: name ?? "UTC")
        } catch {
            return .utc
        }
    }
}

extension ClockNews {
    /// What agents hear of a case: its clocks, or that it has none any more.
    fileprivate init(_ conversation: ConversationID, _ standing: CaseStanding?) {
        self.init(
            conversation: conversation,
            clocks: standing?.clocks.map { face in
                .init(
                    clock: face.clock, startedAt: face.startedAt, isRunning: face.isRunning,
                    due: face.due, level: face.level.rawValue)
            } ?? [])
    }
}
