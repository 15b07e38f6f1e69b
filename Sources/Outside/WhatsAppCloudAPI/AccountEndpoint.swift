import Conversation
import FoundationEssentials
package import HTTPClient
package import JSON

/// What the Graph API says of a business number.
package struct NumberFacts: Hashable, Sendable {
    /// The number as people read it.
    package var display: String?
    /// The name that customers see.
    package var name: String?
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    package var quality: String?
    /// Whether the name is approved: WhatsApp's word.
    package var nameStatus: String?
    /// When the Graph API answered, by its own clock, in HTTP's form.
    package var date: String?
}

/// The Graph API's pages about numbers and accounts (WhatsApp, "Business phone numbers", "Webhook
/// overrides", "Template management").
package struct AccountEndpoint: Sendable {
    /// How long an answer may take.
    package static let timeout = Duration.seconds(20)
    /// A page of a hundred templates with their texts.
    private static let longestAnswer = 4 * 1024 * 1024
    /// Templates of a page, and pages: an account has 250, and some have more.
    private static let pageRows = 100
    private static let mostPages = 60

    private let http: HTTPClient
    private let addressRule: AddressRule

    /// Calls over a client; `addressRule` says where a tenant's base URL may lead.
    package init(over http: HTTPClient, addressRule: AddressRule = .any) {
        self.http = http
        self.addressRule = addressRule
    }

    /// What the access's number is.
    ///
    /// - Throws: ``CloudAPIError`` as WhatsApp or the network has it.
    package func number(
        through access: GraphAccess
    ) async throws(CloudAPIError) -> NumberFacts {
        let fields = "display_phone_number,verified_name,quality_rating,name_status"
        let response = try await get("\(access.number.rawValue)?fields=\(fields)", access)
        let body = try Self.json(response)
        return NumberFacts(
            display: body["display_phone_number"]?.string, name: body["verified_name"]?.string,
            quality: body["quality_rating"]?.string, nameStatus: body["name_status"]?.string,
            date: response.headers["Date"])
    }

    /// Whether an app gets the account's webhooks.
    ///
    /// - Throws: ``CloudAPIError`` as WhatsApp or the network has it.
    package func isSubscribed(
        account: String, through access: GraphAccess
    ) async throws(CloudAPIError) -> Bool {
        let response = try await get("\(try Self.plain(account))/subscribed_apps", access)
        return !(try Self.json(response)["data"]?.elements ?? []).isEmpty
    }

    /// The account's templates, as the Graph API lists them, page by page to the end.
    ///
    /// - Throws: ``CloudAPIError`` as WhatsApp or the network has it; nothing comes of a list that
    ///   breaks off.
    package func templates(
        account: String, through access: GraphAccess
    ) async throws(CloudAPIError) -> [RawJSON] {
        let base = "\(try Self.plain(account))/message_templates?limit=\(Self.pageRows)"
        var templates: [RawJSON] = []
        var after: String?
        for _ in 0..<Self.mostPages {
            let cursor = after.map { "&after=\($0)" } ?? ""
            let body = try Self.json(try await get(base + cursor, access))
            guard let data = body["data"] else { throw .unreadable(reason: "there is no list") }
            templates += data.elements.map(\.raw)
            after = body["paging"]?["cursors"]?["after"]?.text
            guard body["paging"]?["next"] != nil, let next = after else { return templates }
            after = try Self.plain(next)
        }
        throw .unreadable(reason: "the list of templates does not end")
    }

    private func get(
        _ path: String, _ access: GraphAccess
    ) async throws(CloudAPIError) -> HTTPClientResponse {
        var request = HTTPClientRequest(
            .get, "\(access.baseURL)/\(access.version)/\(path)",
            headers: ["Authorization": access.authorization])
        request.connectTimeout = MessagesEndpoint.connectTimeout
        request.timeout = Self.timeout
        request.maximumResponseBytes = Self.longestAnswer
        request.addressRule = addressRule
        let response: HTTPClientResponse
        do throws(HTTPClientError) {
            response = try await http.send(request)
        } catch {
            throw error.requestMayHaveBeenWritten
                ? .unreadable(reason: error.description) : .notSent(reason: error.description)
        }
        if let error = GraphErrorBody.read(response.body) { throw .graph(error) }
        guard response.status == 200 else {
            throw .unreadable(reason: "HTTP status \(response.status)")
        }
        return response
    }

    private static func json(_ response: HTTPClientResponse) throws(CloudAPIError) -> JSONView {
        do {
            return try JSONTape(response.body).root
        } catch {
            throw .unreadable(reason: "the answer is not JSON")
        }
    }

    /// An id or a cursor, which stands in a URL as it is.
    private static func plain(_ id: String) throws(CloudAPIError) -> String {
        let isPlain = id.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == 45 || byte == 95 || byte == 61
        }
        guard !id.isEmpty, isPlain else { throw .invalidID(id) }
        return id
    }
}
