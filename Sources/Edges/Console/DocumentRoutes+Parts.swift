import AccountCommands
import Blobs
import Conversation
import Cryptography
import DocumentView
import Endpoints
import HTTPServer
package import JSON

/// How files are cut that go in parts.
package enum DocumentParts {
    /// Bytes of each but the last.
    package static let bytes = 4 * 1024 * 1024
    /// Parts of the largest document.
    static let most = DocumentRoutes.documentBytes / bytes
    /// How long parts wait for the rest, in seconds.
    static let life = 24 * 3_600
}

/// Large files, part by part, over lines that break: parts are named by their bytes, so whoever
/// goes on asks which are here and sends the others, in any order, from any place, to any console
/// of the installation. A part that comes twice is one.
extension DocumentRoutes {
    private static let partsPath = "/api/v1/tenants/{tenant}/document-parts"

    var findParts: Endpoint {
        .tenant(
            .at(
                .get, Self.partsPath, "documentParts.find",
                "Tells which parts of a file are here already."),
            may: .writeDocuments,
            .init(
                takes: PartsParameters.self, gives: Reply<KeptParts>.self,
                problems: [.notStored])
        ) { call in
            var kept: [String] = []
            for part in Set(call.parameters.parts).sorted()
            where try await has(part, of: call.scope.tenant) {
                kept.append(part)
            }
            return Reply(KeptParts(parts: kept))
        }
    }

    var putPart: Endpoint {
        .tenant(
            .at(
                .put, Self.partsPath + "/{part}", "documentParts.put",
                "Keeps a part of a file for a day, under the SHA-256 of its bytes."),
            may: .writeDocuments,
            .init(
                takes: PartParameters.self, body: RawBody.self,
                limit: DocumentParts.bytes + 64 * 1024, gives: Reply<KeptParts>.self,
                problems: [.emptyDocument, .otherPart, .notStored, .unexpected])
        ) { try await keep($0) }
    }

    var assemble: Endpoint {
        .tenant(
            .at(
                .post, "/api/v1/tenants/{tenant}/assembled-documents", "documents.assemble",
                "Puts in a document whose bytes came in parts."),
            may: .writeDocuments,
            .init(
                takes: UploadParameters.self, body: JSONBody<AssemblyForm>.self,
                gives: Reply<DocumentListing>.self, [201, 202],
                problems: [
                    .missingParts, .tooLarge, .replacedDocument, .removedDocument, .neverFound,
                ] + Problem.Kind.writing, repeating: .once)
        ) { try await assemble($0) }
    }

    private func keep(
        _ call: Call<TenantScope, PartParameters, RawBody>
    ) async throws -> Reply<KeptParts> {
        let (bytes, tenant) = (call.body.bytes, call.scope.tenant)
        guard !bytes.isEmpty else { throw Problem(.emptyDocument, "the part has no bytes") }
        guard bytes.count <= DocumentParts.bytes else {
            throw Problem(.tooLarge, "a part has at most \(DocumentParts.bytes) bytes")
        }
        let part = SHA256.hex(bytes)
        guard part == call.parameters.part else {
            throw Problem(
                .otherPart,
                "the SHA-256 of these bytes is \(part): they were changed on their way; send them "
                    + "again")
        }
        // Its end is known before it is there: nothing stays for ever.
        let now = context.records.now()
        let kept = KeptMedium(
            tenant: tenant, sha256: part, at: now, until: now + .seconds(DocumentParts.life))
        try await context.append([context.records.record(kept, id: context.records.freshID())])
        do throws(BlobError) {
            _ = try await blobs.put(bytes, of: tenant, on: .media)
        } catch {
            throw Self.problem(error)
        }
        return Reply(KeptParts(parts: [part]))
    }

    private func assemble(
        _ call: Call<TenantScope, UploadParameters, JSONBody<AssemblyForm>>
    ) async throws -> Reply<DocumentListing> {
        var bytes: [UInt8] = []
        var missing: [String] = []
        for part in call.body.value.parts {
            do throws(BlobError) {
                bytes += try await blobs.get(part, of: call.scope.tenant, on: .media)
            } catch {
                guard !error.isTransient else { throw Self.problem(error) }
                missing.append(part)
            }
        }
        guard missing.isEmpty else {
            throw Problem(
                .missingParts,
                "these parts are not here, or not any more; send them again: "
                    + Set(missing).sorted().joined(separator: ", "))
        }
        return try await put(
            bytes, call.parameters, by: call.principal.actor, Asker(call, in: call.scope.tenant),
            call.scope)
    }

    private func has(_ part: String, of tenant: TenantID) async throws(Problem) -> Bool {
        do {
            return try await blobs.has(part, of: tenant, on: .media)
        } catch {
            throw Self.problem(error)
        }
    }

    static func problem(_ error: BlobError) -> Problem {
        Problem(error.isTransient ? .notStored : .unexpected, "nothing was stored: \(error)")
    }
}

extension Problem.Kind {
    static let otherPart = Self(422, "other_part")
    static let missingParts = Self(409, "missing_parts")
}

extension JSONSchema {
    /// The name of a part.
    fileprivate static let part = JSONSchema.text(
        "The SHA-256 of the part's bytes, in hexadecimal digits.", 64...64,
        pattern: "[0-9a-f]{64}", rule: "64 digits of 0-9 and a-f")
}

/// Which part is sent.
struct PartParameters: Described, Decodable {
    var part: String

    static let schema = JSONSchema.object([.required("part", .part)])
}

/// Which parts are asked about.
struct PartsParameters: Described, Decodable {
    var of: String

    /// The parts.
    var parts: [String] { of.split(separator: ",").map(String.init) }

    private static let most = 65 * DocumentParts.most

    static let schema = JSONSchema.object([
        .required(
            "of",
            .text(
                "The SHA-256 of each part's bytes, with commas.", 64...most,
                pattern: "[0-9a-f]{64}(,[0-9a-f]{64})*",
                rule: "SHA-256 in 64 digits of 0-9 and a-f each, with commas"))
    ])
}

/// Parts that are here.
package struct KeptParts: Hashable, Sendable, Codable, Described {
    /// The SHA-256 of each one's bytes.
    package var parts: [String]

    package static let schema = JSONSchema.object(
        [.required("parts", .list(.part, "The parts that are here."))], named: "KeptParts")
}

/// What a document is made of.
package struct AssemblyForm: Described, Codable {
    /// Its parts, in their order.
    package var parts: [String]

    /// Names the parts.
    package init(parts: [String]) { self.parts = parts }

    package static let schema = JSONSchema.object(
        [.required("parts", .list(.part, "The parts, in order.", 1...DocumentParts.most))],
        named: "AssemblyForm")
}
