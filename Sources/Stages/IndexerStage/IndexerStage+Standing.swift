import Conversation
import StageRuntime

/// What a document stands for in searches: its version, its terms, its end.
extension IndexerStage {
    /// The version that an upload makes: other bytes make another.
    static func version(of upload: DocumentUpload, _ state: IndexerState) -> Int {
        guard let version = state.version ?? (state.known.isEmpty ? nil : 1) else { return 1 }
        return state.upload?.contentHash == upload.contentHash ? version : version + 1
    }

    /// The one passage that a typed answer is, below its question.
    static func drafts(of answered: AnsweredQuestion) -> [PassageDraft] {
        let hash = answered.upload.contentHash
        return [
            PassageDraft(
                id: PassageID(String(NameHash.hex("\(answered.document)/\(hash)").prefix(24))),
                ordinal: 0, headings: [answered.question], page: nil, sheet: nil,
                text: answered.answer, contentHash: hash, asked: answered.questions)
        ]
    }

    /// What searches have to know of a version that is built; `nil` where they know it.
    func standing(
        of work: IndexerWork, _ state: IndexerState, _ context: StageContext
    ) -> DocumentStanding? {
        let terms = work.terms ?? DocumentTerms()
        guard (state.version ?? 1, state.terms ?? DocumentTerms()) != (work.version, terms) else {
            return nil
        }
        return DocumentStanding(
            tenant: work.upload.tenant, document: work.upload.document, version: work.version,
            terms: terms, at: context.now)
    }

    /// Other terms for what is found already.
    func change(
        _ change: DocumentTermsChange, _ state: inout IndexerState, _ context: StageContext
    ) -> Plan<IndexerCall> {
        guard state.upload != nil || !state.known.isEmpty else {
            return .ignore(because: "it was removed")
        }
        state.terms = change.terms
        var effects = context.effects
        effects.emit(
            DocumentStanding(
                tenant: change.tenant, document: change.document, version: state.version ?? 1,
                terms: change.terms, at: context.now))
        // Wishes are kept for a while only: how the document stands tells of them for good.
        if var report = state.report {
            report.terms = change.terms.isEmpty ? nil : change.terms
            report.at = context.now
            effects.emit(report)
            state.report = report
        }
        return .finish(effects)
    }

    /// Says how many passages are done.
    func emitProgress(_ effects: inout Effects, _ work: IndexerWork, _ context: StageContext) {
        effects.emit(
            DocumentProgress(
                tenant: work.upload.tenant, document: work.upload.document,
                contentHash: work.upload.contentHash, pages: work.pages,
                passages: work.drafts.count, done: work.drafts.count - work.waiting.count,
                at: context.now))
    }

    func remove(
        _ removal: DocumentRemoval, _ state: inout IndexerState, _ context: StageContext
    ) -> Plan<IndexerCall> {
        var effects = context.effects
        withdraw(state.known.map(\.id), of: removal.tenant, &effects, context)
        effects.emit(
            DocumentState(
                tenant: removal.tenant, document: removal.document,
                name: state.upload?.name ?? "", outcome: .removed, passages: 0, embedded: 0,
                contentHash: state.upload?.contentHash ?? "", size: state.upload?.size ?? 0,
                problem: nil, at: context.now))
        if state.version ?? 1 > 1 || !(state.terms?.isEmpty ?? true) {
            effects.emitTombstone(
                topic: .knowledgePassages,
                key: DocumentStanding.key(of: removal.document, removal.tenant),
                tenant: removal.tenant)
        }
        effects.cancelTimer(Self.embedTimer)
        state = IndexerState()
        return .finish(effects)
    }

    /// Says how a document stands, with what has to outlive the wishes that it was made of.
    func emitReport(
        _ effects: inout Effects, _ work: IndexerWork, _ outcome: DocumentState.Outcome,
        _ problem: String?, passages: Int, _ state: inout State, _ context: StageContext
    ) {
        let upload = work.upload
        var versions = state.report?.versions ?? []
        if outcome != .failed {
            // Read again, it is the same version.
            versions.removeAll { $0.version == work.version }
            versions.append(
                DocumentVersion(
                    version: work.version, contentHash: upload.contentHash, size: upload.size,
                    passages: passages, pages: work.pages, uploadedAt: upload.uploadedAt,
                    uploadedBy: upload.uploadedBy))
            versions.removeFirst(max(0, versions.count - DocumentVersion.most))
        }
        let terms = outcome == .failed ? work.terms ?? state.terms : work.terms
        let report = DocumentState(
            tenant: upload.tenant, document: upload.document, name: upload.name,
            outcome: outcome, passages: passages, embedded: work.embedded,
            contentHash: upload.contentHash, size: upload.size, problem: problem,
            at: context.now, version: outcome == .failed ? nil : work.version, pages: work.pages,
            terms: terms.flatMap { $0.isEmpty ? nil : $0 }, typed: state.answered?.typed,
            versions: versions.isEmpty ? nil : versions)
        state.report = report
        effects.emit(report)
    }
}
