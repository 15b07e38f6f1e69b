package import Conversation
package import StageRuntime

/// Turns documents into passages: extracts the text, splits it, embeds what is new, and withdraws
/// what is gone.
///
/// Reads `documents`, key = document. Embedded passages are made durable while the next are yet to
/// be embedded, so a large document takes neither a large commit nor much memory, and a crash costs
/// little work.
package struct IndexerStage: Stage {
    package typealias State = IndexerState
    package typealias Call = IndexerCall
    package typealias Answer = IndexerAnswer

    /// `indexer`.
    package let name = "indexer"
    package let reads: [any Payload.Type] = [
        DocumentUpload.self, DocumentRemoval.self, DocumentReembedding.self,
        DocumentTermsChange.self, AnsweredQuestion.self,
    ]

    /// Texts embedded in one call, but for one passage with its sentences, which may be more: half
    /// a second of work for a small model on two cores, so that a customer's question, which waits
    /// for the same server, does not wait long.
    static let batch = 8
    /// Passages made durable together, the fewest and the most.
    ///
    /// With each such commit the ids of all of the document's passages are written anew: as many
    /// as an eighth of them together keeps that in proportion to what was learned. The most is some
    /// ten seconds of work for a small model, which a crash would cost.
    static let fewestDurable = 16
    static let mostDurable = 128
    /// More passages than this is no document that a customer's question is answered from.
    static let mostPassages = 5_000
    /// The wait before embedding is tried again, doubled each time up to the longest.
    static let firstPostponement = Duration.seconds(300)
    static let longestPostponement = Duration.seconds(6 * 3600)
    static let embedTimer = "embed"

    /// Makes the stage.
    package init() {}

    /// Begins with an upload, a removal, or the time to embed what lacks vectors.
    package func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Call> {
        switch input {
        case .record(let upload as DocumentUpload, _, _):
            state.postponed = 0
            state.answered = nil
            return start(upload, &state, context)
        case .record(let answered as AnsweredQuestion, _, _):
            state.postponed = 0
            state.answered = answered
            return start(answered.upload, &state, context)
        case .record(let wish as DocumentTermsChange, _, _):
            return change(wish, &state, context)
        case .record(let removal as DocumentRemoval, _, _):
            return remove(removal, &state, context)
        case .record(let wish as DocumentReembedding, _, _):
            return embedAgain(wish, &state, context)
        case .timer(let timer) where timer.name.hasPrefix(Self.forgetTimer):
            return forget(timer, state, context)
        case .timer:
            guard let upload = state.upload else { return .ignore(because: "it was removed") }
            return start(upload, &state, context)
        case .record, .passedOver: throw context.noUse
        }
    }

    /// Begins the newest version anew with all its vectors set aside, unless they are as wanted:
    /// the passages are found by their words meanwhile, and by the old vectors never.
    private func embedAgain(
        _ wish: DocumentReembedding, _ state: inout State, _ context: StageContext
    ) -> Plan<Call> {
        guard let upload = state.upload else { return .ignore(because: "it was removed") }
        guard state.space != wish.space else {
            return .ignore(because: "its vectors are of that model")
        }
        state.setVectorsAside()
        return start(upload, &state, context)
    }

    private func start(
        _ upload: DocumentUpload, _ state: inout State, _ context: StageContext
    ) -> Plan<Call> {
        var work = IndexerWork(upload: upload)
        work.version = Self.version(of: upload, state)
        work.terms = upload.terms ?? state.terms
        work.inUse = Set(state.known.map(\.id))
        state.work = work
        guard let answered = state.answered else {
            return .call(.extract(name: upload.name, contentHash: upload.contentHash))
        }
        return index(Self.drafts(of: answered), &state, context)
    }

    /// Goes on with a text or with vectors.
    package func resume(
        _ answer: Answer, to call: Call, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Call> {
        switch answer {
        case .sections(let sections):
            return split(DocumentReading(sections: sections), &state, context)
        case .text(let reading): return split(reading, &state, context)
        case .unreadable(let reason): return fail(reason, &state, context)
        case .withoutVectors(let reason):
            return finishWithoutVectors(because: reason, postpones: false, &state, context)
        case .vectors(let vectors, let model):
            guard case .embed(let texts) = call, vectors.count == texts.count else {
                throw Rejection("the embedding server sent another number of vectors than texts")
            }
            return addVectors(vectors, model, &state, context)
        }
    }

    /// A document that cannot be fetched is reported; without an embedding server it can at least
    /// be found by its words.
    package func giveUp(
        on call: Call, because failure: CallFailure, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Call> {
        switch call {
        case .extract: fail(failure.description, &state, context)
        case .embed:
            finishWithoutVectors(because: failure.description, postpones: true, &state, context)
        }
    }

    /// An embedding server that is away for longer than some seconds is waited for by timer.
    package func retryPolicy(for call: Call) -> RetryPolicy {
        RetryPolicy(
            attempts: 4, firstWait: .milliseconds(500), longestWait: .seconds(4),
            patience: .seconds(60))
    }

    // MARK: Steps

    private func split(
        _ reading: DocumentReading, _ state: inout State, _ context: StageContext
    ) -> Plan<Call> {
        guard let work = state.work else { return .ignore(because: "nothing is in hand") }
        state.work?.pages = reading.pages
        state.work?.remark = reading.remark
        let drafts = PassageSplitter.drafts(
            of: reading.sections, document: work.upload.document)
        return index(drafts, &state, context)
    }

    private func index(
        _ drafts: [PassageDraft], _ state: inout State, _ context: StageContext
    ) -> Plan<Call> {
        guard var work = state.work else { return .ignore(because: "nothing is in hand") }
        work.drafts = drafts
        if work.drafts.isEmpty { return fail("it holds no text", &state, context) }
        guard work.drafts.count <= Self.mostPassages else {
            let reason =
                "it makes \(work.drafts.count) passages, more than \(Self.mostPassages); split it "
                + "into smaller documents"
            return fail(reason, &state, context)
        }
        let diff = PassageDiff(known: state.known, drafts: work.drafts)
        work.waiting = diff.new
        work.gone = diff.gone
        state.work = work
        state.upload = work.upload
        guard !work.waiting.isEmpty else {
            var effects = context.effects
            return finish(&effects, .indexed, nil, &state, context)
        }
        // One that counts only from or until some time is not found before that is known.
        let standing = standing(of: work, state, context)
        let isFirst = state.known.isEmpty && standing != nil
        guard isFirst || work.waiting.count > Self.mostDurable else { return .call(next(work)) }
        var effects = context.effects
        if isFirst, let standing {
            effects.emit(standing)
            state.terms = work.terms
        }
        if work.waiting.count > Self.mostDurable { emitProgress(&effects, work, context) }
        return .commit(effects, then: next(work))
    }

    private func next(_ work: IndexerWork) -> Call {
        .embed(Self.batch(of: work.waiting).flatMap { $0 })
    }

    /// The texts of the next passages that are embedded together: each passage's own, then its
    /// sentences'.
    static func batch(of waiting: [PassageDraft]) -> [[String]] {
        var batch: [[String]] = []
        var count = 0
        for draft in waiting {
            let texts = [draft.embeddedText] + draft.embeddedSentences
            guard batch.isEmpty || count + texts.count <= Self.batch else { break }
            batch.append(texts)
            count += texts.count
        }
        return batch
    }

    private func addVectors(
        _ vectors: [Embedding], _ model: String, _ state: inout State, _ context: StageContext
    ) -> Plan<Call> {
        guard var work = state.work else { return .ignore(because: "nothing is in hand") }
        // As they were asked for, before anything is added below.
        let counts = Self.batch(of: work.waiting).map(\.count)
        let space = vectors.first.map { VectorSpace(model: model, dimensions: $0.values.count) }
        if let before = state.space, let space, before != space {
            // The model was changed: what the one before embedded is embedded again too.
            state.setVectorsAside()
            work.made = []
            let waiting = Set(work.waiting.map(\.id))
            work.waiting += work.drafts.filter { !waiting.contains($0.id) }
        }
        // Of passages that were embedded before this was remembered it stays unknown.
        let isKnown = state.space != nil || !state.known.contains { $0.hasVector }
        if isKnown, let space { state.space = space }
        var rest = vectors[...]
        for (draft, count) in zip(work.waiting, counts) {
            let own = rest.prefix(count)
            rest = rest.dropFirst(count)
            work.made.append(
                passage(draft, own.first, model, in: work, sentences: own.dropFirst()))
        }
        work.waiting.removeFirst(counts.count)
        work.embedded += counts.count
        state.work = work
        if work.waiting.isEmpty {
            var effects = context.effects
            return finish(&effects, .indexed, nil, &state, context)
        }
        let due = min(Self.mostDurable, max(Self.fewestDurable, state.known.count / 8))
        guard work.made.count >= due else { return .call(next(work)) }
        var effects = context.effects
        emitMade(&effects, &state)
        emitProgress(&effects, work, context)
        return .commit(effects, then: next(work))
    }

    private func passage(
        _ draft: PassageDraft, _ vector: Embedding?, _ model: String?, in work: IndexerWork,
        sentences: ArraySlice<Embedding> = []
    ) -> Passage {
        let upload = work.upload
        return Passage(
            id: draft.id, tenant: upload.tenant, document: upload.document,
            documentName: upload.name, ordinal: draft.ordinal, headings: draft.headings,
            page: draft.page, sheet: draft.sheet, text: draft.text,
            contentHash: draft.contentHash, vector: vector, model: model,
            sentences: sentences.isEmpty ? nil : sentences.map { CompactVector($0.values) },
            asked: draft.asked,
            version: work.version > 1 && !work.inUse.contains(draft.id) ? work.version : nil)
    }

    /// Writes the passages that were made since the last commit.
    private func emitMade(_ effects: inout Effects, _ state: inout State) {
        guard let made = state.work?.made, !made.isEmpty else { return }
        for passage in made { effects.emit(passage) }
        let ids = Set(made.map(\.id))
        state.known.removeAll { ids.contains($0.id) }
        state.known += made.map { KnownPassage(id: $0.id, hasVector: $0.vector != nil) }
        state.work?.made = []
    }

    private func finishWithoutVectors(
        because reason: String, postpones: Bool, _ state: inout State, _ context: StageContext
    ) -> Plan<Call> {
        guard var work = state.work else { return .ignore(because: "nothing is in hand") }
        var effects = context.effects
        let known = Set(state.known.map(\.id))
        for draft in work.waiting where !known.contains(draft.id) {
            work.made.append(passage(draft, nil, nil, in: work))
        }
        state.work = work
        if postpones {
            let doublings = min(state.postponed, 10)
            let wait = min(Self.longestPostponement, Self.firstPostponement * (1 << doublings))
            effects.setTimer(Self.embedTimer, at: context.now + wait)
            state.postponed += 1
        }
        let problem = "found by words only: \(reason)"
        return finish(&effects, .indexedWithoutVectors, problem, &state, context)
    }

    private func finish(
        _ effects: inout Effects, _ outcome: DocumentState.Outcome, _ problem: String?,
        _ state: inout State, _ context: StageContext
    ) -> Plan<Call> {
        emitMade(&effects, &state)
        guard let work = state.work else { return .finish(effects) }
        // First the new version stands, then the one before goes: there is always one to be found.
        if let standing = standing(of: work, state, context) { effects.emit(standing) }
        state.version = work.version
        state.terms = work.terms
        let problem = problem ?? work.remark
        withdraw(work.gone, of: work.upload.tenant, &effects, context)
        let gone = Set(work.gone)
        state.known.removeAll { gone.contains($0.id) }
        emitReport(&effects, work, outcome, problem, passages: work.drafts.count, &state, context)
        if outcome == .indexed {
            state.postponed = 0
            effects.cancelTimer(Self.embedTimer)
        }
        state.work = nil
        return .finish(effects)
    }

    private func fail(
        _ reason: String, _ state: inout State, _ context: StageContext
    ) -> Plan<Call> {
        guard let work = state.work else { return .ignore(because: "nothing is in hand") }
        var effects = context.effects
        let kept = state.known.isEmpty ? "" : "; the version before stays in use"
        emitReport(
            &effects, work, .failed, reason + kept, passages: state.known.count, &state, context)
        state.work = nil
        return .finish(effects)
    }
}
