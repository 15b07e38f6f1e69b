import AccountCommands
import AuditRecords
package import Conversation
import ConversationView
import Endpoints
import HTTPServer
package import JSON
import Records
import SQLite
import TenantKeys

/// Who is whom over HTTP: what links a customer's names and conversations, and undoing it.
struct LinkRoutes: Sendable {
    let context: ConsoleContext

    private static let path = "/api/v1/tenants/{tenant}/conversations/{conversation}/links"

    /// The endpoints.
    var endpoints: [Endpoint] { [list, undo] }

    private var list: Endpoint {
        .tenant(
            .at(
                .get, Self.path, "links.list",
                "Tells under which names a customer is known, and what was joined because of it."),
            may: .readConversations,
            .init(
                takes: LinksParameters.self, gives: Reply<CustomerLinks>.self,
                problems: [.noConversation])
        ) { call in
            let found = try await find(call.parameters.conversation, call.scope)
            return Reply(CustomerLinks(found.customer, by: found.name))
        }
    }

    private var undo: Endpoint {
        .tenant(
            .at(
                .delete, Self.path + "/{link}", "links.undo",
                "Takes a name, or a joined conversation, out of a customer's conversation."),
            may: .answerConversations,
            .init(
                takes: LinkParameters.self, gives: Reply<UndoneLink>.self, [202],
                problems: [.noConversation, .noLink, .onlyLink, .notStored])
        ) { call in
            let wanted = call.parameters
            let tenant = call.scope.tenant
            let found = try await find(wanted.conversation, call.scope)
            let links = CustomerLinks(found.customer, by: found.name)
            guard let link = links.links.first(where: { $0.id == wanted.link }) else {
                throw Problem(.noLink, "this conversation has no link \(wanted.link)")
            }
            let id = try context.records.freshID()
            let sighting = links.undoing(
                link, of: found.customer, in: tenant, by: MessageID(id.rawValue),
                at: context.records.now(), found.name)
            guard let sighting else {
                throw Problem(
                    .onlyLink, "it is the only name of this customer, and there is nothing to undo")
            }
            try await context.append([
                context.records.record(sighting, id: id),
                context.records.audit(
                    "link.undo", on: AuditTarget("conversation", links.conversation.rawValue),
                    in: tenant, for: Asker(call, in: tenant),
                    changes: [AuditChange("link", link.id.rawValue, nil)]),
            ])
            return Reply(
                UndoneLink(conversation: links.conversation, link: link.id), status: 202)
        }
    }

    private struct Found {
        var customer: CustomerConversations
        var name: CustomerLinks.Naming
    }

    private func find(
        _ conversation: ConversationID, _ scope: TenantScope
    ) async throws(Problem) -> Found {
        let customer = try await context.conversations.answer { rows throws(SQLiteError) in
            try ConversationRows(rows, of: scope).customer(of: conversation)
        }
        // One that is known by its handoff alone bears no number, and so no names.
        guard let customer, let number = customer.standing.number else {
            throw Problem(.noConversation, "this tenant has no conversation \(conversation)")
        }
        let naming = context.options.naming
        do throws(RecordError) {
            let key = try naming.namingKey(of: scope.tenant)
            return Found(customer: customer) {
                naming.conversation(number, identity: $0, under: key)
            }
        } catch {
            throw Problem(
                .starting, "the tenant's key is not known here yet; try again in a moment")
        }
    }
}

extension Problem.Kind {
    static let noLink = Self(404, "no_link")
    static let onlyLink = Self(409, "only_link")
}

/// Whose links are wanted.
package struct LinksParameters: Described, Decodable, Hashable {
    var conversation: ConversationID

    package static let schema = JSONSchema.object([
        .required("conversation", .id("The conversation."))
    ])
}

/// Which link is meant.
package struct LinkParameters: Described, Decodable, Hashable {
    var conversation: ConversationID
    var link: ConversationID

    package static let schema = JSONSchema.object([
        .required("conversation", .id("The conversation.")),
        .required("link", .id("The link, as the list of them names it.")),
    ])
}

/// The answer to a link's undoing, which conversations follow in a moment.
package struct UndoneLink: Hashable, Sendable, Codable, Described {
    /// Where the link led to.
    package var conversation: ConversationID
    /// The link.
    package var link: ConversationID

    package static let schema = JSONSchema.object(
        [
            .required("conversation", .text("Where the link led to.")),
            .required("link", .text("The link that is undone.")),
        ], named: "UndoneLink")
}
