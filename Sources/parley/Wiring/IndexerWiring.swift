import Blobs
import Conversation
import DocumentText
import IndexerStage
import KnowledgeSearch
import LanguageModel
import StageRuntime

/// Wires the indexer to the blob store, the document tools and the embedding server.
func indexerRunner(_ process: ProcessContext) -> StageRunner<IndexerStage> {
    let extractor = DocumentTextExtractor(scratch: process.scratchFolder)
    let blobs = process.blobs
    // A batch of a small model on two cores takes seconds, and the cores may be busy.
    let embeddings = process.embeddings(timeout: .seconds(120))
    let turns = OneAtATime()
    return process.runner(process.designs.indexer()) { call, context throws(CallFailure) in
        switch call {
        case .extract(let name, let hash):
            try await extract(
                name, hash, of: context.input.tenant, from: blobs, with: extractor)
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
    with extractor: DocumentTextExtractor
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
        let document = try await extractor.extract(name: name, bytes: bytes)
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
