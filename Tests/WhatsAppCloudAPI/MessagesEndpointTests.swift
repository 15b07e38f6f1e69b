import Conversation
import FoundationEssentials
import HTTPClient
import HTTPServer
import Synchronization
import Testing

@testable import WhatsAppCloudAPI

@Suite struct MessagesEndpointTests {
    @Test("what comes back is told apart: taken, refused, unknown")
    func outcomes() {
        func outcome(_ status: Int, _ body: String) -> SendOutcome {
            MessagesEndpoint.outcome(
                of: HTTPClientResponse(status: status, body: Array(body.utf8)))
        }
        #expect(outcome(200, "{\"messages\":[{\"id\":\"wamid.A=\"}]}") == .accepted("wamid.A="))
        let error =
            "{\"error\":{\"message\":\"(#130429) Rate limit hit\",\"code\":130429,"
            + "\"error_data\":{\"details\":\"slow down\"},\"fbtrace_id\":\"T\",\"extra\":1}}"
        for status in [200, 400, 429, 500] {
            guard case .refused(let refused) = outcome(status, error) else {
                Issue.record("status \(status) was not read as a refusal")
                continue
            }
            #expect(refused.code == 130429)
            #expect(refused.details == "slow down")
            #expect(refused.trace == "T")
        }
        for (status, body) in [
            (500, ""), (502, "<html>"), (200, ""), (200, "{}"), (200, "{\"messages\":[]}"),
            (404, "not here"), (302, ""),
        ] {
            guard case .unknown = outcome(status, body) else {
                Issue.record("status \(status) with '\(body)' is not unknown")
                continue
            }
        }
    }

    @Test("only what certainly was not written counts as not sent")
    func losses() {
        let refused = HTTPClientError.notSent(.connection, url: "u", detail: "refused")
        let reset = HTTPClientError.unknown(.connection, url: "u", status: nil, detail: "reset")
        guard case .notSent = MessagesEndpoint.outcome(of: refused),
            case .unknown = MessagesEndpoint.outcome(of: reset)
        else {
            Issue.record("a loss was misread")
            return
        }
    }

    @Test("nobody listening is not sent; a message goes out with its address and data")
    func request() async throws {
        let http = try HTTPClient()
        let seen = Mutex<HTTPRequest?>(nil)
        let server = HTTPServer(configuration: .init()) { request, writer in
            seen.withLock { $0 = request }
            writer.respond(.json(Array("{\"messages\":[{\"id\":\"wamid.A\"}]}".utf8)))
        }
        let port = try server.start()
        let access = GraphAccess(
            baseURL: "http://127.0.0.1:\(port)/", version: "v26.0", number: "n1", token: "s3cret")
        let endpoint = MessagesEndpoint(over: http)
        let outcome = await endpoint.send(
            .text("Hi \"you\""), to: Contact(userID: "ES.1", phone: "34600111222"),
            callbackData: "p1.c.o.1", through: access)
        #expect(outcome == .accepted("wamid.A"))
        let request = try #require(seen.withLock { $0 })
        #expect(request.path == "/v26.0/n1/messages")
        #expect(request.headers.first(named: "Authorization") == "Bearer s3cret")
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(body.contains("\"to\":\"+34600111222\""))
        #expect(body.contains("\"biz_opaque_callback_data\":\"p1.c.o.1\""))
        #expect(!"\(access)".contains("s3cret"))
        #expect(!String(reflecting: access).contains("s3cret"))
        await server.shutdown(within: .seconds(1))
        let late = await endpoint.send(
            .text("Hi"), to: Contact(phone: "34600111222"), callbackData: "d", through: access)
        guard case .notSent = late else {
            Issue.record("not told as not sent: \(late)")
            return
        }
    }

    @Test(
        "a phone is written with plus, anything else is a user id",
        arguments: [
            (Contact(phone: "34600"), "+34600", nil),
            (Contact(phone: "+1 (555) 01-2"), "+1555012", nil),
            (Contact(userID: "US.1", phone: nil), nil, "US.1"),
            (Contact(userID: nil, phone: "US.1"), nil, "US.1"),
        ] as [(Contact, String?, String?)])
    func addresses(contact: Contact, to: String?, recipient: String?) throws {
        let body = try MessageBody(.text("a"), to: contact, callbackData: "d")
        #expect(body.to == to)
        #expect(body.recipient == recipient)
    }

    @Test(
        "the token goes to WhatsApp's hosts only",
        arguments: [
            ("https://graph.facebook.com/x", true), ("https://lookaside.fbsbx.com/x", true),
            ("http://lookaside.fbsbx.com/x", false), ("https://evilfbsbx.com/x", false),
            ("https://lookaside.fbsbx.com.evil.example/x", false),
            ("https://graph.facebook.com@evil.example/x", false),
            ("https://graph.facebook.com:444/x", false), ("https://evil.example/x", false),
            ("nonsense", false),
        ])
    func hosts(url: String, isAllowed: Bool) {
        let base = "https://graph.facebook.com"
        #expect(MediaEndpoint.mayHaveToken(url, baseURL: base) == isAllowed)
    }

    @Test("another Graph server's media come from its own origin only")
    func otherBase() {
        let base = "http://127.0.0.1:8080"
        #expect(MediaEndpoint.mayHaveToken("http://127.0.0.1:8080/m", baseURL: base))
        #expect(!MediaEndpoint.mayHaveToken("http://127.0.0.1:8081/m", baseURL: base))
        #expect(!MediaEndpoint.mayHaveToken("https://lookaside.fbsbx.com/m", baseURL: base))
    }
}
