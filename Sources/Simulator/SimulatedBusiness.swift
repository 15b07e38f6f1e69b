import Cryptography
import FoundationEssentials

/// A business as the simulator's Graph API knows it; the secrets are made up.
package struct SimulatedBusiness: Codable, Sendable, Hashable {
    /// The name by which the control API calls it.
    package var name: String
    /// WhatsApp's `phone_number_id`.
    package var number: String
    /// The number as people read it.
    package var displayNumber: String
    /// The WhatsApp business account's id.
    package var account: String
    /// The portfolio, within which a customer's user id is one.
    package var portfolio: String
    /// What signs webhooks.
    package var appSecret: String
    /// What the Graph API wants to see.
    package var accessToken: String
    /// What is shown when the webhook's URL is verified.
    package var verifyToken: String
    /// Where webhooks go; `nil` until it is set.
    package var webhookURL: String?

    enum CodingKeys: String, CodingKey {
        case name
        case number = "number_id"
        case displayNumber = "display_number"
        case account = "account_id"
        case portfolio = "portfolio_id"
        case appSecret = "app_secret"
        case accessToken = "access_token"
        case verifyToken = "verify_token"
        case webhookURL = "webhook_url"
    }

    /// What a caller may say about a business; the rest is made up or stays as it is.
    package struct Registration: Codable, Sendable {
        var name: String
        var number_id: String?
        var display_number: String?
        var account_id: String?
        var portfolio_id: String?
        var app_secret: String?
        var access_token: String?
        var verify_token: String?
        var webhook_url: String?

        /// Describes a business by its number, or asks for another URL of its webhook.
        package init(
            name: String, number: String, displayNumber: String, account: String,
            webhookURL: String?
        ) {
            self.name = name
            number_id = number
            display_number = displayNumber
            account_id = account
            webhook_url = webhookURL
        }
    }

    /// A business from what a caller says, over what is known of it.
    init(
        _ wanted: Registration, over known: SimulatedBusiness?
    ) throws(CryptographyError) {
        let digits = Self.digits(of: wanted.name)
        name = wanted.name
        number = wanted.number_id ?? known?.number ?? "1\(digits)"
        displayNumber = wanted.display_number ?? known?.displayNumber ?? "1555\(digits.suffix(7))"
        account = wanted.account_id ?? known?.account ?? "2\(digits)"
        portfolio = wanted.portfolio_id ?? known?.portfolio ?? "3\(digits)"
        func made(_ wanted: String?, _ known: String?) throws(CryptographyError) -> String {
            if let given = wanted ?? known { return given }
            return try RandomBytes.token(bytes: 24)
        }
        appSecret = try made(wanted.app_secret, known?.appSecret)
        accessToken = try made(wanted.access_token, known?.accessToken)
        verifyToken = try made(wanted.verify_token, known?.verifyToken)
        webhookURL = wanted.webhook_url ?? known?.webhookURL
    }

    /// Fourteen digits that stay the same for a name, so that ids survive a lost file.
    private static func digits(of name: String) -> String {
        SHA256.digest(Array(name.utf8)).prefix(14).map { String($0 % 10) }.joined()
    }
}

/// A customer's user id within a portfolio: two letters of the country and digits, the same for
/// the same phone (WhatsApp, "Business-scoped user IDs").
enum UserID {
    /// The commonest country codes in tests; a phone of another country counts as `ZZ`.
    private static let countries = [
        "34": "ES", "44": "GB", "49": "DE", "33": "FR", "39": "IT", "55": "BR", "52": "MX",
        "54": "AR", "57": "CO", "56": "CL", "51": "PE", "91": "IN", "62": "ID", "1": "US",
    ]

    static func make(phone: String, portfolio: String) -> String {
        let digits = SHA256.digest(Array("\(portfolio)/\(phone)".utf8)).prefix(17)
        let country = countries[String(phone.prefix(2))] ?? countries[String(phone.prefix(1))]
        return "\(country ?? "ZZ").1" + digits.map { String($0 % 10) }.joined()
    }
}
