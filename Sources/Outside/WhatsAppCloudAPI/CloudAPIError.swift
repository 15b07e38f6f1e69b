package import Conversation

/// Why a call of the Graph API brought nothing; no case holds a token or a customer's words.
package enum CloudAPIError: Error, Hashable, Sendable, CustomStringConvertible {
    /// WhatsApp answered with an error that could be read.
    case graph(PlatformError)
    /// Nothing was written: calling again is safe.
    case notSent(reason: String)
    /// No answer that can be read came back.
    case unreadable(reason: String)
    /// The bytes are more than the limit allows, in bytes.
    case tooLarge(limit: Int)
    /// The address is not one of WhatsApp's, so the token must not go there.
    case foreignHost(String)
    /// The id is not one that WhatsApp gives.
    case invalidID(String)

    /// A sentence for people.
    package var description: String {
        switch self {
        case .graph(let error):
            "WhatsApp answered with error \(error.code)"
        case .notSent(let reason): "the Graph API was not reached: \(reason)"
        case .unreadable(let reason): "the Graph API's answer cannot be read: \(reason)"
        case .tooLarge(let limit): "the medium is larger than \(limit) bytes"
        case .foreignHost: "the medium is not on a host of WhatsApp's; no token goes there"
        case .invalidID: "what names the medium is not a media id"
        }
    }
}

/// The error body of the Graph API (WhatsApp, "Error codes"): decide on `code`.
struct GraphErrorBody: Decodable {
    struct Body: Decodable {
        struct Data: Decodable {
            var details: String?
        }
        var message: String?
        var code: Int
        var error_data: Data?
        var fbtrace_id: String?
        var is_transient: Bool?
    }
    var error: Body

    /// The error in a body, or `nil` if there is none.
    static func read(_ bytes: [UInt8]) -> PlatformError? {
        // A body that is no Graph error is an ordinary case here, told by `nil`.
        guard let body = try? RecordCodec.decode(Self.self, from: bytes) else {
            return nil
        }
        return PlatformError(
            code: body.error.code, title: body.error.message,
            details: body.error.error_data?.details, isTransient: body.error.is_transient,
            trace: body.error.fbtrace_id)
    }
}
