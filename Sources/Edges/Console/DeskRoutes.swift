import AccountAccess
package import Conversation
import Endpoints
import HTTPServer
package import JSON
import WebSocket

extension HandoffRoutes {
    /// How whoever is signed in comes to the desk.
    var desk: Endpoint {
        .tenant(
            .at(
                .post, "/api/v1/tenants/{tenant}/desk/tickets", "desk.enter",
                "Issues a ticket that opens the agents' WebSocket for whoever is signed in."),
            may: .readHandoffs,
            .init(gives: Reply<DeskTicket>.self, [201], problems: [.noAgent])
        ) { call in
            let agent: Principal.Agent
            switch call.principal {
            case .agent, .nobody:
                throw Problem(.noAgent, "a ticket gives no other ticket: sign in")
            case .person(let person):
                agent = Principal.Agent(person, of: call.scope.tenant)
            case .key, .program:
                // A key has no name that a customer's transcript could bear.
                agent = Principal.Agent(id: "key", name: "key", tenant: call.scope.tenant)
            }
            let pass = pass(agent, call)
            let token = try access.tickets.issue(
                for: pass, forSocketAlone: true, at: context.records.now())
            let standing = await pass.standing()
            return Reply(
                DeskTicket(
                    agent: agent.id, name: agent.name, mayAnswer: standing == .answers,
                    protocols: [AgentSession.subprotocol, ConsoleAccess.ticketPrefix + token]),
                status: 201)
        }
    }

    private func pass<Parameters, Body>(
        _ agent: Principal.Agent, _ call: Call<TenantScope, Parameters, Body>
    ) -> AgentTickets.Pass {
        let (access, principal, request) = (access, call.principal, call.request)
        let tenant = call.scope.tenant
        let standing: @Sendable () async -> AgentTickets.Standing = {
            do throws(Problem) {
                let present = try await access.present(principal, knownBy: request)
                let place = try await access.place(of: tenant)
                func may(_ permission: TenantPermission) throws(Problem) {
                    _ = try Authorizer.scope(
                        of: tenant, for: present, needing: permission, at: place)
                }
                try may(.readHandoffs)
                guard present.asAgent(of: tenant) != nil else { return .looksOn }
                do throws(Problem) { try may(.answerConversations) } catch { return .looksOn }
                return .answers
            } catch {
                // What cannot be told at this moment changes nothing, and nothing is done by it.
                return [401, 403, 404].contains(error.kind.status) ? .gone : .looksOn
            }
        }
        return AgentTickets.Pass(
            agent: agent, standing: standing, watch: watcher(of: call.principal))
    }

    /// Looks again whenever what somebody may is perhaps another.
    private func watcher(
        of principal: Principal
    ) -> @Sendable (@escaping @Sendable () -> Void) -> @Sendable () -> Void {
        guard let watch = context.options.accounts?.parts.watch else { return { _ in {} } }
        return { look in
            let seats: [AccountWatch.Seat]
            switch principal {
            case .person(let person):
                // Who acts as somebody does so until that is stopped, and no longer.
                seats = ([person.account] + (person.impersonator.map { [$0] } ?? [])).map {
                    watch.watch(
                        $0, everyRounds: person.impersonator == nil ? Self.rounds : 1, look)
                }
            case .program: seats = [watch.watchEverybody(everyRounds: Self.rounds, look)]
            // The installation's key and an agent's ticket are what they were.
            case .key, .agent, .nobody: seats = []
            }
            return { for seat in seats { watch.leave(seat) } }
        }
    }

    /// Rounds after which what ends by time alone is looked at: with many open sockets, each
    /// look counts.
    private static let rounds = 6
}

extension Principal {
    /// Who answers customers in a tenant's name; `nil` for keys, and for operators who act as
    /// somebody: a customer is told who writes.
    func asAgent(of tenant: TenantID) -> Agent? {
        switch self {
        case .agent(let agent): agent
        case .person(let person) where person.impersonator == nil: Agent(person, of: tenant)
        case .nobody, .key, .program, .person: nil
        }
    }
}

extension Principal.Agent {
    /// A person of a tenant's team, under the account's name.
    init(_ person: Principal.Person, of tenant: TenantID) {
        self.init(
            id: AgentID(person.account.rawValue), name: person.name, tenant: tenant)
    }
}

/// A ticket by which whoever is signed in opens the agents' WebSocket, within half a minute.
package struct DeskTicket: Hashable, Codable, Sendable, Described {
    /// Who they are as an agent.
    package var agent: AgentID
    /// What colleagues see.
    package var name: String
    /// Whether they may answer customers, or look on alone.
    package var mayAnswer: Bool
    /// What to offer as subprotocols.
    package var protocols: [String]

    package static let schema = JSONSchema.object(
        [
            .required("agent", .text("Who they are as an agent.")),
            .required("name", .text("What colleagues see.")),
            .required("mayAnswer", .boolean("Whether they answer customers, or look on.")),
            .required("protocols", .list(.text(), "What to offer as subprotocols.")),
        ], named: "DeskTicket")
}
