import Foundation
import HTTPClient
import JSON
import PassageIndex

/// What an evaluation asks of an installation.
extension RunningPipeline {
    /// Connects a business that has documents, and customers if it is served.
    func addTenant(
        _ id: String, number: Int, serving: ServedTenant?
    ) async throws -> EvaluatedTenant {
        let evaluated = EvaluatedTenant(
            id: id, account: "1000\(number)", number: "2000\(number)", secret: "evaluation")
        var tenant: [String: JSONValue] = [
            "id": .string(id), "name": .string("Evaluation \(number + 1)"),
            "about": .string("Documents that are searched."),
            "account": .string(evaluated.account),
            "numbers": .array([
                .object([
                    "id": .string(evaluated.number), "messagesPerSecond": .integer(1_000),
                ])
            ]), "appSecret": .string(evaluated.secret),
            "verifyToken": .string(evaluated.secret), "accessToken": .string(evaluated.secret),
        ]
        if let serving {
            tenant["graphURL"] = .string("http://127.0.0.1:\(serving.graphPort)")
            if let model = serving.model {
                var fields: [String: JSONValue] = [
                    "url": .string(model.url), "name": .string(model.name),
                ]
                fields["key"] = model.key.map { .string($0) }
                tenant["model"] = .object(fields)
            }
        }
        try await post(
            "/api/v1/tenants", [UInt8](try JSONEncoder().encode(JSONValue.object(tenant))))
        return evaluated
    }

    private struct Listed: Decodable {
        struct Document: Decodable { var outcome: String }
        var documents: [Document]
        var next: String?
    }

    /// How many documents can be found by now, by meaning if that is wanted.
    ///
    /// - Throws: ``Failure`` if one cannot be read, or not be found so.
    func indexedDocuments(of tenant: String, byMeaning: Bool) async throws -> Int {
        let wanted = byMeaning ? ["indexed"] : ["indexed", "indexedWithoutVectors"]
        var (count, next) = (0, String?.none)
        repeat {
            let after = next.map { "&after=\(Self.escaped($0))" } ?? ""
            let page = try JSONDecoder().decode(
                Listed.self,
                from: Data(
                    try await call(.get, "/api/v1/tenants/\(tenant)/documents?limit=100\(after)")))
            for document in page.documents where document.outcome != "pending" {
                guard wanted.contains(document.outcome) else {
                    throw Failure(description: "a document of \(tenant) is \(document.outcome)")
                }
                count += 1
            }
            next = page.next
        } while next != nil
        return count
    }

    private struct Found: Decodable {
        struct Passage: Decodable { var documentName: String }
        var passages: [Passage]
        var search: String?
        var signals: [String: Double]?
    }

    /// What a question finds.
    struct SearchResult: Sendable {
        /// The documents of the passages, best first, each once.
        var documents: [String]
        /// What speaks for the first passage as an answer.
        var signals: AnswerSignals?
    }

    /// Asks a question of a business's documents.
    func search(_ question: String, of tenant: String, limit: Int) async throws -> SearchResult {
        let path = "/api/v1/tenants/\(tenant)/search?limit=\(limit)&q=\(Self.escaped(question))"
        let found = try JSONDecoder().decode(Found.self, from: Data(try await call(.get, path)))
        var seen: Set<String> = []
        let signals = found.search.flatMap(AnswerSignals.Kind.init).map { kind in
            let measured = (found.signals ?? [:]).compactMap { name, value in
                AnswerSignals.Name(rawValue: name).map { ($0, value) }
            }
            return AnswerSignals(kind, Dictionary(measured) { first, _ in first })
        }
        return SearchResult(
            documents: found.passages.map(\.documentName).filter { seen.insert($0).inserted },
            signals: signals)
    }

    static func escaped(_ text: String) -> String {
        // RFC 3986, 2.3: nothing else stands for itself everywhere in a query.
        let small = "abcdefghijklmnopqrstuvwxyz"
        let plain = CharacterSet(charactersIn: small + small.uppercased() + "0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
