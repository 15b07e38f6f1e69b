import AccountCommands
import Conversation
import Cryptography
import Endpoints
import HTTPServer
import JSON
import NotificationRecords

private struct OneRefusal: Described, Decodable {
    var token: String

    static let schema = JSONSchema.object([
        .required(
            "token", .text("What the mail's link holds.", 1...RefusalTokens.longest))
    ])
}

/// Which mails come no more.
private struct RefusedMails: Described, Codable, Hashable {
    var kinds: [String]

    static let schema = JSONSchema.object(
        [.required("kinds", .list(.text(), "What is mailed no more, by its kinds."))],
        named: "RefusedMails")
}

/// An answer that leads a browser to a page.
private struct LeadingOn: EndpointAnswer {
    static let media = AnswerMedia.none
    let target: String

    func response() -> HTTPResponse {
        HTTPResponse(
            status: 303,
            headers: [
                ("Location", target), ("Cache-Control", "no-store"),
                ("Referrer-Policy", "no-referrer"),
            ])
    }
}

/// Refusing mails of a kind by one click (RFC 8058), without signing in.
///
/// Mail programs send a POST by themselves, which does it; whoever opens the link gets a page that
/// asks first: programs that look for what is evil open links, too.
extension NotificationEndpoints {
    var refusing: [Endpoint] { [refuse, askAboutRefusing] }

    private static let target = "/api/v1/unsubscriptions/{token}"
    /// Bytes of a body: it says `List-Unsubscribe=One-Click` in one form or another, and no more.
    private static let bodyBytes = 4_096

    private var refuse: Endpoint {
        .anyone(
            .at(
                .post, Self.target, "notifications.refuse",
                "Stops mails of the kinds that a mail's link is about (RFC 8058)."),
            .init(
                takes: OneRefusal.self, body: RawBody.self, limit: Self.bodyBytes,
                gives: Reply<RefusedMails>.self,
                problems: [.noRefusal, .notStored, .notVisible])
        ) { call in
            guard let (account, kinds) = tokens.open(call.parameters.token) else {
                throw Problem(.noRefusal, "this link is not one that we sent")
            }
            let command = NotificationCommand(
                account: account, action: .refuseMails(kinds), reference: call.reference,
                at: writer.now())
            _ = try await answers.send(command, id: command.id, call.reference, by: writer)
            return Reply(RefusedMails(kinds: kinds.map(\.rawValue)))
        }
    }

    private var askAboutRefusing: Endpoint {
        .anyone(
            .at(
                .get, Self.target, "notifications.askAboutRefusing",
                "Leads to the page that asks whether mails are to be stopped; stops none."),
            .init(takes: OneRefusal.self, gives: LeadingOn.self, [303])
        ) { call in
            // Behind the sign that no server and no log sees.
            LeadingOn(target: "/pages/unsubscribe/#\(call.parameters.token)")
        }
    }
}

extension Problem.Kind {
    /// A link that is none of ours.
    static let noRefusal = Self(404, "no_link")
}
