import Blobs
import Conversation
import ConversationView
import Endpoints
import HTTPServer
import JSON
import SQLite

/// Files of conversations over HTTP: what customers sent, and what they were sent.
struct MediaRoutes: Sendable {
    let context: ConsoleContext
    let blobs: any BlobStore

    private static let path = "/api/v1/tenants/{tenant}/conversations/{conversation}/media"

    /// The endpoints.
    var endpoints: [Endpoint] { [read] }

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

extension Problem.Kind {
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
