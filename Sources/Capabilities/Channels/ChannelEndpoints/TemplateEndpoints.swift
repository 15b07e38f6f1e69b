package import AccountCommands
import AuditRecords
package import Conversation
package import Endpoints
package import HTTPServer
package import JSON
import SQLite
import TemplateView
package import Views

/// A template, as it is listed.
package struct TemplateListing: Hashable, Sendable, Codable, Described {
    /// The name.
    package var name: String
    /// The language.
    package var language: String
    /// WhatsApp's word.
    package var status: String
    /// The category.
    package var category: String
    /// What stands above the text: `TEXT`, `IMAGE` and so on.
    package var header: String?
    /// The words of a header of text.
    package var headerText: String?
    /// The text.
    package var body: String
    /// The small line below it.
    package var footer: String?
    /// The words on its buttons.
    package var buttons: [String]
    /// What is to be filled in to the text, in its order.
    package var parameters: [String]
    /// When it was synchronised.
    package var at: Timestamp

    init(_ template: MessageTemplate) {
        name = template.name
        language = template.language
        status = template.status
        category = template.category
        header = template.parts.header?.format
        headerText = template.parts.header?.text
        body = template.parts.body
        footer = template.parts.footer
        buttons = template.parts.buttons.map(\.text)
        parameters = MessageTemplate.places(in: template.parts.body)
        at = template.at
    }

    package static let schema = JSONSchema.object(
        [
            .required("name", .text("The name, the same in all languages.")),
            .required("language", .text("The language, such as en_US.")),
            .required("status", .text("WhatsApp's word: only APPROVED ones go out.")),
            .required("category", .text("MARKETING, UTILITY or AUTHENTICATION.")),
            .optional("header", .text("What stands above the text: TEXT, IMAGE and so on.")),
            .optional("headerText", .text("The words of a header of text.")),
            .required("body", .text("The text, with {{1}} or {{name}} to be filled in.")),
            .optional("footer", .text("The small line below it.")),
            .required("buttons", .list(.text(), "The words on its buttons.")),
            .required("parameters", .list(.text(), "What is filled in to the text, in order.")),
            .required("at", .time("When it was synchronised.")),
        ], named: "Template")
}

/// The templates of a business.
package struct TemplateListings: Hashable, Sendable, Codable, Described {
    /// By name and language.
    package var templates: [TemplateListing]

    package static let schema = JSONSchema.object(
        [.required("templates", .list(TemplateListing.schema, "By name and language."))],
        named: "Templates")
}

/// A business's templates over HTTP: as they were last synchronised, and to be synchronised.
package struct TemplateEndpoints: Sendable {
    /// What templates are read and synchronised by.
    package struct Means: Sendable {
        /// The view of templates.
        package var view: StoredView
        /// Lists the templates that WhatsApp has now.
        package var fetch: @Sendable (TenantID) async throws(Problem) -> [MessageTemplate]
        /// Writes down who wants them synchronised, before it is done.
        package var note: @Sendable (Asker, TenantID) async throws(Problem) -> Void
        /// Stores what there is and what is gone, and waits until the view shows it.
        package var store:
            @Sendable (_ now: [MessageTemplate], _ gone: [MessageTemplate], TenantID)
                async throws(Problem) -> Void

        /// Names them all.
        package init(
            view: StoredView,
            fetch: @escaping @Sendable (TenantID) async throws(Problem) -> [MessageTemplate],
            note: @escaping @Sendable (Asker, TenantID) async throws(Problem) -> Void,
            store:
                @escaping @Sendable (
                    _ now: [MessageTemplate], _ gone: [MessageTemplate], TenantID
                ) async throws(Problem) -> Void
        ) {
            self.view = view
            self.fetch = fetch
            self.note = note
            self.store = store
        }
    }

    private let means: Means

    /// Answers by some means.
    package init(_ means: Means) { self.means = means }

    /// The endpoints.
    package var endpoints: [Endpoint] { [list, synchronise] }

    private static let path = "/api/v1/tenants/{tenant}/templates"

    private var list: Endpoint {
        .tenant(
            .at(
                .get, Self.path, "templates.list",
                "Lists a business's templates, as they were last synchronised."),
            may: .readConversations,
            .init(gives: Reply<TemplateListings>.self, problems: [.viewIsBuilt])
        ) { Reply(try await listings($0.scope)) }
    }

    private var synchronise: Endpoint {
        .tenant(
            .at(
                .post, Self.path + "/synchronise", "templates.synchronise",
                "Reads the templates anew that WhatsApp has of a business."),
            may: .writeSettings,
            .init(
                gives: Reply<TemplateListings>.self,
                problems: [.whatsApp, .notStored, .viewIsBuilt], repeating: .once)
        ) { call in
            let tenant = call.scope.tenant
            try await means.note(Asker(call, in: tenant), tenant)
            let now = try await means.fetch(tenant)
            let kept = Set(now.map(\.key))
            let gone = try await all(call.scope).filter { !kept.contains($0.key) }
            try await means.store(now, gone, tenant)
            return Reply(try await listings(call.scope))
        }
    }

    private func all(_ scope: TenantScope) async throws(Problem) -> [MessageTemplate] {
        do throws(SQLiteError) {
            return try await means.view.read { rows throws(SQLiteError) in
                try TemplateRows(rows, of: scope).all()
            }
        } catch {
            throw Problem(.viewIsBuilt, "the templates are being read anew; ask again in a moment")
        }
    }

    private func listings(_ scope: TenantScope) async throws(Problem) -> TemplateListings {
        TemplateListings(templates: try await all(scope).map { TemplateListing($0) })
    }
}

extension TenantPermission {
    // A template holds no word of a customer's; who may read what was said may read what can be.
    static let readConversations = Self("conversations:read", isForAgents: true)
    static let writeSettings = Self("settings:write")
}

extension Problem.Kind {
    static let viewIsBuilt = Self(503, "starting")
    /// WhatsApp refused, or could not be reached.
    package static let whatsApp = Self(502, "whatsapp")
}
