import Conversation
import FoundationEssentials
package import HTTPClient

/// Where a medium can be fetched, for five minutes.
package struct MediaReference: Hashable, Sendable {
    /// The address; it wants the token.
    package var url: String
    /// The media type, such as `image/jpeg`.
    package var mediaType: String?
    /// The SHA-256 of the bytes, as WhatsApp writes it.
    package var sha256: String?
    /// The number of bytes.
    package var size: Int?
}

/// The Graph API's media (WhatsApp, "Media"): an id becomes an address, an address bytes.
package struct MediaEndpoint: Sendable {
    /// WhatsApp delivers no larger inbound medium.
    package static let longest = 100 * 1024 * 1024
    /// A hundred megabytes take their time.
    package static let downloadTimeout = Duration.seconds(120)
    /// The hosts that WhatsApp's own media addresses lead to, beside the Graph host.
    private static let mediaHosts = [".fbsbx.com", ".fbcdn.net", ".whatsapp.net"]
    private static let metaHost = "graph.facebook.com"

    private let http: HTTPClient
    private let addressRule: AddressRule

    /// Calls over a client; `addressRule` says where a tenant's base URL may lead.
    package init(over http: HTTPClient, addressRule: AddressRule = .any) {
        self.http = http
        self.addressRule = addressRule
    }

    /// The present address of a medium that belongs to the access's number.
    ///
    /// - Throws: ``CloudAPIError`` as WhatsApp or the network has it.
    package func resolve(
        _ id: String, through access: GraphAccess
    ) async throws(CloudAPIError) -> MediaReference {
        let isPlain = id.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == 45 || byte == 95
        }
        guard !id.isEmpty, isPlain else { throw .invalidID(id) }
        let number = access.number.rawValue
        let url = "\(access.baseURL)/\(access.version)/\(id)?phone_number_id=\(number)"
        let response = try await get(url, access, limit: 64 * 1024)
        // What cannot be read is reported below.
        guard let body = try? JSONDecoder().decode(MediaBody.self, from: Data(response.body))
        else { throw .unreadable(reason: "HTTP status \(response.status) without an address") }
        return MediaReference(
            url: body.url, mediaType: body.mime_type, sha256: body.sha256,
            size: body.file_size?.bytes)
    }

    /// The bytes at an address; the token goes to WhatsApp's hosts only.
    ///
    /// - Throws: ``CloudAPIError/tooLarge(limit:)`` before or while reading more than `limit`
    ///   bytes, or what WhatsApp or the network has.
    package func download(
        _ medium: MediaReference, through access: GraphAccess, limit: Int = longest
    ) async throws(CloudAPIError) -> [UInt8] {
        if let size = medium.size, size > limit { throw .tooLarge(limit: limit) }
        guard Self.mayHaveToken(medium.url, baseURL: access.baseURL) else {
            throw .foreignHost(Self.origin(of: medium.url)?.host ?? "this address")
        }
        return try await get(medium.url, access, limit: limit).body
    }

    /// Gives WhatsApp a file to send; its id is good for 30 days (WhatsApp, "Media").
    ///
    /// - Throws: ``CloudAPIError`` as WhatsApp or the network has it. Uploading again does no harm.
    package func upload(
        _ bytes: [UInt8], as mediaType: String, filename: String, through access: GraphAccess
    ) async throws(CloudAPIError) -> String {
        let form = MultipartForm(
            fields: [("messaging_product", "whatsapp"), ("type", mediaType)], file: "file",
            filename: filename, mediaType: mediaType, bytes: bytes)
        let number = access.number.rawValue
        var request = HTTPClientRequest(
            .post, "\(access.baseURL)/\(access.version)/\(number)/media",
            headers: [
                "Authorization": access.authorization, "Content-Type": form.contentType,
            ], body: form.body)
        request.timeout = Self.downloadTimeout
        let response = try await send(request, limit: 64 * 1024)
        struct Uploaded: Decodable { var id: String }
        // What cannot be read is reported below.
        let body = try? JSONDecoder().decode(Uploaded.self, from: Data(response.body))
        guard let id = body?.id, !id.isEmpty else {
            throw .unreadable(reason: "HTTP status 200 without a media id")
        }
        return id
    }

    private func get(
        _ url: String, _ access: GraphAccess, limit: Int
    ) async throws(CloudAPIError) -> HTTPClientResponse {
        var request = HTTPClientRequest(
            .get, url, headers: ["Authorization": access.authorization])
        request.timeout = Self.downloadTimeout
        return try await send(request, limit: limit)
    }

    private func send(
        _ unbounded: HTTPClientRequest, limit: Int
    ) async throws(CloudAPIError) -> HTTPClientResponse {
        var request = unbounded
        request.connectTimeout = MessagesEndpoint.connectTimeout
        request.maximumResponseBytes = limit
        request.addressRule = addressRule
        let response: HTTPClientResponse
        do throws(HTTPClientError) {
            response = try await http.send(request)
        } catch {
            if case .responseTooLarge(_, let bytes, _) = error { throw .tooLarge(limit: bytes) }
            throw error.requestMayHaveBeenWritten
                ? .unreadable(reason: error.description) : .notSent(reason: error.description)
        }
        if response.status == 200 { return response }
        if let error = GraphErrorBody.read(response.body) { throw .graph(error) }
        throw .unreadable(reason: "HTTP status \(response.status)")
    }

    /// Whether an address is at the Graph API's own origin, or one of Meta's media hosts where the
    /// Graph API is Meta's.
    static func mayHaveToken(_ url: String, baseURL: String) -> Bool {
        guard let base = origin(of: baseURL), let target = origin(of: url) else { return false }
        if target == base { return true }
        guard base.host == metaHost, target.scheme == "https", target.port == nil else {
            return false
        }
        return mediaHosts.contains { target.host.hasSuffix($0) }
    }

    private struct Origin: Equatable {
        var scheme: String
        var host: String
        var port: Int?
    }

    private static func origin(of url: String) -> Origin? {
        guard let parsed = URL(string: url), let scheme = parsed.scheme?.lowercased(),
            let host = parsed.host?.lowercased(), parsed.user == nil
        else { return nil }
        return Origin(scheme: scheme, host: host, port: parsed.port)
    }
}

/// The answer to a media id.
private struct MediaBody: Decodable {
    var url: String
    var mime_type: String?
    var sha256: String?
    var file_size: Size?

    /// A number that is sometimes written as a string.
    struct Size: Decodable {
        var bytes: Int?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            // Either form will do; anything else is no size.
            bytes =
                (try? container.decode(Int.self))
                ?? (try? container.decode(String.self)).flatMap { Int($0) }
        }
    }
}
