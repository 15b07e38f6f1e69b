import Blobs
import Conversation
import ConversationView
import Cryptography
import Endpoints
import HTTPServer
import JSON
import MediaSniffing
import SQLite

/// Files of conversations over HTTP: what customers sent, and what they were sent.
struct MediaRoutes: Sendable {
    let context: ConsoleContext
    let blobs: any BlobStore

    private static let path = "/api/v1/tenants/{tenant}/conversations/{conversation}/media"

    /// The endpoints.
    var endpoints: [Endpoint] { [read, send] }

    private var read: Endpoint {
        .tenant(
            .at(
                .get, Self.path + "/{line}", "media.read",
                "Gives the file of a line of a conversation: what a customer sent or was sent."),
            may: .readConversations,
            .init(
                takes: FileParameters.self, gives: ServedFile.self,
                problems: [.noFile, .filesAreAway])
        ) { call in
            let wanted = call.parameters
            let file = try await context.conversations.answer { rows throws(SQLiteError) in
                try ConversationRows(rows, of: call.scope).file(
                    of: wanted.line, in: wanted.conversation)
            }
            let missing = Problem(.noFile, "this line has no file, or it is not here any more")
            guard let file else { throw missing }
            do throws(BlobError) {
                let bytes = try await blobs.get(
                    file.blob.sha256, of: call.scope.tenant, on: .media)
                return ServedFile(
                    bytes: bytes, mediaType: file.blob.mediaType, filename: file.filename)
            } catch {
                guard error.isTransient else { throw missing }
                throw Problem(.filesAreAway, "the files cannot be read at the moment")
            }
        }
    }
}

// MARK: - Sending

extension MediaRoutes {
    /// Bytes of a file: the largest document that WhatsApp takes (WhatsApp, "Media"), and a little
    /// more, so that the answer can name the limit of its kind.
    private static let mostBytes = 100 * 1024 * 1024 + 64 * 1024

    private var send: Endpoint {
        .tenant(
            .at(
                .post, Self.path, "media.send",
                "Sends a file to the customer whose conversation the agent has claimed."),
            may: .answerConversations,
            .init(
                takes: SendingParameters.self, body: RawBody.self, limit: Self.mostBytes,
                gives: Reply<SentFile>.self, [201],
                problems: [
                    .noConversation, .noAgent, .noClaim, .badFile, .notSent, .notStored,
                    .filesAreAway, .noAnswer,
                ], repeating: .once)
        ) { call in
            let holder = try await holder(of: call.parameters.conversation, call.scope)
            guard let agent = call.principal.asAgent(of: call.scope.tenant) else {
                throw Problem(
                    .noAgent,
                    "people write to customers: sign in, or ask with an agent's ticket")
            }
            let wanted = call.parameters
            let content = try Self.content(call.body.bytes, wanted)
            // A file is stored only for whoever may send it; the handoff stage decides anew.
            guard holder == agent.id else {
                throw Problem(.noClaim, "claim the conversation before you write in it")
            }
            let blob = try await keep(call.body.bytes, content, call.scope.tenant)
            let reference = try self.reference(call.request)
            let submission = try await context.commands.submit(
                HandoffCommand(
                    tenant: call.scope.tenant, conversation: wanted.conversation,
                    agent: agent.id, agentName: agent.name, action: .send(content),
                    reference: reference, at: context.records.now()), in: call.scope)
            let outcome = await context.commands.outcome(
                of: submission, within: context.options.commandWait)
            try Self.expectDone(outcome)
            return Reply(SentFile(kind: content.kind, file: blob), status: 201)
        }
    }

    /// What is sent, as WhatsApp takes it.
    private static func content(
        _ bytes: [UInt8], _ wanted: SendingParameters
    ) throws(Problem) -> OutboundContent {
        guard !bytes.isEmpty else { throw Problem(.badFile, "the file has no bytes") }
        let type = MediaSniffer.mediaType(of: bytes, declared: wanted.mediaType)
        let blob = BlobReference(
            sha256: SHA256.hex(bytes), mediaType: type, size: bytes.count)
        let kind = wanted.kind ?? Self.kind(of: type)
        let medium = OutboundMedia(
            .blob(blob), caption: wanted.caption,
            filename: kind == "document" ? wanted.filename ?? "file" : nil,
            voice: kind == "audio" ? wanted.voice : nil)
        let body: OutboundContent.Body =
            switch kind {
            case "image": .image(medium)
            case "video": .video(medium)
            case "audio": .audio(medium)
            case "sticker": .sticker(medium)
            default: .document(medium)
            }
        let content = OutboundContent(body)
        if let problem = content.problems.first { throw Problem(.badFile, problem.sentence) }
        return content
    }

    /// What a file of a type is sent as, unless somebody says otherwise.
    private static func kind(of mediaType: String) -> String {
        if ["image/jpeg", "image/png"].contains(mediaType) { return "image" }
        for kind in ["audio", "video"] where mediaType.hasPrefix(kind + "/") { return kind }
        return "document"
    }

    /// Who has a conversation of the tenant's.
    private func holder(
        of conversation: ConversationID, _ scope: TenantScope
    ) async throws(Problem) -> AgentID? {
        let found = try await context.conversations.answer {
            rows throws(SQLiteError) -> (isKnown: Bool, holder: AgentID?) in
            let rows = ConversationRows(rows, of: scope)
            return (
                try rows.listing(of: conversation) != nil, try rows.holder(of: conversation)
            )
        }
        guard found.isKnown else {
            throw Problem(.noConversation, "this tenant has no conversation \(conversation)")
        }
        return found.holder
    }

    /// Keeps the file as long as messages of now are kept.
    private func keep(
        _ bytes: [UInt8], _ content: OutboundContent, _ tenant: TenantID
    ) async throws -> BlobReference {
        guard let blob = content.blobs.first?.blob else {
            throw Problem(.badFile, "there is no file")
        }
        do throws(BlobError) {
            _ = try await blobs.put(bytes, of: tenant, on: .media)
        } catch {
            throw Problem(.filesAreAway, "the file was not stored: \(error)")
        }
        let kept = KeptMedium(tenant: tenant, sha256: blob.sha256, at: context.records.now())
        try await context.append([
            context.records.record(kept, id: context.records.freshID())
        ])
        return blob
    }

    /// The command's own id, by which the handoff stage knows an act that is asked for twice.
    private func reference(_ request: HTTPRequest) throws -> String {
        guard let key = request.headers.first(named: "Idempotency-Key") else {
            return "file-\(try context.records.freshID())"
        }
        return "file-\(SHA256.hex(key).prefix(32))"
    }

    private static func expectDone(_ outcome: CommandSender.Outcome?) throws(Problem) {
        switch outcome {
        case .answered(let answered):
            switch answered.answer {
            case .done: break
            case .refused(let reason, _): throw Problem(.notSent, reason)
            case .overtaken: throw Problem(.notSent, AgentSession.overtaken)
            }
        case .notStored(_, let reason):
            throw Problem(.notStored, "nothing was stored: \(reason)")
        case nil:
            throw Problem(
                .noAnswer,
                "the file is stored, but the handoff stage has not answered yet; it is sent as "
                    + "soon as it does")
        }
    }
}

extension TenantPermission {
    static let answerConversations = Self("conversations:answer", isForAgents: true)
}

/// Where a file is sent, and how.
struct SendingParameters: Described, Decodable, Hashable {
    var conversation: ConversationID
    var filename: String?
    var mediaType: String?
    var caption: String?
    var kind: String?
    var voice: Bool?

    static let schema = JSONSchema.object([
        .required("conversation", .id("The conversation.")),
        .optional("filename", .text("A document's name, as the customer sees it.", 1...240)),
        .optional(
            "mediaType",
            .text("What the file is, where its bytes leave a choice, such as audio/mp4.", 1...100)
        ),
        .optional("caption", .text("The words under it.", 1...ContentLimits.caption)),
        .optional(
            "kind",
            .words(
                ["image", "video", "audio", "document", "sticker"],
                "What it is sent as; by its type if nothing is said.")),
        .optional("voice", .boolean("Whether a sound is shown as a voice note.")),
    ])
}

/// A file that is on its way to a customer.
struct SentFile: Described, Encodable, Hashable {
    /// What it is sent as.
    var kind: String
    /// The file.
    var file: BlobReference

    static let schema = JSONSchema.object(
        [
            .required("kind", .text("What it is sent as.")),
            .required(
                "file",
                .object([
                    .required("sha256", .text("The SHA-256 in hexadecimal digits.")),
                    .required("mediaType", .text("What it is, told by its bytes.")),
                    .required("size", .count("Its bytes.")),
                ])),
        ], named: "SentFile")
}

extension Problem.Kind {
    static let noAgent = Self(409, "no_agent")
    static let noClaim = Self(409, "no_claim")
    static let badFile = Self(422, "bad_file")
    static let notSent = Self(409, "not_sent")
    static let noAnswer = Self(504, "no_answer")
    static let noFile = Self(404, "no_file")
    static let filesAreAway = Self(503, "files_are_away")
}

/// Which line's file is wanted.
struct FileParameters: Described, Decodable, Hashable {
    var conversation: ConversationID
    var line: RecordID

    static let schema = JSONSchema.object([
        .required("conversation", .id("The conversation.")),
        .required("line", .id("The line, by its id in the transcript.")),
    ])
}

/// A stranger's file, served so that a browser shows it or saves it, and never runs it.
struct ServedFile: EndpointAnswer {
    static let media = AnswerMedia.other("*/*")

    /// What a browser shows without running anything; pages, drawings and documents, which may hold
    /// scripts, are only saved.
    private static let shown: Set<String> = [
        "image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "audio/mpeg",
        "audio/mp4", "audio/aac", "audio/amr", "audio/wav", "video/mp4", "video/3gpp",
    ]

    let bytes: [UInt8]
    /// What the bytes are, told by themselves when they came.
    let mediaType: String
    let filename: String?

    func response() -> HTTPResponse {
        let isShown = Self.shown.contains(mediaType)
        let disposition = isShown ? "inline" : "attachment"
        return HTTPResponse(
            status: 200,
            headers: [
                ("Content-Type", isShown ? mediaType : "application/octet-stream"),
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Security-Policy", "sandbox; default-src 'none'"),
                ("Content-Disposition", disposition + Self.name(filename)),
                ("Cross-Origin-Resource-Policy", "same-origin"),
                ("Cache-Control", "private, no-store"),
            ], body: bytes)
    }

    /// The name as a field of its own form (RFC 8187): no byte of it can be taken for something
    /// else.
    private static func name(_ filename: String?) -> String {
        guard let filename, !filename.isEmpty else { return "" }
        var escaped = ""
        // A path is no name.
        let last = filename.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? "file"
        for byte in last.utf8.prefix(255) {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f:
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (hex.utf8.count < 2 ? "0" : "") + hex
            }
        }
        return "; filename*=UTF-8''\(escaped)"
    }
}
