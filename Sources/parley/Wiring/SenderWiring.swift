import Conversation
import Records
import SenderStage
import StageRuntime
import Synchronization
import TenantDirectory
import TenantKeys
import WhatsAppCloudAPI

/// Wires the sender to WhatsApp's Graph API.
func senderRunner(
    _ process: ProcessContext, over uploads: MediaUploads
) -> StageRunner<SenderStage> {
    let edge = SendEdge(process, uploads)
    return process.runner(process.designs.sender()) { call, _ in await edge.perform(call) }
}

/// The sender's edge: what all conversations of a process share before and after a call.
private final class SendEdge: Sendable {
    /// How long a message waits for its tenant's key: it is on its way here.
    private static let keyWait = Duration.seconds(1)

    private let tenants: TenantDirectory
    private let channels: ChannelTable
    private let keys: KeyTable
    private let endpoint: MessagesEndpoint
    private let gate: Mutex<SendGate>
    private let uploads: MediaUploads

    init(_ process: ProcessContext, _ uploads: MediaUploads) {
        self.uploads = uploads
        tenants = process.tenants
        channels = process.channels
        gate = Mutex(SendGate(processes: process.place.replicas))
        keys = process.tenantKeys.table
        endpoint = MessagesEndpoint(over: process.http, addressRule: process.addressRule)
    }

    func perform(_ call: SenderCall) async -> SenderAnswer {
        switch call {
        case .send(let request): await send(request)
        case .mark(let request): .marked(await mark(request))
        }
    }

    private func send(_ request: SendRequest) async -> SenderAnswer {
        guard let (tenant, sender) = sender(request.tenant, request.number) else {
            return .unknownTenant(because: "number \(request.number) belongs to no tenant")
        }
        let now = ProcessContext.now()
        // Without its key nobody could say what WhatsApp's answer names.
        let key: TenantKey
        do throws(RecordError) {
            key = try keys.namingKey(of: request.tenant)
        } catch {
            guard error.kind == .keyUnknown else {
                return .unknownTenant(because: "the tenant's key was destroyed")
            }
            return .held(
                until: now + Self.keyWait, because: "the tenant's key is not known here yet")
        }
        let stops = channels.stops(of: request.tenant)
        let admission = gate.withLock { gate in
            gate.follow(stops, of: sender)
            return gate.admit(sender, at: now)
        }
        switch admission {
        case .held(let until, let reason, let stop, let knowing):
            return .held(until: until, because: reason, stop: stop, knowing: knowing)
        case .go(let wait):
            // Cancelled: the call that follows fails by itself.
            if wait > .zero { try? await Task.sleep(for: wait) }
        }
        let outcome = await send(request, through: access(tenant, request.number))
        switch outcome {
        case .accepted(let wamid):
            let endsStop = gate.withLock { $0.accepted(sender) }
            return .accepted(
                key.message(wamid), wamid: wamid, endsStop: endsStop ? true : nil)
        case .refused(let error):
            gate.withLock { $0.refused(sender, error, at: ProcessContext.now()) }
            return .refused(error)
        case .notSent(let reason): return .notSent(because: reason)
        case .unknown(let reason): return .unknown(because: reason)
        }
    }

    /// Sends a message once its files are with WhatsApp.
    ///
    /// Where WhatsApp does not know a file any more it took no message, so that it may be asked
    /// again with the file given to it anew.
    private func send(
        _ request: SendRequest, through access: GraphAccess
    ) async -> SendOutcome {
        var anew: [String] = []
        while true {
            switch await uploads.prepare(
                request.content, of: request.tenant, through: access, anew: anew)
            {
            case .refused(let error): return .refused(error)
            case .notSent(let reason): return .notSent(because: reason)
            case .ready(let content, let reused):
                let outcome = await endpoint.send(
                    content, to: request.recipient,
                    callbackData: request.attempt.description, through: access)
                guard case .refused(let error) = outcome, error.mayNameMedium, !reused.isEmpty
                else { return outcome }
                anew = reused
            }
        }
    }

    private func mark(_ request: MarkRequest) async -> Bool {
        guard let (tenant, _) = sender(request.tenant, request.number) else { return false }
        return await endpoint.mark(
            request.message, typing: request.typing, through: access(tenant, request.number))
    }

    private func sender(
        _ id: TenantID, _ number: BusinessNumberID
    ) -> (Tenant, SendGate.Sender)? {
        guard let tenant = tenants.tenant(id),
            let own = tenant.settings.numbers.first(where: { $0.id == number })
        else { return nil }
        let sender = SendGate.Sender(
            tenant: id, account: tenant.settings.account, number: number,
            messagesPerSecond: own.messagesPerSecond ?? SendGate.standardMessagesPerSecond)
        return (tenant, sender)
    }

    private func access(_ tenant: Tenant, _ number: BusinessNumberID) -> GraphAccess {
        GraphAccess(
            baseURL: tenant.settings.graphURL, version: tenant.settings.graphVersion,
            number: number, token: tenant.accessToken)
    }
}
