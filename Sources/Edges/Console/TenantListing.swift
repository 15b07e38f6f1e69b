package import Conversation
import Endpoints
package import JSON
package import TenantDirectory

/// A tenant as the API shows it: settings, and of secrets only whether they are set.
package struct TenantListing: Hashable, Sendable, Codable {
    /// Which secrets are set.
    package struct Secrets: Hashable, Sendable, Codable {
        /// The app secret.
        package var appSecret: Bool
        /// The verify token.
        package var verifyToken: Bool
        /// The access token.
        package var accessToken: Bool
        /// The own chat model's key.
        package var modelKey: Bool
    }

    /// The tenant's own chat model.
    package struct Model: Hashable, Sendable, Codable {
        /// The server's base URL.
        package var url: String
        /// The model's name.
        package var name: String
        /// Whether the model sees pictures.
        package var seesImages: Bool?
    }

    /// The tenant.
    package var id: TenantID
    /// The business's name.
    package var name: String
    /// What the business does.
    package var about: String?
    /// The WhatsApp business account's id.
    package var account: String
    /// The business numbers.
    package var numbers: [TenantSettings.Number]
    /// Which secrets are set.
    package var secrets: Secrets
    /// The Graph API's base URL.
    package var graphURL: String
    /// The Graph API's version.
    package var graphVersion: String
    /// The tenant's own chat model.
    package var model: Model?
    /// How long the bot waits for more of a burst, in milliseconds.
    package var burstPauseMilliseconds: Int?
    /// How long a handoff may wait before it is overdue, in seconds.
    package var handoffServiceLevelSeconds: Int?
    /// How long the bot is silent after the business answered on its phone, in seconds.
    package var phoneClaimSeconds: Int?
    /// `atMostOnce` or `atLeastOnce`.
    package var unknownOutcome: String
    /// `shown` or `declined`: what becomes of what is written in groups.
    package var groups: String
    /// How many days messages are kept.
    package var messageRetentionDays: Int?
    /// The most tokens that answers by a model may cost in a day (UTC).
    package var tokensPerDay: Int?
    /// How long a model has for a turn, in milliseconds.
    package var turnMilliseconds: Int?
    /// Whether passages are put in another order by the reranking server.
    package var reranks: Bool?
    /// What came of trying the model, where it is the one that is set.
    package var modelTrial: ModelTrialListing?
    /// When the settings were changed.
    package var updatedAt: Timestamp
    /// What asks customers to write again.
    package var reopening: TenantSettings.Reopening?
    /// What keeps it from sending over WhatsApp.
    package var stops: [ChannelStopListing]?
    /// What WhatsApp last said of its account, its numbers and its templates.
    package var events: [ChannelEventListing]?

    /// Shows a tenant.
    package init(_ tenant: Tenant, channels: ChannelTable = ChannelTable()) {
        let settings = tenant.settings
        id = settings.tenant
        name = settings.name
        about = settings.about
        account = settings.account
        numbers = settings.numbers
        secrets = Secrets(
            appSecret: true, verifyToken: !tenant.verifyToken.isEmpty,
            accessToken: !tenant.accessToken.isEmpty, modelKey: tenant.modelKey != nil)
        graphURL = settings.graphURL
        graphVersion = settings.graphVersion
        model = settings.model.map { Model(url: $0.url, name: $0.name, seesImages: $0.seesImages) }
        burstPauseMilliseconds = settings.burstPauseMilliseconds
        handoffServiceLevelSeconds = settings.handoffServiceLevelSeconds
        phoneClaimSeconds = settings.phoneClaimSeconds
        unknownOutcome = (settings.unknownOutcome ?? .atMostOnce).rawValue
        groups = (settings.groups ?? .shown).rawValue
        messageRetentionDays = settings.messageRetentionDays
        tokensPerDay = settings.tokensPerDay
        turnMilliseconds = settings.turnMilliseconds
        reranks = settings.reranks
        modelTrial = settings.modelTrial.flatMap { trial in
            // Of the installation's model, the name is not known here.
            trial.isAbout(settings.model?.name ?? trial.model, at: settings.model?.url)
                ? ModelTrialListing(trial) : nil
        }
        updatedAt = settings.updatedAt
        reopening = settings.reopening
        let stops = channels.stops(of: settings.tenant).map { ChannelStopListing($0) }
        self.stops = stops.isEmpty ? nil : stops
        let events = channels.events(of: settings.tenant).map { ChannelEventListing($0) }
        self.events = events.isEmpty ? nil : events
    }
}

/// The answer to a list of tenants.
package struct TenantList: Hashable, Sendable, Codable {
    /// A tenant whose secrets cannot be opened.
    package struct Problem: Hashable, Sendable, Codable {
        /// The tenant.
        package var id: TenantID
        /// What is wrong.
        package var problem: String
    }

    /// The tenants, by id.
    package var tenants: [TenantListing]
    /// Tenants that cannot be served, with why.
    package var problems: [Problem]
    /// Where the next page begins, to be given back as it is; `nil` on the last page.
    package var next: String?
}

extension TenantListing: Described {
    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The tenant.")),
            .required("name", .text("The business's name.")),
            .optional("about", .text("What the business does.")),
            .required("account", .text("The WhatsApp business account's id.")),
            .required("numbers", .list(number, "The business numbers.")),
            .required("secrets", secrets),
            .required("graphURL", .text("The Graph API's base URL.")),
            .required("graphVersion", .text("The Graph API's version.")),
            .optional("model", model),
            .optional("burstPauseMilliseconds", .count("How long the bot waits for more.")),
            .optional("handoffServiceLevelSeconds", .count("How long a handoff may wait.")),
            .optional(
                "phoneClaimSeconds",
                .count("How long the bot is silent after an answer from the business's phone.")),
            .required(
                "unknownOutcome",
                .words(
                    ["atMostOnce", "atLeastOnce"], "What is done where nobody knows the outcome.")
            ),
            .required(
                "groups",
                .words(
                    TenantSettings.GroupRule.allCases.map(\.rawValue),
                    "What becomes of what is written in groups.")),
            .optional("messageRetentionDays", .count("How many days messages are kept.")),
            .optional("tokensPerDay", .count("The most tokens in a day.")),
            .optional("turnMilliseconds", .count("How long a model has for a turn.")),
            .optional("reranks", .boolean("Whether a server puts passages in another order.")),
            .optional("modelTrial", ModelTrialListing.schema),
            .required("updatedAt", .time("When the settings were changed.")),
            .optional("reopening", reopening),
            .optional(
                "stops",
                .list(ChannelStopListing.schema, "What keeps it from sending over WhatsApp.")),
            .optional(
                "events",
                .list(ChannelEventListing.schema, "What WhatsApp last said, newest first.")),
        ], named: "Tenant")

    private static let number = JSONSchema.object([
        .required("id", .text("The phone_number_id.")),
        .optional("display", .text("The number as people read it.")),
        .optional("messagesPerSecond", .count("The most messages a second.")),
    ])

    private static let secrets = JSONSchema.object(
        ["appSecret", "verifyToken", "accessToken", "modelKey"].map {
            .required($0, .boolean())
        }, note: "Which secrets are set.")

    private static let reopening = JSONSchema.object(
        [
            .required("template", .text("The template's name.")),
            .required("language", .text("Its language.")),
            .optional("parameters", .list(.text(), "What is filled in.")),
        ], note: "What asks customers to write again.")

    private static let model = JSONSchema.object(
        [
            .required("url", .text("The server.")), .required("name", .text("The model's name.")),
            .optional("seesImages", .boolean("Whether the model sees pictures.")),
        ],
        note: "The tenant's own chat model.")
}

extension TenantList: Described {
    static let problem = JSONSchema.object([
        .required("id", .text("The tenant.")),
        .required("problem", .text("What is wrong.")),
    ])

    package static let schema = JSONSchema.object(
        [
            .required("tenants", .list(TenantListing.schema, "The tenants, by id.")),
            .required("problems", .list(problem, "Who cannot be served, and why.")),
            .optional("next", .text("Where the next page begins; give it back as `after`.")),
        ], named: "TenantList")
}
