import Foundation
import HTTPClient

/// An installation that evaluations put documents into and ask questions of.
struct EvaluatedInstallation: Sendable {
    private static let readers = 4
    /// How long all documents may take to be read.
    private static let patience = Duration.seconds(3_600)

    let pipeline: RunningPipeline
    private let isByMeaning: Bool
    private let numbers = Numbers()

    /// Tenants' numbers, each another.
    private actor Numbers {
        private var last = -1
        func next() -> Int {
            last += 1
            return last
        }
    }

    /// Starts one, with an embedding server whose vectors may be kept in a folder and more options
    /// of `parley up`, and stops it after `body`.
    static func use<Value: Sendable>(
        _ options: EvaluationOptions, more: [String] = [],
        _ body: @Sendable (EvaluatedInstallation) async throws -> Value
    ) async throws -> Value {
        guard let embeddingURL = options.embeddingURL, let cache = options.cache else {
            return try await start(options.embeddingURL, more, body)
        }
        return try await EmbeddingCache(folder: cache, url: embeddingURL).serve { url in
            try await start(url, more, body)
        }
    }

    private static func start<Value: Sendable>(
        _ embeddingURL: String?, _ more: [String],
        _ body: @Sendable (EvaluatedInstallation) async throws -> Value
    ) async throws -> Value {
        let folder = try ScratchFolder()
        let pipeline = try await RunningPipeline.start(
            log: nil, folder: folder,
            serving: .documents(embeddingURL: embeddingURL, more: more))
        var value: Value?
        try await pipeline.use {
            value = try await body(
                EvaluatedInstallation(pipeline: pipeline, isByMeaning: embeddingURL != nil))
        }
        guard let value else { throw RunningPipeline.Failure(description: "nothing was measured") }
        return value
    }

    private init(pipeline: RunningPipeline, isByMeaning: Bool) {
        self.pipeline = pipeline
        self.isByMeaning = isByMeaning
    }

    /// Makes a business with documents, and waits until all are found.
    @discardableResult
    func add(
        _ tenant: String, _ documents: [QuestionSet.Document], serving: ServedTenant? = nil
    ) async throws -> EvaluatedTenant {
        let evaluated = try await pipeline.addTenant(
            tenant, number: await numbers.next(), serving: serving)
        for document in documents {
            try await pipeline.post(
                "/api/v1/tenants/\(tenant)/documents?name=\(document.name)",
                Array(document.text.utf8))
        }
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end {
            let indexed = try await pipeline.indexedDocuments(of: tenant, byMeaning: isByMeaning)
            if indexed == documents.count { return evaluated }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw RunningPipeline.Failure(description: "not all documents were read in an hour")
    }

    /// Switches a reranking server on or off for a business.
    func rerank(_ tenant: String, isOn: Bool) async throws {
        _ = try await pipeline.call(
            .put, "/api/v1/tenants/\(tenant)", Array(#"{"reranks":\#(isOn)}"#.utf8))
    }

    /// What each question finds, in their order.
    func ask(
        _ questions: [QuestionSet.Question], _ tenant: String, limit: Int
    ) async throws -> [RunningPipeline.SearchResult] {
        let found = try await withThrowingTaskGroup(
            of: [(Int, RunningPipeline.SearchResult)].self
        ) { group in
            for reader in 0..<Self.readers {
                group.addTask {
                    var found: [(Int, RunningPipeline.SearchResult)] = []
                    for index in stride(from: reader, to: questions.count, by: Self.readers) {
                        found.append(
                            (
                                index,
                                try await pipeline.search(
                                    questions[index].text, of: tenant, limit: limit)
                            ))
                    }
                    return found
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return found.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
