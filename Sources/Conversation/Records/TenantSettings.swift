package import OpeningHours

/// A tenant's settings.
///
/// Compacted, by tenant; a tombstone removes the tenant.
package struct TenantSettings: Payload {
    package static let type = "parley.tenant"
    package static let topic = Topic.tenants
    package static let personal: [FieldPath] = []

    /// A secret that only the installation's key ring opens.
    package struct Sealed: Hashable, Sendable, Codable {
        /// Which key of the ring sealed it.
        package var keyID: String
        /// Nonce, cipher text and tag, base64.
        package var box: String

        /// Holds a sealed secret.
        package init(keyID: String, box: String) {
            self.keyID = keyID
            self.box = box
        }
    }

    /// A business number of the tenant.
    package struct Number: Hashable, Sendable, Codable {
        /// WhatsApp's `phone_number_id`.
        package var id: BusinessNumberID
        /// The number as people read it.
        package var display: String?
        /// The most messages a second, in and out (80 unless WhatsApp raised it).
        package var messagesPerSecond: Int?

        /// Describes a number.
        package init(id: BusinessNumberID, display: String? = nil, messagesPerSecond: Int? = nil) {
            self.id = id
            self.display = display
            self.messagesPerSecond = messagesPerSecond
        }
    }

    /// A chat model of the tenant's own.
    package struct Model: Hashable, Sendable, Codable {
        /// The OpenAI-compatible server's base URL.
        package var url: String
        /// The model's name.
        package var name: String
        /// The server's key.
        package var key: Sealed?
        /// Whether the model sees pictures; no unless told so.
        package var seesImages: Bool?

        /// Describes a model.
        package init(
            url: String, name: String, key: Sealed? = nil, seesImages: Bool? = nil
        ) {
            self.url = url
            self.name = name
            self.key = key
            self.seesImages = seesImages
        }
    }

    /// What to do when it stays unknown whether a message was taken.
    package enum UnknownOutcome: String, Hashable, Sendable, Codable {
        /// Never send twice: give it up and tell a person.
        case atMostOnce
        /// Never lose it: send again, perhaps twice.
        case atLeastOnce
    }

    /// What becomes of what is written in groups, which is never answered.
    package enum GroupRule: String, Hashable, Sendable, Codable, CaseIterable {
        /// A group is a conversation of its own, there to be read.
        case shown
        /// It is not taken in at all.
        case declined
    }

    /// That a tenant is not served as others are.
    package enum Standing: Hashable, Sendable, Codable {
        /// It is stopped since then: what its customers write is kept, and nobody answers; they are
        /// told so in these words, if there are any.
        case suspended(since: Timestamp, notice: String?)
        /// It is deleted, and can be restored: what its customers write is kept.
        case deleted
    }

    /// The template that asks customers to write again, once the window has closed over a message.
    package struct Reopening: Hashable, Sendable, Codable {
        /// The template's name.
        package var template: String
        /// Its language.
        package var language: String
        /// What is filled in to its text, the same for everybody.
        package var parameters: [String]?

        /// Describes a wish.
        package init(template: String, language: String, parameters: [String]? = nil) {
            self.template = template
            self.language = language
            self.parameters = parameters
        }
    }

    /// When people answer, as the stages need it: with the rules of the zone, so that a decision by
    /// them is the same whenever it is repeated, whatever the system knows of zones by then.
    package struct Hours: Hashable, Sendable, Codable {
        /// The hours.
        package var opening: OpeningHours
        /// The language in which customers are told, where theirs is not recognised.
        package var language: String?

        /// Describes hours.
        package init(opening: OpeningHours, language: String? = nil) {
            self.opening = opening
            self.language = language
        }
    }

    /// The tenant.
    package var tenant: TenantID
    /// The business's name, as customers know it.
    package var name: String
    /// What the business does, in a sentence, for the prompt.
    package var about: String?
    /// The WhatsApp business account's id.
    package var account: String
    /// The business numbers.
    package var numbers: [Number]
    /// The app secret, which signs webhooks.
    package var appSecret: Sealed
    /// The token that Meta shows when it verifies the webhook's URL.
    package var verifyToken: Sealed
    /// The token that sends.
    package var accessToken: Sealed
    /// The Graph API's base URL.
    package var graphURL: String
    /// The Graph API's version, such as `v26.0`.
    package var graphVersion: String
    /// A chat model of its own, instead of the installation's.
    package var model: Model?
    /// How long the bot waits for more of a burst before it answers, in milliseconds.
    package var burstPauseMilliseconds: Int?
    /// How long a handoff may wait before it is overdue, in seconds.
    package var handoffServiceLevelSeconds: Int?
    /// How long the bot is silent after the business answered on its phone, in seconds; 0 for not
    /// at all, an hour unless told otherwise.
    package var phoneClaimSeconds: Int?
    /// What to do about unknown outcomes; at most once unless told otherwise.
    package var unknownOutcome: UnknownOutcome?
    /// How many days messages are kept, if fewer than ``longestMessageDays``.
    package var messageRetentionDays: Int?
    /// How it stands, where it is not served: what was decided about its organisation, brought here
    /// by the console, so that every stage knows it.
    package var standing: Standing?
    /// What is sent once the window has closed over a message; nothing where it is missing.
    package var reopening: Reopening?
    /// What becomes of what is written in groups; shown unless told otherwise.
    package var groups: GroupRule?
    /// When people answer, brought here by the console from what the organisation set; at any time
    /// where it is missing.
    package var hours: Hours?
    /// What it promises its customers, brought here by the console from what the organisation set.
    package var serviceLevels: ServiceLevels?
    /// The most tokens that its answers may cost in a day (UTC); as many as the installation
    /// allows where it is missing.
    package var tokensPerDay: Int?
    /// How long a model has for a turn, in milliseconds; as long as the installation says where it
    /// is missing.
    package var turnMilliseconds: Int?
    /// Whether passages are put in another order by the installation's reranking server; not unless
    /// told so.
    package var reranks: Bool?
    /// What came of trying its model.
    package var modelTrial: ModelTrialResult?
    /// When the settings were changed.
    package var updatedAt: Timestamp
    /// What keeps it from sending over WhatsApp: no setting, but what each process knows beside
    /// them, for the stages to decide by.
    package var stops: [ChannelStop] = []

    private enum CodingKeys: String, CodingKey {
        case tenant, name, about, account, numbers, appSecret, verifyToken, accessToken
        case graphURL, graphVersion, model, burstPauseMilliseconds, handoffServiceLevelSeconds
        case unknownOutcome, messageRetentionDays, standing, phoneClaimSeconds, reopening, groups
        case hours, serviceLevels, updatedAt, tokensPerDay, turnMilliseconds, reranks
        case modelTrial
    }

    /// The tenant.
    package var key: String { tenant.rawValue }

    /// Describes a tenant.
    package init(
        tenant: TenantID, name: String, about: String? = nil, account: String, numbers: [Number],
        appSecret: Sealed, verifyToken: Sealed, accessToken: Sealed, graphURL: String,
        graphVersion: String, model: Model? = nil, burstPauseMilliseconds: Int? = nil,
        handoffServiceLevelSeconds: Int? = nil, unknownOutcome: UnknownOutcome? = nil,
        messageRetentionDays: Int? = nil, standing: Standing? = nil,
        phoneClaimSeconds: Int? = nil, reopening: Reopening? = nil, groups: GroupRule? = nil,
        hours: Hours? = nil, serviceLevels: ServiceLevels? = nil,
        tokensPerDay: Int? = nil, turnMilliseconds: Int? = nil,
        reranks: Bool? = nil, modelTrial: ModelTrialResult? = nil, updatedAt: Timestamp
    ) {
        self.tenant = tenant
        self.name = name
        self.about = about
        self.account = account
        self.numbers = numbers
        self.appSecret = appSecret
        self.verifyToken = verifyToken
        self.accessToken = accessToken
        self.graphURL = graphURL
        self.graphVersion = graphVersion
        self.model = model
        self.burstPauseMilliseconds = burstPauseMilliseconds
        self.handoffServiceLevelSeconds = handoffServiceLevelSeconds
        self.phoneClaimSeconds = phoneClaimSeconds
        self.unknownOutcome = unknownOutcome
        self.messageRetentionDays = messageRetentionDays
        self.standing = standing
        self.reopening = reopening
        self.groups = groups
        self.hours = hours
        self.serviceLevels = serviceLevels
        self.tokensPerDay = tokensPerDay
        self.turnMilliseconds = turnMilliseconds
        self.reranks = reranks
        self.modelTrial = modelTrial
        self.updatedAt = updatedAt
    }

    /// The days that messages are kept unless the tenant says less.
    package static let longestMessageDays = 400
    /// The days that the tenant's messages are kept.
    package var keptMessageDays: Int { messageRetentionDays ?? Self.longestMessageDays }

    /// The longest that an answer from the phone may silence the bot, in seconds: a week.
    package static let longestPhoneClaimSeconds = 604_800

    /// Meta's own Graph API.
    package static let metaGraphURL = "https://graph.facebook.com"
    /// The Graph API version that was current when this was written.
    package static let currentGraphVersion = "v26.0"
}
