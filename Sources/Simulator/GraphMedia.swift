import Cryptography
import FoundationEssentials
import HTTPServer
import JSON
import MediaSniffing

/// What WhatsApp takes as media, and how it refuses the rest (WhatsApp, "Media": supported types
/// and sizes; "Error codes": 100, 131053).
enum GraphMedia {
    private static let megabyte = 1024 * 1024
    private static let office = "application/vnd.openxmlformats-officedocument."

    /// The largest file of each type, in bytes, by what it is sent as.
    static let limits: [String: [String: Int]] = [
        "image": ["image/jpeg": 5 * megabyte, "image/png": 5 * megabyte],
        "video": ["video/mp4": 16 * megabyte, "video/3gpp": 16 * megabyte],
        "audio": [
            "audio/aac": 16 * megabyte, "audio/amr": 16 * megabyte, "audio/mpeg": 16 * megabyte,
            "audio/mp4": 16 * megabyte, "audio/ogg": 16 * megabyte,
        ],
        "document": Dictionary(
            uniqueKeysWithValues: [
                "text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel",
                "application/vnd.ms-powerpoint", office + "wordprocessingml.document",
                office + "spreadsheetml.sheet", office + "presentationml.presentation",
            ].map { ($0, 100 * megabyte) }),
        // An animated one may have 500 KB, one that stands still 100 KB.
        "sticker": ["image/webp": 500 * 1024],
    ]
    /// How long WhatsApp keeps what a business gave it, in milliseconds (30 days).
    static let uploadLife: Int64 = 30 * 86_400_000
    /// How long WhatsApp keeps what a customer sent (7 days).
    static let inboundLife: Int64 = 7 * 86_400_000

    static func failed(_ details: String) -> GraphError {
        GraphError(131_053, "Media upload error", details)
    }

    /// Checks a file that a business uploads; answers its media type.
    static func check(_ form: MultipartBody) throws(GraphError) -> (type: String, bytes: [UInt8]) {
        guard form.field("messaging_product") == "whatsapp" else {
            throw .parameter("messaging_product must be whatsapp")
        }
        guard let file = form.parts.first(where: { $0.name == "file" }) else {
            throw .parameter("file is missing")
        }
        let declared = MediaSniffer.plain(form.field("type") ?? file.mediaType ?? "")
        guard let limit = limits.values.compactMap({ $0[declared] }).max() else {
            throw .parameter(
                "Param file must be a file with one of the supported types; received "
                    + "file of type '\(declared)'")
        }
        guard !file.bytes.isEmpty else { throw failed("the file has no bytes") }
        guard file.bytes.count <= limit else {
            throw failed("the file has \(file.bytes.count) bytes; \(limit) are taken of its type")
        }
        let real = MediaSniffer.mediaType(of: file.bytes, declared: declared)
        guard real == declared else {
            throw failed("the file is \(real), and was said to be \(declared)")
        }
        return (declared, file.bytes)
    }
}

/// A body of `multipart/form-data` (RFC 7578), taken apart.
struct MultipartBody {
    struct Part {
        var name: String
        var filename: String?
        var mediaType: String?
        var bytes: [UInt8]
    }

    private(set) var parts: [Part] = []

    /// Takes a body apart by the boundary that its content type names; `nil` if it is none.
    init?(_ body: [UInt8], contentType: String?) {
        guard let contentType, contentType.lowercased().hasPrefix("multipart/form-data"),
            let mark = contentType.firstRange(of: "boundary=")
        else { return nil }
        let boundary = contentType[mark.upperBound...].prefix { $0 != ";" }
            .filter { $0 != "\"" }
        guard !boundary.isEmpty else { return nil }
        let line = Array("--\(boundary)".utf8)
        guard body.starts(with: line) else { return nil }
        let delimiter = Array("\r\n".utf8) + line
        var rest = body[line.count...]
        while rest.starts(with: Array("\r\n".utf8)) {
            let content = rest.dropFirst(2)
            guard let end = content.firstRange(of: delimiter),
                let part = Self.part(content[..<end.lowerBound])
            else { return nil }
            parts.append(part)
            rest = content[end.upperBound...]
        }
        guard rest.starts(with: Array("--".utf8)) else { return nil }
    }

    func field(_ name: String) -> String? {
        parts.first { $0.name == name && $0.filename == nil }
            .map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    private static func part(_ bytes: ArraySlice<UInt8>) -> Part? {
        let blank = Array("\r\n\r\n".utf8)
        guard let end = bytes.firstRange(of: blank) else { return nil }
        var part: Part?
        var mediaType: String?
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        for line in head.split(separator: "\r\n") {
            let lower = line.lowercased()
            if lower.hasPrefix("content-disposition:"), let name = value("name", in: line) {
                part = Part(name: name, filename: value("filename", in: line), bytes: [])
            } else if lower.hasPrefix("content-type:") {
                mediaType =
                    line.dropFirst("content-type:".count).drop { $0 == " " }
                    .description
            }
        }
        part?.mediaType = mediaType
        part?.bytes = Array(bytes[end.upperBound...])
        return part
    }

    private static func value(_ name: String, in line: Substring) -> String? {
        guard let start = line.firstRange(of: " \(name)=\"") else { return nil }
        return String(line[start.upperBound...].prefix { $0 != "\"" })
    }
}

/// A file as a customer sees it.
struct SeenMedium: Encodable, Sendable {
    var id: String?
    var link: String?
    var mime_type: String?
    var sha256: String?
    var file_size: Int?
    var caption: String?
    var filename: String?
    var voice: Bool?
}

extension GraphMessage {
    /// A medium of a message.
    struct Medium: Decodable {
        var id: String?
        var link: String?
        var caption: String?
        var filename: String?
        var voice: Bool?
    }

    /// The medium of its type.
    var medium: Medium? {
        switch type {
        case "image": image
        case "video": video
        case "audio": audio
        case "document": document
        case "sticker": sticker
        default: nil
        }
    }
}

extension World {
    /// Stores what a business uploads.
    mutating func upload(
        _ request: HTTPRequest, number: String, at now: Int64
    ) -> HTTPResponse {
        stats.uploads += 1
        do throws(GraphError) {
            let business = try authorize(
                request.headers.first(named: "Authorization"), number: number)
            if let fault = faults.consume(.uploadError, business.name) {
                throw .asked(fault.code ?? 131_053)
            }
            let type = request.headers.first(named: "Content-Type")
            guard let form = MultipartBody(request.body, contentType: type) else {
                throw .parameter("the body is no multipart/form-data")
            }
            let file = try GraphMedia.check(form)
            let id = makeMediaID()
            media[id] = StoredMedium(
                bytes: file.bytes, mediaType: file.type, number: number,
                until: now + GraphMedia.uploadLife, isUpload: true)
            return .json(Array("{\"id\":\"\(id)\"}".utf8))
        } catch {
            stats.refused[String(error.code), default: 0] += 1
            return error.response
        }
    }

    /// A fresh media id: sixteen digits, as WhatsApp's are.
    mutating func makeMediaID() -> String {
        String(1_000_000_000_000_000 + random.next() % 9_000_000_000_000_000)
    }

    /// Lets WhatsApp forget a medium, as it does when its time is over.
    mutating func expire(_ id: String) { media[id]?.until = 0 }

    /// Looks up what a message names of media, and tells what the customer sees of its own.
    ///
    /// What it may hold besides is looked at by ``GraphRules``.
    func seen(
        _ message: GraphMessage, _ json: JSONView, number: String, at now: Int64
    ) throws(GraphError) -> SeenMedium? {
        for (type, id) in GraphMedia.headers(of: json) {
            _ = try upload(id, as: type, number: number, at: now)
        }
        guard let type = message.type, let medium = message.medium else { return nil }
        var seen = SeenMedium(
            id: medium.id, link: medium.link, caption: medium.caption, filename: medium.filename,
            voice: medium.voice)
        guard let id = medium.id else { return seen }
        let stored = try upload(id, as: type, number: number, at: now)
        seen.mime_type = stored.mediaType
        seen.sha256 = SHA256.hex(stored.bytes)
        seen.file_size = stored.bytes.count
        return seen
    }

    /// What the business uploaded under an id, if it can be sent as such a kind.
    private func upload(
        _ id: String, as type: String, number: String, at now: Int64
    ) throws(GraphError) -> StoredMedium {
        guard let stored = media[id], stored.isUpload, stored.number == number, stored.until > now
        else {
            throw .parameter(
                "Param \(type)['id'] is not a valid whatsapp business account media attachment ID")
        }
        guard let limit = GraphMedia.limits[type]?[stored.mediaType], stored.bytes.count <= limit
        else {
            throw GraphMedia.failed("\(stored.mediaType) of this size is not taken as \(type)")
        }
        return stored
    }
}

extension GraphMedia {
    /// The media that headers name by id: of buttons, and of a template.
    static func headers(of message: JSONView) -> [(type: String, id: String)] {
        let template = (message["template"]?["components"]?.elements ?? []).filter {
            $0["type"]?.string?.lowercased() == "header"
        }
        let parts =
            [message["interactive"]?["header"]].compactMap(\.self)
            + template.flatMap { $0["parameters"]?.elements ?? [] }
        return parts.compactMap { part in
            guard let type = part["type"]?.string, limits[type] != nil,
                let id = part.field(type)?["id"]?.text, !id.isEmpty
            else { return nil }
            return (type, id)
        }
    }
}
