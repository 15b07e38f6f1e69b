import Conversation
import Endpoints
import HTTPServer
import NetworkAddress
import Permissions
import RateLimits
import Synchronization

/// Counts requests by network, caller and tenant, and refuses what is too many.
final class RateGate: Sendable {
    /// What the limits that a request met said, by their names.
    typealias Verdicts = [(name: String, verdict: RateLimitVerdict)]

    private struct State {
        var address: RateLimiter<AddressRange>
        var caller: RateLimiter<String>
        var tenant: RateLimiter<TenantID>
    }

    private let state: Mutex<State>

    init(_ limits: ConsoleLimits) {
        state = Mutex(
            State(
                address: RateLimiter(limits.address, mostKeys: limits.remembered),
                caller: RateLimiter(limits.caller, mostKeys: limits.remembered),
                tenant: RateLimiter(limits.tenant, mostKeys: limits.remembered)))
    }

    /// Counts a request from an address by a caller about a tenant.
    ///
    /// What one limit refuses, the others do not count.
    func take(
        from address: IPAddress?, by caller: Principal, about tenant: TenantID?, at now: Timestamp
    ) -> Verdicts {
        if case .key = caller { return [] }
        let network = address.flatMap { $0.isLoopback ? nil : $0.network }
        return state.withLock { state in
            var verdicts: Verdicts = []
            if let network {
                verdicts.append(("address", state.address.take(network, at: now)))
            }
            if verdicts.allSatisfy(\.verdict.isAllowed), let name = caller.counted {
                verdicts.append(("caller", state.caller.take(name, at: now)))
            }
            // A stranger's requests are no tenant's.
            if verdicts.allSatisfy(\.verdict.isAllowed), let tenant, caller.isOf(tenant) {
                verdicts.append(("tenant", state.tenant.take(tenant, at: now)))
            }
            return verdicts
        }
    }
}

extension Principal {
    /// The name that is counted.
    fileprivate var counted: String? {
        switch self {
        case .nobody, .key: nil
        case .agent(let agent): "agent/\(agent.tenant)/\(agent.id)"
        case .person, .program: caller
        }
    }

    /// Whether they ask for a tenant that they belong to.
    fileprivate func isOf(_ tenant: TenantID) -> Bool {
        switch self {
        case .nobody, .key: false
        case .agent(let agent): agent.tenant == tenant
        case .person(let person): person.access.tenants[tenant] != nil
        case .program(let program): program.access.tenants[tenant] != nil
        }
    }
}

extension IPAddress {
    /// Whether it is this machine itself.
    fileprivate var isLoopback: Bool {
        let bytes = unmapped.bytes
        return bytes.count == 4
            ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }
}
