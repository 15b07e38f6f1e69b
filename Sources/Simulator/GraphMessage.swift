import FoundationEssentials
import HTTPServer
import JSON

/// The body of `POST /{version}/{number}/messages`, as far as the simulator looks into it.
struct GraphMessage: Decodable {
    struct Text: Decodable {
        var body: String
    }
    struct Context: Decodable {
        var message_id: String
    }
    struct Typing: Decodable {
        var type: String
    }
    struct Template: Decodable {
        struct Language: Decodable {
            var code: String?
        }
        var name: String
        var language: Language?
    }
    struct Reaction: Decodable {
        var message_id: String?
    }

    var messaging_product: String?
    var to: String?
    var recipient: String?
    var type: String?
    var text: Text?
    var template: Template?
    var reaction: Reaction?
    var image: Medium?
    var video: Medium?
    var audio: Medium?
    var document: Medium?
    var sticker: Medium?
    var context: Context?
    var biz_opaque_callback_data: String?
    var status: String?
    var message_id: String?
    var typing_indicator: Typing?
}

/// An error of the Graph API, as its answer writes it.
struct GraphError: Error {
    var status: Int
    var code: Int
    var title: String
    var details: String
    var subcode: Int?

    init(_ code: Int, _ title: String, _ details: String, status: Int = 400, subcode: Int? = nil) {
        self.status = status
        self.code = code
        self.title = title
        self.details = details
        self.subcode = subcode
    }

    static func parameter(_ details: String) -> GraphError {
        GraphError(100, "Invalid parameter", details)
    }

    static let token = GraphError(
        190, "Invalid OAuth access token", "the token is missing or not this simulator's",
        status: 401)
    static let windowClosed = GraphError(
        131047, "Re-engagement message",
        "more than 24 hours have passed since the customer last replied to this number")
    static let pairLimit = GraphError(
        131056, "(Business Account, Consumer Account) pair rate limit hit",
        "too many messages sent from this number to the same customer in a short time")
    static let throughput = GraphError(
        130429, "Rate limit hit", "Cloud API message throughput has been reached", status: 429)

    /// An error that a test asked for by its code.
    static func asked(_ code: Int) -> GraphError {
        switch code {
        case 131047: windowClosed
        case 131056: pairLimit
        case 130429: throughput
        case 190: token
        default: GraphError(code, "Simulated error", "asked for at the control API")
        }
    }

    var response: HTTPResponse {
        let data = "{\"messaging_product\":\"whatsapp\",\"details\":\(JSONString.quoted(details))}"
        let sub = subcode.map { ",\"error_subcode\":\($0)" } ?? ""
        let text =
            "{\"error\":{\"message\":\(JSONString.quoted("(#\(code)) \(title)"))"
            + ",\"type\":\"OAuthException\",\"code\":\(code)\(sub),\"error_data\":\(data)"
            + ",\"fbtrace_id\":\"Simulated\"}}"
        return .json(status: status, Array(text.utf8))
    }
}
