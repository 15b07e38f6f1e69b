import AccountCommands
import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import JSON
import OrganisationView
import Permissions
import RateLimits
import SQLite
import Synchronization

/// How many invitations a team may send: more would be advertising.
final class InvitationQuota: Sendable {
    private let sent = Mutex(
        RateLimiter<String>(RateLimit(100, perSeconds: 3_600), mostKeys: 10_000))

    /// - Throws: `too_many_requests` where there were too many.
    func take(_ tenant: TenantID, at now: Timestamp) throws(Problem) {
        let verdict = sent.withLock { $0.take(tenant.rawValue, at: now) }
        guard verdict.isAllowed else {
            throw Problem(
                .tooManyInvitations,
                "a hundred invitations went out within an hour; go on in "
                    + "\(verdict.resetSeconds / 60 + 1) minutes")
        }
    }
}

/// Somebody who is to be invited.
struct InvitationRequest: Described, Decodable {
    var email: String
    var role: String
    var language: String?

    static let schema = JSONSchema.object(
        [
            .required("email", .text("The e-mail address.", 3...254)),
            .required("role", .id("The role that is offered.")),
            .optional("language", .text("The language of the mail, such as es.", 2...20)),
        ], named: "NewInvitation")
}

/// Many who are to be invited.
struct InvitationsRequest: Described, Decodable {
    var lines: [String]
    var role: String
    var language: String?

    static let schema = JSONSchema.object(
        [
            .required(
                "lines",
                .list(
                    .text("An address, or NAME <ADDRESS>.", 0...500), "One address a line.",
                    1...100)),
            .required("role", .id("The role that is offered.")),
            .optional("language", .text("The language of the mails, such as es.", 2...20)),
        ], named: "NewInvitations")
}

/// An open invitation.
struct InvitationAnswer: Described, Codable, Hashable {
    var id: InvitationID
    var email: String
    var role: String
    var by: String
    var sentAt: Timestamp
    var expires: Timestamp
    var isExpired: Bool

    init(_ listed: ListedInvitation, at now: Timestamp) {
        let invitation = listed.invitation
        id = invitation.id
        email = invitation.address.text
        role = invitation.role.rawValue
        by = invitation.by
        sentAt = listed.sentAt
        expires = invitation.token.expires
        isExpired = expires <= now
    }

    static let schema = JSONSchema.object(
        [
            .required("id", .text("The invitation.")),
            .required("email", .text("The address that it is for.")),
            .required("role", .text("The role that it offers.")),
            .required("by", .text("Who invites.")),
            .required("sentAt", .time("When it was sent last.")),
            .required("expires", .time("Until when it is good.")),
            .required("isExpired", .boolean("Whether it is good no more.")),
        ], named: "Invitation")
}

/// A page of invitations.
struct InvitationPage: Described, Codable, Hashable {
    var invitations: [InvitationAnswer]
    var total: Int
    var next: String?

    static let schema = JSONSchema.object(
        [
            .required("invitations", .list(InvitationAnswer.schema, "Those open, by address.")),
            .required("total", .count("How many are open.")),
            .optional("next", .text("Where the next page begins.")),
        ], named: "InvitationPage")
}

/// Which invitations are wanted.
struct InvitationParameters: Described, Decodable {
    var email: String?
    var page: PageBounds

    static let schema = JSONSchema.object(
        [.optional("email", .text("A part of the address.", 1...200))] + PageBounds.fields)

    private enum Name: String, CodingKey { case email }

    init(from decoder: any Decoder) throws {
        email = try decoder.container(keyedBy: Name.self)
            .decodeIfPresent(String.self, forKey: .email)
        page = try PageBounds(from: decoder)
    }
}

/// Which invitation is meant.
struct OneInvitation: Described, Decodable {
    var invitation: InvitationID

    static let schema = JSONSchema.object([.required("invitation", .id("The invitation."))])
}

extension OrganisationEndpoints {
    var invitations: [Endpoint] { [listInvitations, invite, inviteMany, resend, cancelInvitation] }

    /// Lines that are worked at at once.
    private static let linesAtOnce = 8

    private var listInvitations: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/invitations", "invitations.list",
                "Lists the open invitations of a team, by address, page by page."),
            may: .readMembers,
            .init(
                takes: InvitationParameters.self, gives: Reply<InvitationPage>.self,
                problems: [.viewIsBuilt])
        ) { call in
            let wanted = call.parameters
            let mark = "invitations \(call.scope.tenant) \(wanted.email ?? "")"
            let cursor = try wanted.page.cursor(of: mark)
            let (rows, total) = try await read { rows throws(SQLiteError) in
                let organisation = OrganisationRows(rows, of: call.scope)
                return (
                    try organisation.invitations(
                        text: wanted.email, after: cursor, atMost: wanted.page.most + 1),
                    try organisation.countInvitations(text: wanted.email)
                )
            }
            let shown = rows.prefix(wanted.page.most)
            return Reply(
                InvitationPage(
                    invitations: shown.map { InvitationAnswer($0, at: means.now()) }, total: total,
                    next: rows.count > shown.count ? shown.last?.cursor.text(of: mark) : nil))
        }
    }

    private var invite: Endpoint {
        .tenant(
            .at(
                .post, Self.base + "/invitations", "invitations.add",
                "Invites somebody into a team, by a mail with a link."),
            may: .writeMembers,
            .init(
                body: JSONBody<InvitationRequest>.self, gives: Reply<InvitationAnswer>.self, [201],
                problems: Problem.Kind.deciding + [.tooManyInvitations, .noInvitation],
                repeating: .once)
        ) { call in
            let wanted = call.body.value
            let address = try EmailAddress.checked(wanted.email, at: "/email")
            let id = try await invite(
                address, RoleName(wanted.role), wanted.language, call,
                for: Asker(call, in: call.scope.tenant))
            return Reply(try await shown(id, call.scope), status: 201)
        }
    }

    private func invite<Body>(
        _ address: EmailAddress, _ role: RoleName, _ language: String?,
        _ call: Call<TenantScope, NoParameters, Body>, for asker: Asker
    ) async throws(Problem) -> InvitationID {
        let claim = try means.naming.claim(address)
        let (facts, isMember) = try await read { rows throws(SQLiteError) in
            let organisation = OrganisationRows(rows, of: call.scope)
            return (try organisation.organisation(), try organisation.hasMember(claim.key))
        }
        guard !isMember else { throw Refusal.member.problem }
        try quota.take(call.scope.tenant, at: means.now())
        let id = InvitationID(asker.name(of: "invitation"))
        try await means.channel.ask(
            call.scope.tenant,
            .invite(
                Invitation(
                    id: id, address: claim, role: role,
                    token: try means.links.make(
                        about: id.rawValue, until: means.now() + Invitation.life),
                    by: call.principal.spoken, language: language ?? facts?.locale.language)),
            for: asker)
        return id
    }

    private func shown(
        _ id: InvitationID, _ scope: TenantScope
    ) async throws(Problem) -> InvitationAnswer {
        let found = try await read { rows throws(SQLiteError) in
            try OrganisationRows(rows, of: scope).invitation(id)
        }
        guard let found else { throw Problem(.noInvitation, "there is no such invitation") }
        return InvitationAnswer(found, at: means.now())
    }

    // MARK: Many

    private var inviteMany: Endpoint {
        .tenant(
            .at(
                .post, Self.base + "/invitations/many", "invitations.addMany",
                "Invites many into a team, one address a line, and says what became of each line."),
            may: .writeMembers,
            .init(
                body: JSONBody<InvitationsRequest>.self, gives: Reply<WishResults>.self,
                problems: [.notStored], repeating: .once)
        ) { call in
            let wanted = call.body.value
            var seen: Set<String> = []
            let lines = wanted.lines.filter { !$0.allSatisfy(\.isWhitespace) }.map { text in
                let address = Self.address(in: text)
                let isRepeated = address.map { !seen.insert($0.text).inserted } ?? false
                return Line(text: text, address: address, isRepeated: isRepeated)
            }
            let asker = Asker(call, in: call.scope.tenant)
            return Reply(
                await WishResults(of: lines, atOnce: Self.linesAtOnce) { number, line in
                    let problem = await WishResults.problem { () async throws(Problem) in
                        _ = try await invite(
                            try line.checked(), RoleName(wanted.role), wanted.language, call,
                            for: asker.part(number))
                    }
                    return .init(of: line.text, email: line.address?.text, problem)
                })
        }
    }

    /// A line that somebody typed.
    private struct Line: Sendable {
        var text: String
        var address: EmailAddress?
        var isRepeated: Bool

        func checked() throws(Problem) -> EmailAddress {
            guard let address else {
                throw Problem(.noAddress, "there is no e-mail address in this line")
            }
            guard !isRepeated else {
                throw Problem(.notUnique, "the address stands in a line above, too")
            }
            return address
        }
    }

    /// The address in a line: it alone, or in angle brackets behind a name.
    static func address(in line: String) -> EmailAddress? {
        var text = Substring(line)
        if let open = text.lastIndex(of: "<"), let close = text.lastIndex(of: ">"), open < close {
            text = text[text.index(after: open)..<close]
        }
        while let last = text.last, last.isWhitespace || ",;".contains(last) { text.removeLast() }
        do throws(EmailAddress.Flaw) {
            return try EmailAddress(String(text))
        } catch {
            return nil
        }
    }

    // MARK: One

    private var resend: Endpoint {
        .tenant(
            .at(
                .post, Self.base + "/invitations/{invitation}/resend", "invitations.resend",
                "Sends an invitation again, with a fresh link; the one before is void."),
            may: .writeMembers,
            .init(
                takes: OneInvitation.self, gives: Reply<InvitationAnswer>.self,
                problems: Problem.Kind.deciding + [.noInvitation, .tooManyInvitations],
                repeating: .once)
        ) { call in
            let id = call.parameters.invitation
            let before = try await shown(id, call.scope)
            // Where this very wish was done, it was less than a minute ago, too.
            guard before.sentAt + .seconds(60) <= means.now() || call.begunBefore != nil else {
                throw Refusal.tooSoon.problem
            }
            try quota.take(call.scope.tenant, at: means.now())
            let token = try means.links.make(
                about: id.rawValue, until: means.now() + Invitation.life)
            try await ask(call.scope.tenant, .resend(id, token), call)
            return Reply(try await shown(id, call.scope))
        }
    }

    private var cancelInvitation: Endpoint {
        .tenant(
            .at(
                .delete, Self.base + "/invitations/{invitation}", "invitations.cancel",
                "Takes an invitation back: its link is void."),
            may: .writeMembers,
            .init(
                takes: OneInvitation.self, gives: NoContent.self, [204],
                problems: Problem.Kind.deciding + [.noInvitation])
        ) { call in
            _ = try await shown(call.parameters.invitation, call.scope)
            try await ask(
                call.scope.tenant, .cancelInvitation(call.parameters.invitation), call)
            return NoContent()
        }
    }
}

extension Principal {
    /// What mails call whoever acts.
    var spoken: String {
        switch self {
        case .person(let person): person.name
        case .agent(let agent): agent.name
        case .program(let program): program.name
        case .key, .nobody: "Parley"
        }
    }
}

extension Problem.Kind {
    static let tooManyInvitations = Self(429, "too_many_invitations")
    /// Of one line among many.
    fileprivate static let noAddress = Self(400, "bad_email")
    fileprivate static let notUnique = Self(409, "not_unique")
}
