import Conversation
import Endpoints
import FoundationEssentials
import HTTPServer
package import JSON
import NetworkAddress

/// A tenant as a caller describes it; secrets come in and never go out again.
package struct TenantRequest: Hashable, Sendable, Codable {
    /// A chat model of the tenant's own.
    package struct Model: Hashable, Sendable, Codable {
        /// The OpenAI-compatible server's base URL.
        package var url: String?
        /// The model's name.
        package var name: String?
        /// The server's key.
        package var key: String?
        /// Whether the model sees pictures.
        package var seesImages: Bool?

        /// Describes a model.
        package init(
            url: String?, name: String?, key: String? = nil, seesImages: Bool? = nil
        ) {
            self.url = url
            self.name = name
            self.key = key
            self.seesImages = seesImages
        }
    }

    /// A business number.
    package struct Number: Hashable, Sendable, Codable {
        /// WhatsApp's `phone_number_id`.
        package var id: String?
        /// The number as people read it.
        package var display: String?
        /// The most messages a second.
        package var messagesPerSecond: Int?

        /// Describes a number.
        package init(id: String?, display: String? = nil, messagesPerSecond: Int? = nil) {
            self.id = id
            self.display = display
            self.messagesPerSecond = messagesPerSecond
        }
    }

    /// A template that asks customers to write again.
    package struct Reopening: Hashable, Sendable, Codable {
        /// The template's name.
        package var template: String?
        /// Its language.
        package var language: String?
        /// What is filled in to its text.
        package var parameters: [String]?

        /// Describes a wish.
        package init(template: String?, language: String?, parameters: [String]? = nil) {
            self.template = template
            self.language = language
            self.parameters = parameters
        }

        /// The same in the settings; `nil` for one that says too little.
        var settings: TenantSettings.Reopening? {
            guard let template, let language else { return nil }
            return .init(template: template, language: language, parameters: parameters)
        }
    }

    /// The tenant's id, such as `bicicletas-sol`.
    package var id: String?
    /// The business's name.
    package var name: String?
    /// What the business does.
    package var about: String?
    /// The WhatsApp business account's id.
    package var account: String?
    /// The business numbers.
    package var numbers: [Number]?
    /// The app secret, which signs webhooks.
    package var appSecret: String?
    /// The token that Meta shows when it verifies the webhook's URL.
    package var verifyToken: String?
    /// The token that sends.
    package var accessToken: String?
    /// The Graph API's base URL; Meta's own if missing.
    package var graphURL: String?
    /// The Graph API's version, such as `v26.0`.
    package var graphVersion: String?
    /// A chat model of the tenant's own.
    package var model: Model?
    /// How long the bot waits for more of a burst, in milliseconds.
    package var burstPauseMilliseconds: Int?
    /// How long a handoff may wait before it is overdue, in seconds.
    package var handoffServiceLevelSeconds: Int?
    /// How long the bot is silent after the business answered on its phone, in seconds.
    package var phoneClaimSeconds: Int?
    /// `atMostOnce` or `atLeastOnce`.
    package var unknownOutcome: String?
    /// How many days messages are kept.
    package var messageRetentionDays: Int?
    /// The most tokens that its answers may cost in a day (UTC).
    package var tokensPerDay: Int?
    /// How long a model has for a turn, in milliseconds.
    package var turnMilliseconds: Int?
    /// Whether passages are put in another order by the installation's reranking server.
    package var reranks: Bool?
    /// What asks customers to write again, once the window has closed over a message.
    package var reopening: Reopening?
    /// `shown` or `declined`: what becomes of what is written in groups.
    package var groups: String?
    /// Optional settings that a change takes away, by their names here.
    package var without: [String]?

    /// Describes nothing yet.
    package init() {}
}

/// A tenant that is connected: everything that a tenant cannot be without must be there.
package struct NewTenant: Described, Decodable {
    /// The tenant as described.
    package let request: TenantRequest

    /// Reads a tenant.
    package init(from decoder: any Decoder) throws { request = try TenantRequest(from: decoder) }

    package static let schema = TenantRequest.form(
        named: "NewTenant",
        requiring: ["id", "name", "account", "numbers", "appSecret", "verifyToken", "accessToken"])
}

extension TenantRequest: Described {
    /// What is left out stays as it is.
    package static let schema = form(named: "ChangedTenant", requiring: [])

    /// The settings that a tenant can be without.
    static let removable = [
        "about", "model", "burstPauseMilliseconds", "handoffServiceLevelSeconds",
        "phoneClaimSeconds", "unknownOutcome", "messageRetentionDays", "reopening",
        "groups", "tokensPerDay", "turnMilliseconds", "reranks",
    ]

    /// The form of ids that fit URLs and file names everywhere.
    static func slug(_ note: String) -> JSONSchema {
        .text(
            note, 1...63, pattern: "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?",
            rule: "1 to 63 of a-z, 0-9 and - (not at either end)")
    }

    fileprivate static func form(named name: String, requiring required: Set<String>)
        -> JSONSchema
    {
        let fields: [(String, JSONSchema)] = [
            ("id", slug("The tenant's id.")),
            ("name", .text("The business's name.", 1...100)),
            ("about", .text("What the business does.", 0...1_000)),
            ("account", metaID("The WhatsApp business account's id.")),
            ("numbers", .list(number, "The business numbers.", 1...100)),
            ("appSecret", secret("What signs webhooks.")),
            ("verifyToken", secret("What Meta shows when it verifies the webhook.")),
            ("accessToken", secret("What sends.")),
            ("graphURL", url("The Graph API's base URL.")),
            (
                "graphVersion",
                .text(
                    "The Graph API's version.", 4...8, pattern: #"v[0-9]{1,3}\.[0-9]{1,3}"#,
                    rule: "a version such as v26.0")
            ),
            ("model", required.isEmpty ? changedModel : model),
            ("reopening", reopening),
            ("without", .list(.words(removable), "Settings that are taken away.", 0...12)),
            (
                "burstPauseMilliseconds",
                .integer("How long the bot waits for more of a burst.", 0...60_000)
            ),
            (
                "handoffServiceLevelSeconds",
                .integer("How long a handoff may wait before it is overdue.", 1...604_800)
            ),
            (
                "phoneClaimSeconds",
                .integer(
                    "How long the bot is silent after the business answered on its phone; 0 for "
                        + "not at all.", 0...TenantSettings.longestPhoneClaimSeconds)
            ),
            (
                "unknownOutcome",
                .words(
                    ["atMostOnce", "atLeastOnce"], "What is done where nobody knows the outcome.")
            ),
            (
                "groups",
                .words(
                    TenantSettings.GroupRule.allCases.map(\.rawValue),
                    "What becomes of what is written in groups.")
            ),
            (
                "messageRetentionDays",
                .integer("How many days messages are kept.", 1...TenantSettings.longestMessageDays)
            ),
        ]
        return .object(
            (fields + answering).map { .init($0, $1, isRequired: required.contains($0)) },
            named: name,
            examples: [
                [
                    "id": "bicicletas-sol", "name": "Bicicletas Sol", "account": "987000000000001",
                    "numbers": [["id": "987000000000014", "display": "+34 600 111 222"]],
                    "appSecret": "an-app-secret", "verifyToken": "a-verify-token",
                    "accessToken": "an-access-token",
                ]
            ])
    }

    /// What bounds and changes answers.
    private static let answering: [(String, JSONSchema)] = [
        (
            "tokensPerDay",
            .integer(
                "The most tokens that answers by a model may cost in a day (UTC); then the "
                    + "built-in answerer answers.", 0...1_000_000_000)
        ),
        (
            "turnMilliseconds",
            .integer("How long a model has for a turn.", 1_000...600_000)
        ),
        (
            "reranks",
            .boolean(
                "Whether the installation's reranking server puts passages in another order.")
        ),
    ]

    private static let number = JSONSchema.object([
        .required("id", metaID("The phone_number_id, not a phone number with +.")),
        .optional("display", .text("The number as people read it.", 0...100)),
        .optional("messagesPerSecond", .integer("The most messages a second.", 1...1_000)),
    ])

    private static let model = JSONSchema.object(
        [
            .required("url", url("The server's base URL.")),
            .required("name", .text("The model's name.", 1...200)),
            .optional("key", secret("The server's key.")),
            .optional("seesImages", .boolean("Whether the model sees pictures.")),
        ], note: "A chat model of the tenant's own.")

    private static let reopening = JSONSchema.object(
        [
            .required(
                "template",
                .text(
                    "The template's name.", 1...512, pattern: "[a-z0-9_]+",
                    rule: "lower-case letters, digits and _")),
            .required(
                "language",
                .text(
                    "Its language, such as es or en_US.", 2...20, pattern: "[A-Za-z_]+",
                    rule: "a language as WhatsApp writes it, such as es or en_US")),
            .optional("parameters", .list(.text("", 1...1_024), "What is filled in.", 0...20)),
        ], note: "What asks customers to write again, once the window closed over a message.")

    private static let changedModel = JSONSchema.object(
        [
            .optional("url", url("The server's base URL.")),
            .optional("name", .text("The model's name.", 1...200)),
            .optional("key", secret("The server's key.")),
            .optional("seesImages", .boolean("Whether the model sees pictures.")),
        ], note: "A chat model of the tenant's own; what is left out stays.")

    private static func metaID(_ note: String) -> JSONSchema {
        .text(
            note, 1...64, pattern: "[A-Za-z0-9._-]+",
            rule: "an id of Meta's: a phone_number_id has no +, an account is its number")
    }

    private static func secret(_ note: String) -> JSONSchema {
        .text(
            note, 1...4_096, pattern: "[!-~]+",
            rule: "1 to 4096 characters of ASCII without spaces or line breaks")
    }

    private static func url(_ note: String) -> JSONSchema {
        .text(
            note, 1...2_000,
            pattern: #"https?://(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])"#
                + #"(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?"#,
            rule: "a URL such as https://graph.facebook.com, and no more")
    }
}

extension TenantRequest {
    /// What no schema says: parts that do not go together.
    func problems(allowingPrivateURLs: Bool) -> [Problem.Part] {
        var parts: [Problem.Part] = []
        if id == TenantID.installation.rawValue {
            parts.append(.init(.pointer("/id"), "reserved", "no business may be called so"))
        }
        for (pointer, name, text) in [
            ("/graphURL", "graphURL", graphURL), ("/model/url", "model.url", model?.url),
        ] {
            guard let text, !allowingPrivateURLs else { continue }
            guard let url = URLComponents(string: text), let host = url.host else { continue }
            // Later, the connection would be refused, and nobody would know why nothing goes out.
            if HostName.isPrivate(host) {
                parts.append(
                    .init(
                        .pointer(pointer), "private_address",
                        "\(name) leads to this machine or into a private network, which this "
                            + "installation does not allow (--allow-private-urls does)"))
            } else if url.scheme?.lowercased() != "https" {
                parts.append(.init(.pointer(pointer), "not_https", "\(name) has to be https"))
            }
        }
        return parts
    }

    /// What a change comes to, as a whole: what it leaves out is as before.
    func completed(by old: TenantSettings) -> TenantRequest {
        var whole = self
        let gone = Set(without ?? [])
        func kept<Value>(_ name: String, _ new: Value?, _ before: Value?) -> Value? {
            new ?? (gone.contains(name) ? nil : before)
        }
        whole.name = name ?? old.name
        whole.about = kept("about", about, old.about)
        whole.account = account ?? old.account
        whole.numbers = (numbers ?? old.numbers.map { .init(id: $0.id.rawValue) }).map { number in
            var number = number
            let before = old.numbers.first { $0.id.rawValue == number.id }
            number.display = number.display ?? before?.display
            number.messagesPerSecond = number.messagesPerSecond ?? before?.messagesPerSecond
            return number
        }
        whole.graphURL = graphURL ?? old.graphURL
        whole.graphVersion = graphVersion ?? old.graphVersion
        let before = old.model.map {
            Model(url: $0.url, name: $0.name, seesImages: $0.seesImages)
        }
        whole.model = kept("model", model, before).map { model in
            Model(
                url: model.url ?? before?.url, name: model.name ?? before?.name, key: model.key,
                seesImages: model.seesImages ?? before?.seesImages)
        }
        whole.reopening = kept(
            "reopening", reopening,
            old.reopening.map {
                .init(template: $0.template, language: $0.language, parameters: $0.parameters)
            })
        whole.burstPauseMilliseconds = kept(
            "burstPauseMilliseconds", burstPauseMilliseconds, old.burstPauseMilliseconds)
        whole.handoffServiceLevelSeconds = kept(
            "handoffServiceLevelSeconds", handoffServiceLevelSeconds,
            old.handoffServiceLevelSeconds)
        whole.phoneClaimSeconds = kept(
            "phoneClaimSeconds", phoneClaimSeconds, old.phoneClaimSeconds)
        whole.unknownOutcome = kept(
            "unknownOutcome", unknownOutcome, old.unknownOutcome?.rawValue)
        whole.groups = kept("groups", groups, old.groups?.rawValue)
        whole.tokensPerDay = kept("tokensPerDay", tokensPerDay, old.tokensPerDay)
        whole.turnMilliseconds = kept(
            "turnMilliseconds", turnMilliseconds, old.turnMilliseconds)
        whole.reranks = kept("reranks", reranks, old.reranks)
        whole.messageRetentionDays = kept(
            "messageRetentionDays", messageRetentionDays, old.messageRetentionDays)
        return whole
    }

    /// What a tenant cannot be without and this does not say.
    var missing: [Problem.Part] {
        var parts: [Problem.Part] = []
        for (name, isMissing) in [
            ("name", name == nil), ("account", account == nil),
            ("numbers", (numbers ?? []).isEmpty),
            ("model/url", model != nil && model?.url == nil),
            ("model/name", model != nil && model?.name == nil),
        ] where isMissing {
            parts.append(.init(.pointer("/\(name)"), "missing", "\(name) is missing"))
        }
        return parts
    }
}
