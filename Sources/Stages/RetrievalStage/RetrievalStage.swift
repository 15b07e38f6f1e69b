package import Conversation
package import StageRuntime

/// Finds the passages that may answer a customer's message, in the light of the turns before, and
/// asks for the medium that came with it.
package struct RetrievalStage: Stage {
    /// What it wants to know of a tenant.
    package typealias Settings = RetrievalSettings

    package let name = "retrieval"
    package let reads: [any Payload.Type] = [
        InboundMessage.self, EchoedMessage.self, FetchedMedium.self, ConversationMove.self,
        ConversationJoin.self,
    ]

    /// Makes the stage.
    package init() {}

    /// The longest ranking asked of a search.
    static let rankingLimit = 20
    /// How long the embedding of a question may take before the call should fail.
    ///
    /// A server that is down fails at once; one that is busy embedding a document may need this
    /// long, and words alone would not find what stands in another language.
    package static let embeddingTimeout = Duration.milliseconds(2_500)

    package func begin(
        _ input: StageInput, _ state: inout RecentTurns, _ context: StageContext
    ) throws(Rejection) -> Plan<RetrievalCall> {
        if case .record(let move as ConversationMove, _, _) = input {
            state.follow(move)
            return .finish(context.effects)
        }
        if case .record(let join as ConversationJoin, _, _) = input {
            return .finish(Self.passOn(join, context))
        }
        if let plan = Self.passBy(input, context) { return plan }
        guard let asked = Asked(input) else { throw context.noUse }
        guard !state.isMoved else {
            return .ignore(because: "the conversation goes on in another one")
        }
        if asked.medium != nil, !asked.message.content.isForBot {
            return .ignore(because: "nobody asks the bot about such a medium")
        }
        state.forget(at: context.now)
        let isTakenBack = state.follow(asked.message)
        // What is said in a group is answered by nobody here.
        let isAsked =
            !isTakenBack && asked.message.group == nil && !VisibleText.isBlank(asked.words)
        guard isAsked else {
            var effects = Self.passOn(asked, context)
            if !isTakenBack { Self.ask(forMediumOf: asked, &effects, context) }
            return .finish(effects)
        }
        let query = SearchQuery(asked.words, after: state.turns)
        return .call(.search(Self.request(asked.message.tenant, query.all, byMeaning: true)))
    }

    package func resume(
        _ answer: RetrievalAnswer, to call: RetrievalCall, _ state: inout RecentTurns,
        _ context: StageContext
    ) throws(Rejection) -> Plan<RetrievalCall> {
        guard let asked = Asked(context.input) else { throw context.noUse }
        guard case (.found(let found), .search(let request)) = (answer, call) else {
            return .ignore(because: "an answer to nothing that was asked")
        }
        // The same words and turns as in `begin`, so the same query.
        let query = SearchQuery(asked.words, after: state.turns)
        if !asked.isWritten { state.remember(query, of: asked.message.message, at: context.now) }
        var effects = context.effects
        effects.emit(
            GroundedQuestion(
                message: asked.message, query: query.text, search: found.kind,
                searchProblem: Self.problem(found, request),
                passages: PassageRanking.rank(found, for: request.queries),
                background: PassageRanking.background(of: found), vector: found.vector,
                medium: asked.medium, answerability: found.answerability))
        Self.ask(forMediumOf: asked, &effects, context)
        return .finish(effects)
    }

    /// Searches by words alone when the search by meaning fails.
    package func giveUp(
        on call: RetrievalCall, because failure: CallFailure, _ state: inout RecentTurns,
        _ context: StageContext
    ) throws(Rejection) -> Plan<RetrievalCall> {
        guard case .search(let request) = call, request.byMeaning else {
            throw Rejection("the passages cannot be searched: \(failure)")
        }
        return .call(.search(Self.request(request.tenant, request.queries, byMeaning: false)))
    }

    package func retryPolicy(for call: RetrievalCall) -> RetryPolicy {
        guard case .search(let request) = call, request.byMeaning else { return .standard }
        // A customer waits: words alone now are better than vectors later.
        return RetryPolicy(
            attempts: 2, firstWait: .milliseconds(200), longestWait: .milliseconds(200),
            patience: .seconds(1))
    }

    private static func request(
        _ tenant: TenantID, _ queries: [String], byMeaning: Bool
    ) -> SearchRequest {
        SearchRequest(
            tenant: tenant, queries: queries, limit: rankingLimit, byMeaning: byMeaning)
    }

    private static func problem(_ found: SearchAnswer, _ request: SearchRequest) -> String? {
        if let problem = found.problem { return problem }
        guard found.kind == .textOnly else { return nil }
        return request.byMeaning
            ? "no embeddings are at hand; searched by words alone"
            : "the embedding server did not answer; searched by words alone"
    }

    /// Every tenant's media are fetched.
    package func settings(from tenant: TenantSettings) -> RetrievalSettings {
        RetrievalSettings(fetchesMedia: true)
    }

    /// Asks for the medium of a message that holds one: this stage sees all messages, and what
    /// fetches media sees only those.
    private static func ask(
        forMediumOf asked: Asked, _ effects: inout Effects, _ context: StageContext
    ) {
        guard context.settings(RetrievalSettings.self).fetchesMedia == true,
            asked.medium == nil, asked.message.content.medium != nil
        else { return }
        effects.emit(MediumRequest(message: asked.message, inbound: context.input.id))
    }

    /// What was said in a conversation that goes on here is part of the dialogue.
    private static func passOn(_ join: ConversationJoin, _ context: StageContext) -> Effects {
        var effects = context.effects
        effects.emit(
            ConversationPast(
                tenant: join.tenant, conversation: join.conversation, lines: join.transcript,
                at: context.now))
        return effects
    }

    /// A message without words goes on as it is.
    private static func passOn(_ asked: Asked, _ context: StageContext) -> Effects {
        var effects = context.effects
        effects.emit(
            GroundedQuestion(
                message: asked.message, query: "", search: .none, passages: [],
                medium: asked.medium))
        return effects
    }
}

extension RecentTurns: StageState {}

/// What retrieval wants to know of a tenant.
package struct RetrievalSettings: SettingsPart {
    /// Whether media are fetched: decisions from before they were do not say so, and are repeated
    /// as they were.
    package var fetchesMedia: Bool?

    /// A tenant that is not known.
    package init() {}

    /// Describes a tenant.
    package init(fetchesMedia: Bool) { self.fetchesMedia = fetchesMedia }
}
