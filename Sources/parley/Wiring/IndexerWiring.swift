import Blobs
import Conversation
import DocumentText
import EventLog
import IndexerStage
import KnowledgeSearch
import LanguageModel
import Records
import StageRuntime
import Synchronization

/// Wires the indexer to the blob store, the document tools and the embedding server.
///
/// - Throws: What the log says when it is to be written to.
func indexerRunner(
    _ process: ProcessContext
) async throws(EventLogError) -> StageRunner<IndexerStage> {
    let told = ReadingReports(
        appender: try await process.log.openAppender(), envelope: process.envelope)
    let extractor = DocumentTextExtractor(scratch: process.scratchFolder)
    let blobs = process.blobs
    // A batch of a small model on two cores takes seconds, and the cores may be busy.
    let embeddings = process.embeddings(timeout: .seconds(120))
    let turns = OneAtATime()
    return process.runner(process.designs.indexer()) { call, context throws(CallFailure) in
        switch call {
        case .extract(let name, let hash):
            try await extract(
                name, hash, of: context.input.tenant, from: blobs, with: extractor
            ) { read in await told.tell(read, of: hash, context) }
        case .embed(let texts):
            if let embeddings {
                try await turns.run { () throws(CallFailure) in
                    try await embed(texts, embeddings)
                }
            } else {
                .withoutVectors(because: "no embedding server is set up")
            }
        }
    }
}

private func extract(
    _ name: String, _ hash: String, of tenant: TenantID, from blobs: any BlobStore,
    with extractor: DocumentTextExtractor, progress: DocumentTextExtractor.Progress
) async throws(CallFailure) -> IndexerAnswer {
    let bytes: [UInt8]
    do {
        bytes = try await blobs.get(hash, of: tenant)
    } catch {
        switch error {
        case .missing, .damaged:
            return .unreadable(
                because: "its bytes are not in the blob store any more: add it again")
        case .unavailable, .refused:
            throw .transient(reason: error.description, retryAfterMilliseconds: nil)
        }
    }
    do throws(DocumentTextError) {
        let document = try await extractor.extract(name: name, bytes: bytes, progress: progress)
        let sections = document.sections.map {
            DocumentSection(headings: $0.headings, page: $0.page, sheet: $0.sheet, text: $0.text)
        }
        return .text(
            DocumentReading(
                sections: sections, pages: document.pages,
                remark: document.recognition.flatMap(remark)))
    } catch {
        guard error.isTransient, !error.concernsOwner else {
            return .unreadable(because: error.description)
        }
        if case .sandbox = error { throw .unexpected(reason: error.description) }
        throw .transient(reason: error.description, retryAfterMilliseconds: nil)
    }
}

/// Tells how far the reading of documents is, for whoever watches: a scan takes seconds a page, and
/// nothing is decided by it, so it stands outside of the stage's commit.
private final class ReadingReports: Sendable {
    /// Between two reports of a document.
    private static let pause = Duration.seconds(1)

    private let appender: any EventLogAppender
    private let envelope: RecordEnvelope
    private let last = Mutex<[DocumentID: Timestamp]>([:])

    init(appender: any EventLogAppender, envelope: RecordEnvelope) {
        self.appender = appender
        self.envelope = envelope
    }

    func tell(_ read: ReadPages, of hash: String, _ context: StageContext) async {
        let document = DocumentID(context.key)
        let now = ProcessContext.now()
        let isDue = last.withLock { last in
            if let before = last[document], now.since(before) < Self.pause { return false }
            // Few documents are read at once; what was read long ago is no pause to keep.
            last = last.filter { now.since($0.value) < Self.pause }
            last[document] = now
            return true
        }
        guard isDue else { return }
        let cause = context.input.id
        let progress = DocumentProgress(
            tenant: context.input.tenant, document: document, contentHash: hash, pages: read.of,
            passages: 0, done: 0,
            reading: .init(pages: read.pages, of: read.of, isRecognition: read.isRecognition),
            at: now)
        let headers = RecordHeaders(
            id: .derived(from: cause, by: "indexer/reading/\(now.milliseconds)"),
            type: DocumentProgress.type, source: "indexer", time: now, subject: progress.key,
            correlation: context.input.correlation, causation: cause,
            tenant: context.input.tenant)
        do {
            try await appender.append([envelope.record(progress, headers: headers)])
        } catch {
            // The next page tells again; the reading itself goes on.
        }
    }
}

/// What the owner of a document should know of what was read from pictures.
private func remark(_ read: RecognisedText) -> String? {
    var remarks: [String] = []
    if read.pages > 0 {
        let pages = read.pages == 1 ? "1 page was" : "\(read.pages) pages were"
        let doubt =
            read.confidence < RecognisedText.sure
            ? "; many words may be wrong: scan it anew with more contrast, or type it" : ""
        remarks.append("\(pages) read from pictures, \(read.confidence) % sure\(doubt)")
    }
    if read.leftOut > 0 {
        let pages = read.leftOut == 1 ? "1 page" : "\(read.leftOut) pages"
        remarks.append("\(pages) without words could not be read")
    }
    return remarks.isEmpty ? nil : remarks.joined(separator: "; ")
}

extension DocumentTextError {
    /// Whether the document's owner or the installation must act, so that trying again is no use.
    fileprivate var concernsOwner: Bool {
        switch self {
        case .missingTool, .timedOut: true
        default: false
        }
    }
}

private func embed(
    _ texts: [String], _ embeddings: Embeddings
) async throws(CallFailure) -> IndexerAnswer {
    do throws(LanguageModelError) {
        let made = try await embeddings.made(of: texts, as: .passage)
        return .vectors(made.vectors.map { Embedding($0) }, model: made.model)
    } catch {
        throw error.callFailure
    }
}

/// Lets one call run at a time, the others in their order: what answers customers may ask the same
/// server, and then waits for one batch of a document at most.
private actor OneAtATime {
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func run(
        _ call: @Sendable () async throws(CallFailure) -> IndexerAnswer
    ) async throws(CallFailure) -> IndexerAnswer {
        if isBusy {
            await withCheckedContinuation { waiting.append($0) }
        } else {
            isBusy = true
        }
        defer { if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() } }
        return try await call()
    }
}
