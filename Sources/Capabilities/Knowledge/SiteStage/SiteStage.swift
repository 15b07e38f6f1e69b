package import Conversation
package import SiteRecords
package import StageRuntime

/// What the stage asks of the world.
package enum SiteCall: Hashable, Sendable, Codable {
    /// To read a site, and to keep the bytes of its pages among the tenant's blobs.
    case read(Site)
}

/// What the world answers.
package enum SiteAnswer: Hashable, Sendable, Codable {
    /// The site was read.
    case read(Found)
    /// Its first page could not be read, for the reason.
    case failed(because: String)

    /// What was found.
    package struct Found: Hashable, Sendable, Codable {
        /// The pages; their bytes are kept.
        package var pages: [SitePage]
        /// Pages of which the site itself says that they are there no more.
        package var gone: [String]
        /// Pages that could not be read this time, with why.
        package var missed: [MissedPage]
        /// Whether there were more pages than are wanted.
        package var isCut: Bool

        /// Describes what was found.
        package init(pages: [SitePage], gone: [String], missed: [MissedPage], isCut: Bool) {
            self.pages = pages
            self.gone = gone
            self.missed = missed
            self.isCut = isCut
        }
    }
}

/// What the stage remembers of a site.
package struct SiteMemory: StageState {
    /// A page whose document there is.
    struct Known: Hashable, Sendable, Codable {
        var contentHash: String
        /// In how many whole readings in a row no link led to it; `nil` for none.
        var misses: Int?
    }

    var site: Site?
    var wishedAt: Timestamp?
    var known: [String: Known]?
    var last: SiteState.Reading?

    /// Nothing.
    package init() {}
}

/// Reads sites of the web again and again: pages that changed become new versions of their
/// documents, and documents of pages that are gone are taken out.
///
/// A page is gone where its site says so, or where no link led to it in two whole readings in a
/// row; what could not be read stays as it is known. A document that a person took out comes back
/// only with other words.
package struct SiteStage: Stage {
    /// What it asks of the world.
    package typealias Call = SiteCall
    /// What the world answers.
    package typealias Answer = SiteAnswer
    /// What it remembers of a site.
    package typealias State = SiteMemory

    /// The stage's name.
    package let name = "sites"
    package let reads: [any Payload.Type] = [SiteCommand.self]

    /// Whole readings without a link to a page after which its document goes.
    static let mostMisses = 2
    /// Pages that were missed and are told of.
    static let mostTold = 20
    static let again = "again"

    /// Makes the stage.
    package init() {}

    /// Does what is wished, or reads a site as it is time.
    package func begin(
        _ input: StageInput, _ state: inout SiteMemory, _ context: StageContext
    ) throws(Rejection) -> Plan<SiteCall> {
        switch input {
        case .record(let command as SiteCommand, _, _): return obey(command, &state, context)
        case .timer(let timer) where timer.name == Self.again:
            guard let site = state.site else {
                return .ignore(because: "nobody wants the site read any more")
            }
            return .call(.read(site))
        default: throw context.noUse
        }
    }

    private func obey(
        _ command: SiteCommand, _ state: inout SiteMemory, _ context: StageContext
    ) -> Plan<SiteCall> {
        switch command.wish {
        case .watch(let site, let known):
            state.site = site
            state.wishedAt = command.at
            var pages = state.known ?? [:]
            for page in known { pages[page.url] = .init(contentHash: page.contentHash) }
            state.known = pages
            state.last = .init(at: command.at, pages: known.count, changed: known.count)
            return .finish(told(state, command.site, in: context))
        case .read:
            guard let site = state.site else {
                return .ignore(because: "nobody wants the site read any more")
            }
            state.wishedAt = command.at
            return .call(.read(site))
        case .forget:
            guard state.site != nil else {
                return .ignore(because: "the site is not read any more")
            }
            state = SiteMemory()
            var effects = context.effects
            effects.cancelTimer(Self.again)
            effects.emit(
                SiteState(
                    tenant: command.tenant, site: command.site, definition: nil,
                    wishedAt: command.at, at: context.now))
            return .finish(effects)
        }
    }

    /// Makes documents of what was read.
    ///
    /// - Throws: ``Rejection`` if there is no site.
    package func resume(
        _ answer: SiteAnswer, to call: SiteCall, _ state: inout SiteMemory, _ context: StageContext
    ) throws(Rejection) -> Plan<SiteCall> {
        let tenant = context.input.tenant
        switch answer {
        case .failed(let problem):
            state.last = .init(at: context.now, problem: problem, pages: state.known?.count ?? 0)
            return .finish(told(state, SiteID(context.key), in: context))
        case .read(let found):
            var known = state.known ?? [:]
            var documents: [any Payload] = []
            for page in found.pages where known[page.url]?.contentHash != page.contentHash {
                documents.append(upload(page, of: tenant, context))
            }
            let changed = documents.count
            for page in found.pages { known[page.url] = .init(contentHash: page.contentHash) }
            for url in gone(found, &known).sorted() {
                known[url] = nil
                documents.append(
                    DocumentRemoval(
                        tenant: tenant,
                        document: DocumentID(named: DocumentID.name(ofPage: url), of: tenant),
                        removedAt: context.now, removedBy: context.key))
            }
            state.known = known
            state.last = .init(
                at: context.now, pages: known.count, changed: changed,
                removed: documents.count - changed,
                missed: Array(found.missed.prefix(Self.mostTold)), isCut: found.isCut)
            var effects = told(state, SiteID(context.key), in: context)
            for document in documents { effects.emit(document) }
            return .finish(effects)
        }
    }

    /// A site that cannot be read, for a reason that nobody foresaw, is read again when it is time.
    package func giveUp(
        on call: SiteCall, because failure: CallFailure, _ state: inout SiteMemory,
        _ context: StageContext
    ) throws(Rejection) -> Plan<SiteCall> {
        try resume(.failed(because: failure.description), to: call, &state, context)
    }

    /// A few times over an hour: a blob store that is away comes back.
    package func retryPolicy(for call: SiteCall) -> RetryPolicy {
        RetryPolicy(attempts: 6, firstWait: .seconds(30), longestWait: .seconds(900))
    }

    private func upload(
        _ page: SitePage, of tenant: TenantID, _ context: StageContext
    ) -> DocumentUpload {
        let name = DocumentID.name(ofPage: page.url)
        return DocumentUpload(
            tenant: tenant, document: DocumentID(named: name, of: tenant), name: name,
            contentHash: page.contentHash, size: page.size, uploadedAt: context.now,
            uploadedBy: context.key)
    }

    /// The pages whose documents go, after one more reading.
    private func gone(
        _ found: SiteAnswer.Found, _ known: inout [String: SiteMemory.Known]
    ) -> [String] {
        let (read, gone) = (Set(found.pages.map(\.url)), Set(found.gone))
        // Whatever was not read may be what led to the others.
        let isWhole = found.missed.isEmpty && !found.isCut
        var lost: [String] = []
        for url in known.keys where !read.contains(url) {
            if gone.contains(url) {
                lost.append(url)
            } else if isWhole {
                let misses = (known[url]?.misses ?? 0) + 1
                known[url]?.misses = misses
                if misses >= Self.mostMisses { lost.append(url) }
            }
        }
        return lost
    }

    /// Tells how the site stands, and sets the time of its next reading.
    private func told(
        _ state: SiteMemory, _ site: SiteID, in context: StageContext
    ) -> Effects {
        var effects = context.effects
        let next = context.now + .seconds((state.site?.everyHours ?? 24) * 3_600)
        effects.setTimer(Self.again, at: next)
        effects.emit(
            SiteState(
                tenant: context.input.tenant, site: site, definition: state.site, last: state.last,
                next: next, wishedAt: state.wishedAt ?? context.now, at: context.now))
        return effects
    }
}
