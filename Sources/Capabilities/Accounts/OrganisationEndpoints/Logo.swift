import AccountCommands
import AccountRecords
import Blobs
import Conversation
import Endpoints
import HTTPServer
import JSON
import OrganisationView
import Permissions
import SQLite

/// Where logos are served: from a path of their own, so that nothing of the console's is near.
enum LogoAddress {
    /// The path of an organisation's logo; `nil` where it has none.
    static func path(of tenant: TenantID, _ facts: OrganisationFacts) -> String? {
        facts.profile.logo.map { "/logos/\(tenant)/\($0)" }
    }
}

/// A picture, told by its first bytes and by nothing that anybody says of it.
struct Picture: EndpointAnswer {
    static let media = AnswerMedia.other("image/*")

    /// Bytes of a logo at most.
    static let mostBytes = 262_144

    private static let kinds: [(start: [UInt8], at: Int, type: String)] = [
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], 0, "image/png"),
        ([0xFF, 0xD8, 0xFF], 0, "image/jpeg"), (Array("WEBP".utf8), 8, "image/webp"),
    ]

    let bytes: [UInt8]
    let type: String

    /// Takes bytes that are a PNG, JPEG or WebP picture.
    init?(_ bytes: [UInt8]) {
        let kind = Self.kinds.first { start, at, _ in bytes.dropFirst(at).starts(with: start) }
        guard let kind, kind.at == 0 || bytes.starts(with: Array("RIFF".utf8)) else { return nil }
        self.bytes = bytes
        type = kind.type
    }

    /// The picture and nothing else: no page, no script, whatever a browser takes it for.
    func response() throws -> HTTPResponse {
        HTTPResponse(
            status: 200,
            headers: [
                ("Content-Type", type), ("X-Content-Type-Options", "nosniff"),
                ("Content-Security-Policy", "sandbox; default-src 'none'"),
                ("Content-Disposition", "inline; filename=\"logo\""),
                ("Cross-Origin-Resource-Policy", "same-origin"),
                ("Cache-Control", "public, max-age=86400"),
            ], body: bytes)
    }
}

/// Which logo is asked for.
private struct LogoParameters: Described, Decodable {
    var tenant: TenantID
    var hash: String

    static let schema = JSONSchema.object([
        .required("tenant", .id("The tenant.")), .required("hash", .id("The picture's hash.")),
    ])
}

extension OrganisationEndpoints {
    var logo: [Endpoint] { [writeLogo, removeLogo, readLogo] }

    private var writeLogo: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/organisation/logo", "organisation.logo.change",
                "Takes a picture (PNG, JPEG or WebP) as an organisation's logo."),
            may: .writeSettings,
            .init(
                takes: NoParameters.self, body: RawBody.self, limit: Picture.mostBytes,
                gives: Versioned<ProfileAnswer>.self,
                problems: Problem.Kind.deciding + [.noVersion, .noPicture, .blobs, .tooLarge])
        ) { call in
            guard Picture(call.body.bytes) != nil else {
                throw Problem(.noPicture, "a logo is a PNG, JPEG or WebP picture")
            }
            let version = try call.request.expectedVersion()
            guard try await facts(call.scope).version(.profile) == version else {
                throw Problem(.otherVersion, "somebody else changed it meanwhile: load it again")
            }
            let hash: String
            do throws(BlobError) {
                hash = try await means.blobs.put(call.body.bytes, of: call.scope.tenant)
            } catch {
                throw Problem(.blobs, "the picture was not stored: \(error.description)")
            }
            return try await change(logo: hash, version, call)
        }
    }

    private var removeLogo: Endpoint {
        .tenant(
            .at(
                .delete, Self.base + "/organisation/logo", "organisation.logo.remove",
                "Takes an organisation's logo away."),
            may: .writeSettings,
            .init(
                gives: Versioned<ProfileAnswer>.self,
                problems: Problem.Kind.deciding + [.noVersion])
        ) { try await change(logo: nil, try $0.request.expectedVersion(), $0) }
    }

    private func change<Body>(
        logo hash: String?, _ version: Int, _ call: Call<TenantScope, NoParameters, Body>
    ) async throws(Problem) -> Versioned<ProfileAnswer> {
        var profile = try await facts(call.scope).profile
        profile.logo = hash
        let event = try await ask(
            call.scope.tenant, .change(.profile(profile), version: version), call)
        let answer = ProfileAnswer(call.scope.tenant, event.facts)
        return Versioned(answer, version: answer.version)
    }

    /// Anyone may see a logo whose hash they know: a page that invites shows it to whoever has the
    /// link.
    private var readLogo: Endpoint {
        .anyone(
            .at(
                .get, "/logos/{tenant}/{hash}", "organisation.logo.read",
                "Gives an organisation's logo."),
            .init(
                takes: LogoParameters.self, gives: Picture.self, problems: [.noLogo, .viewIsBuilt])
        ) { call in
            let wanted = call.parameters
            let facts = try await read { rows throws(SQLiteError) in
                try OrganisationLookup(rows).organisation(wanted.tenant)
            }
            let missing = Problem(.noLogo, "there is no such logo")
            guard let facts, facts.openness != .closed, facts.profile.logo == wanted.hash else {
                throw missing
            }
            do throws(BlobError) {
                let bytes = try await means.blobs.get(wanted.hash, of: wanted.tenant)
                guard let picture = Picture(bytes) else { throw BlobError.missing(wanted.hash) }
                return picture
            } catch {
                throw missing
            }
        }
    }
}

extension Problem.Kind {
    static let noPicture = Self(422, "no_picture")
    static let blobs = Self(503, "blobs")
    static let noLogo = Self(404, "no_logo")
}
