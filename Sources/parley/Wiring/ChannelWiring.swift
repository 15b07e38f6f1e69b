import AccountCommands
import AuditEndpoints
import AuditRecords
import ChannelEndpoints
import Conversation
import Cryptography
import Endpoints
import EventLog
import HTTPServer
import Records
import TemplateView
import TenantDirectory
import Views
import WhatsAppCloudAPI

extension StageParts {
    /// Adds a business's line to WhatsApp: what is tried of it, and its templates.
    mutating func addChannels(
        _ process: ProcessContext, _ writer: AuditWriter, _ options: ProcessOptions
    ) async throws -> [Endpoint] {
        let templates = process.views.stored(TemplateView.view)
        add(templates)
        let trying = ChannelTrying(process: process, data: options.data)
        let keeping = TemplateKeeping(
            process: process, view: templates,
            appender: try await process.log.openAppender())
        return ChannelEndpoints(trying: { await trying.all($0) }).endpoints
            + TemplateEndpoints(
                .init(
                    view: templates,
                    fetch: { tenant throws(Problem) in try await keeping.fetch(tenant) },
                    note: { asker, tenant throws(Problem) in
                        try await writer.write(
                            "templates.synchronise",
                            on: AuditTarget("templates", tenant.rawValue), in: tenant, for: asker)
                    },
                    store: { changed, gone, tenant throws(Problem) in
                        try await keeping.store(changed, gone, in: tenant)
                    })
            ).endpoints
    }
}

/// Templates, from WhatsApp into the log.
private struct TemplateKeeping: Sendable {
    /// How long a change may take to be visible.
    private static let visibilityWait = Duration.seconds(10)

    let process: ProcessContext
    let view: StoredView
    let appender: any EventLogAppender

    func fetch(_ id: TenantID) async throws(Problem) -> [MessageTemplate] {
        guard let tenant = process.tenants.tenant(id), let number = tenant.settings.numbers.first
        else {
            throw Problem(.whatsApp, "no WhatsApp number is connected yet")
        }
        let access = GraphAccess(
            baseURL: tenant.settings.graphURL, version: tenant.settings.graphVersion,
            number: number.id, token: tenant.accessToken)
        do throws(CloudAPIError) {
            let now = ProcessContext.now()
            return try await AccountEndpoint(
                over: process.http, addressRule: process.addressRule
            ).templates(account: tenant.settings.account, through: access)
                .compactMap { MessageTemplate($0, of: id, at: now) }
        } catch {
            if case .graph(let graph) = error {
                throw Problem(
                    .whatsApp,
                    "WhatsApp answered with error \(graph.code): \(graph.entry.meaning). "
                        + graph.entry.remedy)
            }
            throw Problem(.whatsApp, error.description)
        }
    }

    /// Stores what there is and what is gone, and waits until the view shows it.
    func store(
        _ changed: [MessageTemplate], _ gone: [MessageTemplate], in tenant: TenantID
    ) async throws(Problem) {
        guard !changed.isEmpty || !gone.isEmpty else { return }
        let records: [Record]
        let last: RecordID
        do {
            let act = Hex.encode(try RandomBytes.make(count: 16))
            func headers(_ key: String, _ index: Int) -> RecordHeaders {
                let id = RecordID.derived(from: RecordID(act), by: "templates", index: index)
                return RecordHeaders(
                    id: id, type: MessageTemplate.type, source: "console",
                    time: ProcessContext.now(), subject: key, correlation: id, causation: id,
                    tenant: tenant)
            }
            records =
                try changed.enumerated().map {
                    try process.envelope.record($1, headers: headers($1.key, $0))
                }
                + gone.enumerated().map { index, template in
                    process.envelope.tombstone(
                        topic: MessageTemplate.topic, key: template.key,
                        headers: headers(template.key, changed.count + index))
                }
            last = RecordID.derived(
                from: RecordID(act), by: "templates", index: changed.count + gone.count - 1)
        } catch {
            throw Problem(.notStored, "nothing was stored: \(error)")
        }
        let expectation = view.applied.expect { $0 == last }
        do throws(EventLogError) {
            try await appender.append(records)
        } catch {
            view.applied.forget(expectation)
            throw Problem(.notStored, "nothing was stored: \(error.description)")
        }
        _ = await view.applied.event(expectation, within: Self.visibilityWait)
    }
}
