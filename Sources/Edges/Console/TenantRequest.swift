import Conversation
import FoundationEssentials

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

        /// Describes a model.
        package init(url: String?, name: String?, key: String? = nil) {
            self.url = url
            self.name = name
            self.key = key
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
    /// `atMostOnce` or `atLeastOnce`.
    package var unknownOutcome: String?
    /// How many days messages are kept.
    package var messageRetentionDays: Int?

    /// Describes nothing yet.
    package init() {}
}

extension TenantRequest {
    /// Characters of a secret: Meta's tokens have a few hundred.
    private static let secretCharacters = 4_096

    /// All that is wrong with the request, in sentences; empty if nothing is.
    ///
    /// `needsSecrets` is false where a missing secret means the one that is stored already.
    func problems(allowingPrivateURLs: Bool, needsSecrets: Bool) -> [String] {
        var problems = identityProblems() + numberProblems()
        for (name, secret) in [
            ("appSecret", appSecret), ("verifyToken", verifyToken), ("accessToken", accessToken),
        ] {
            if secret == nil, needsSecrets { problems.append("\(name) is missing") }
            if let secret, !Self.isSecret(secret) {
                problems.append("\(name) is empty, too long or has spaces or line breaks in it")
            }
        }
        if let graphURL {
            problems += Self.problems(of: graphURL, "graphURL", allowingPrivateURLs)
        }
        if let graphVersion, !Self.isVersion(graphVersion) {
            problems.append("graphVersion looks like v26.0")
        }
        if let model {
            problems += Self.problems(of: model.url ?? "", "model.url", allowingPrivateURLs)
            if model.name?.isEmpty != false { problems.append("model.name is missing") }
            if let key = model.key, !Self.isSecret(key) {
                problems.append("model.key is empty, too long or has spaces or line breaks in it")
            }
        }
        return problems + limitProblems()
    }

    private func identityProblems() -> [String] {
        var problems: [String] = []
        if !Self.isSlug(id ?? "") {
            problems.append("id is 1 to 63 of a-z, 0-9 and - (not at either end)")
        }
        if !(1...100).contains(name?.count ?? 0) { problems.append("name is 1 to 100 characters") }
        if (about?.count ?? 0) > 1_000 { problems.append("about is at most 1000 characters") }
        if !Self.isName(account ?? "") {
            problems.append("account is the WhatsApp business account's id")
        }
        return problems
    }

    private func numberProblems() -> [String] {
        guard let numbers, !numbers.isEmpty else { return ["numbers is a list of at least one"] }
        var problems: [String] = []
        for number in numbers {
            if !Self.isName(number.id ?? "") {
                problems.append("a number's id is its phone_number_id, not a phone number with +")
            }
            if let rate = number.messagesPerSecond, !(1...1_000).contains(rate) {
                problems.append("messagesPerSecond is 1 to 1000")
            }
        }
        if Set(numbers.map(\.id)).count < numbers.count {
            problems.append("a number is listed twice")
        }
        return problems
    }

    private func limitProblems() -> [String] {
        var problems: [String] = []
        if let pause = burstPauseMilliseconds, !(0...60_000).contains(pause) {
            problems.append("burstPauseMilliseconds is 0 to 60000")
        }
        if let level = handoffServiceLevelSeconds, !(1...604_800).contains(level) {
            problems.append("handoffServiceLevelSeconds is 1 to 604800 (a week)")
        }
        if let days = messageRetentionDays, !(1...TenantSettings.longestMessageDays).contains(days)
        {
            problems.append("messageRetentionDays is 1 to \(TenantSettings.longestMessageDays)")
        }
        if let unknownOutcome,
            TenantSettings.UnknownOutcome(rawValue: unknownOutcome) == nil
        {
            problems.append("unknownOutcome is atMostOnce or atLeastOnce")
        }
        return problems
    }

    /// Lower-case letters, digits and dashes: a name that fits URLs and file names everywhere.
    static func isSlug(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasSuffix("-")
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }

    private static func isSecret(_ text: String) -> Bool {
        (1...secretCharacters).contains(text.count)
            && text.unicodeScalars.allSatisfy { (0x21...0x7e).contains($0.value) }
    }

    private static func isVersion(_ text: String) -> Bool {
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        return text.hasPrefix("v") && parts.count == 2
            && parts.allSatisfy { Int($0) != nil && $0.count <= 3 }
    }

    private static func problems(
        of text: String, _ field: String, _ allowingPrivateURLs: Bool
    ) -> [String] {
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), scheme == "https" || scheme == "http",
            parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil
        else { return ["\(field) is a URL such as https://graph.facebook.com, and no more"] }
        let isLoopback =
            host == "localhost" || host.hasPrefix("127.") || host == "[::1]" || host == "::1"
        guard scheme == "https" || isLoopback || allowingPrivateURLs else {
            return ["\(field) has to be https"]
        }
        return []
    }
}
