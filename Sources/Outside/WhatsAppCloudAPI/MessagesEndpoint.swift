package import Conversation
package import HTTPClient

/// What became of one call to send: exactly what the sender must tell apart.
package enum SendOutcome: Hashable, Sendable {
    /// WhatsApp took the message and named it; accepted is not delivered.
    case accepted(WhatsAppMessageID)
    /// WhatsApp refused it with an error that could be read.
    case refused(PlatformError)
    /// No byte of the request left: sending again is safe.
    case notSent(because: String)
    /// It may have arrived; no answer that can be read came back.
    case unknown(because: String)
}

/// The Graph API's `POST /{version}/{number}/messages` (WhatsApp, "Service messages").
package struct MessagesEndpoint: Sendable {
    /// WhatsApp publishes no limit; a generous one keeps unknown outcomes rare.
    package static let sendTimeout = Duration.seconds(30)
    /// A sign delays the answer behind it, and nobody depends on it.
    package static let markTimeout = Duration.seconds(3)
    /// How long connecting may take.
    package static let connectTimeout = Duration.seconds(5)
    /// Answers are a few hundred bytes.
    private static let longestAnswer = 256 * 1024

    private let http: HTTPClient
    private let addressRule: AddressRule
    private let sendTimeout: Duration

    /// Calls over a client; tenants set the base URL, so `addressRule` says where it may lead.
    package init(
        over http: HTTPClient, addressRule: AddressRule = .any,
        sendTimeout: Duration = MessagesEndpoint.sendTimeout
    ) {
        self.http = http
        self.addressRule = addressRule
        self.sendTimeout = sendTimeout
    }

    /// Sends a message once; `callbackData` comes back in its statuses (512 characters).
    package func send(
        _ content: OutboundContent, to recipient: Contact, callbackData: String,
        through access: GraphAccess
    ) async -> SendOutcome {
        let body: MessageBody
        do throws(UnsendableContent) {
            body = try MessageBody(content, to: recipient, callbackData: callbackData)
        } catch {
            return .refused(error.error)
        }
        do throws(HTTPClientError) {
            var request = try request(body, access)
            request.timeout = sendTimeout
            return Self.outcome(of: try await http.send(request))
        } catch {
            return Self.outcome(of: error)
        }
    }

    /// Marks a customer's message as read, with a typing sign that ends by itself after 25 s;
    /// says whether WhatsApp took it.
    package func mark(
        _ message: WhatsAppMessageID, typing: Bool, through access: GraphAccess
    ) async -> Bool {
        do throws(HTTPClientError) {
            var request = try request(MarkBody(message, typing: typing), access)
            request.timeout = Self.markTimeout
            return try await http.send(request).status == 200
        } catch {
            return false
        }
    }

    private func request(
        _ body: some Encodable, _ access: GraphAccess
    ) throws(HTTPClientError) -> HTTPClientRequest {
        let url = "\(access.baseURL)/\(access.version)/\(access.number.rawValue)/messages"
        let bytes: [UInt8]
        do throws(RecordError) {
            bytes = try RecordCodec.encode(body)
        } catch {
            throw .notSent(.other, url: url, detail: "the message cannot be written as JSON")
        }
        var request = HTTPClientRequest(
            .post, url,
            headers: [
                "Content-Type": "application/json", "Authorization": access.authorization,
            ], body: bytes)
        request.connectTimeout = Self.connectTimeout
        request.maximumResponseBytes = Self.longestAnswer
        request.addressRule = addressRule
        return request
    }

    /// An answer that names the message is an acceptance, a Graph error a refusal; anything else
    /// says nothing about whether the message was taken.
    package static func outcome(of response: HTTPClientResponse) -> SendOutcome {
        if let error = GraphErrorBody.read(response.body) { return .refused(error) }
        struct Accepted: Decodable {
            struct Message: Decodable { var id: WhatsAppMessageID }
            var messages: [Message]
        }
        guard response.status == 200 else {
            return .unknown(because: "HTTP status \(response.status) without a Graph error")
        }
        // What cannot be read is an unknown outcome, which `nil` stands for.
        let body = try? RecordCodec.decode(Accepted.self, from: response.body)
        guard let message = body?.messages.first?.id, !message.rawValue.isEmpty else {
            return .unknown(because: "HTTP status 200 without a message id")
        }
        return .accepted(message)
    }

    /// Only what certainly was not written is not sent.
    package static func outcome(of error: HTTPClientError) -> SendOutcome {
        if case .invalidHeader = error {
            let title = "the access token holds characters that no token has"
            return .refused(PlatformError(code: 190, title: title))
        }
        return error.requestMayHaveBeenWritten
            ? .unknown(because: error.description) : .notSent(because: error.description)
    }
}
