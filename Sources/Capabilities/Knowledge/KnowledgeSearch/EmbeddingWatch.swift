package import Conversation
package import EventLog
import FoundationEssentials
package import LanguageModel
package import Records
package import Telemetry

/// Decides which documents are to be embedded again, once the embedding model is another than the
/// one that embedded them; pure, so that it can be tried without waiting.
package struct EmbeddingWatch {
    /// A document of a tenant.
    package struct Document: Hashable, Sendable {
        /// The tenant.
        package var tenant: TenantID
        /// The document.
        package var document: DocumentID
    }

    /// Documents that may be under way at once: customers and uploads wait for the same server.
    static let mostAsked = 4
    /// After so long a document is asked for again: its wish may have failed.
    static let patience = Duration.seconds(3600)

    private var last: VectorSpace?
    private var asked: [Document: (space: VectorSpace, at: Timestamp)] = [:]

    /// The documents to ask for now; `setAside` are those whose vectors are not of `space`, which
    /// is what the server makes at present.
    ///
    /// A model has to be seen twice: two servers behind one address that take turns would
    /// otherwise keep everything in motion.
    mutating func due(
        _ space: VectorSpace, setAside: [Document], at now: Timestamp
    ) -> [Document] {
        defer { last = space }
        guard space == last else { return [] }
        let waiting = Set(setAside)
        asked = asked.filter { document, ask in
            waiting.contains(document) && ask.space == space
                && now.since(ask.at) < Self.patience
        }
        let room = max(0, Self.mostAsked - asked.count)
        let due = Array(setAside.filter { asked[$0] == nil }.prefix(room))
        for document in due { asked[document] = (space, now) }
        return due
    }
}

/// Sees a change of the embedding model, and has the passages embedded again: in the console's
/// process, of which there is one, and which knows all passages.
package struct EmbeddingWatcher: Sendable {
    /// How often the server is looked at, with a text of one word.
    static let interval = Duration.seconds(15)

    let embeddings: Embeddings
    let knowledge: KnowledgeSearch
    let appender: any EventLogAppender
    let envelope: RecordEnvelope
    let logger: Logger
    let now: @Sendable () -> Timestamp
    var interval = EmbeddingWatcher.interval

    /// Watches the server of `embeddings` for the passages of `knowledge`; wishes are appended.
    package init(
        embeddings: Embeddings, knowledge: KnowledgeSearch, appender: any EventLogAppender,
        envelope: RecordEnvelope, logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) {
        self.embeddings = embeddings
        self.knowledge = knowledge
        self.appender = appender
        self.envelope = envelope
        self.logger = logger
        self.now = now
    }

    /// Looks until cancelled.
    package func run() async {
        var watch = EmbeddingWatch()
        while !Task.isCancelled {
            // Cancelled: the loop ends.
            try? await Task.sleep(for: interval)
            do {
                try await look(&watch)
            } catch let error as LanguageModelError {
                // The stages that need the server say so; a model is no other while it is away.
                logger.debug("the embedding server cannot be looked at", [.error: .error(error)])
            } catch {
                logger.warning("passages wait to be embedded again", [.error: .error(error)])
            }
        }
    }

    private func look(_ watch: inout EmbeddingWatch) async throws {
        let space = try await embeddings.made(of: ["hello"], as: .passage).space
        let setAside = await knowledge.documents(setAsideBut: space)
        let due = watch.due(space, setAside: setAside, at: now())
        guard !due.isEmpty else { return }
        logger.warning(
            "another model embedded these documents: they are embedded again",
            [.count: .count(setAside.count), .model: .identifier(space.model)])
        var records: [Record] = []
        for document in due {
            records.append(try record(of: document, space))
        }
        try await appender.append(records)
    }

    private func record(
        of document: EmbeddingWatch.Document, _ space: VectorSpace
    ) throws -> Record {
        let id = RecordID(UUID().uuidString)
        let wish = DocumentReembedding(
            tenant: document.tenant, document: document.document, space: space, askedAt: now())
        let headers = RecordHeaders(
            id: id, type: DocumentReembedding.type, source: "console", time: now(),
            subject: wish.key, correlation: id, causation: id, tenant: wish.tenant)
        return try envelope.record(wish, headers: headers)
    }
}
