package import Conversation
package import EventLog
import JSON
import Records

/// Why the bot said what it said, as it was when it said it: what was looked for, what was found
/// with which scores, which prompt and model, what the checks said.
package struct AnswerReasons: Hashable, Sendable, Codable {
    /// A passage that was found.
    package struct Found: Hashable, Sendable, Codable {
        /// The passage.
        package var passage: PassageID
        /// The name of its document.
        package var document: String
        /// The version of the document, where that is not the first.
        package var version: Int?
        /// The page that it begins on, from 1.
        package var page: Int?
        /// The headings above it.
        package var headings: [String]
        /// Its text, as it was then.
        package var text: String
        /// The hash of headings and text, as they were then.
        package var contentHash: String
        /// By words and meaning together; higher is better.
        package var score: Double
        /// The cosine of question and passage.
        package var similarity: Double?
        /// The share of the question's words that it holds.
        package var overlap: Double?
        /// Whether the answer cites it.
        package var isCited: Bool
    }

    /// A message that was answered, and what was found for it.
    package struct Question: Hashable, Sendable, Codable {
        /// The message.
        package var message: MessageID
        /// What was looked for: the words in the light of those before.
        package var query: String
        /// How it was looked for.
        package var search: String
        /// Why the search was less than whole.
        package var searchProblem: String?
        /// The mean cosine of what has nothing to do with it.
        package var background: Double?
        /// How likely it was that the best passage answers, and what followed from that.
        package var answerability: Answerability?
        /// What was found, best first.
        package var passages: [Found]
    }

    /// A call of the turn to the world outside.
    package struct Call: Hashable, Sendable, Codable {
        /// What was asked: `complete`, `search`, `compare`.
        package var name: String
        /// How long it took, retries included.
        package var milliseconds: Int64
        /// What was asked, as JSON text, where a model was.
        package var asked: String?
        /// What was answered, as JSON text, where a model did.
        package var answered: String?
    }

    /// The message that was asked about.
    package var message: RecordID
    /// The business.
    package var tenant: TenantID
    /// The conversation.
    package var conversation: String
    /// The messages that were answered together, with what was found for each.
    package var questions: [Question]
    /// What was proposed: `answer`, `courtesy`, `handoff` or `silence`; `nil` where nothing is yet.
    package var outcome: String?
    /// What it says, or why.
    package var text: String?
    /// What the customer was asked below it, such as whether it helped.
    package var followUp: String?
    /// The language that it is in.
    package var language: String?
    /// Prompt, model, tokens, checks, tools and what stood in for the model.
    package var provenance: Provenance?
    /// The calls of the turn, in order.
    package var calls: [Call]
    /// When it was proposed.
    package var at: Timestamp?
}

extension MessageTrace {
    /// Why a message was answered as it was, or `nil` if the log knows no such message; it is named
    /// as for ``story(of:content:at:)``.
    ///
    /// - Throws: What the log says.
    package func reasons(of id: String, at now: Int64) async throws(EventLogError) -> AnswerReasons?
    {
        guard let found = try await records(of: id, at: now) else { return nil }
        return AnswerReasons(found.records, of: found.message, found.tenant, found.key)
    }
}

extension AnswerReasons {
    /// Gathers the reasons from a conversation's records: pure.
    init(
        _ records: [TracedRecord], of root: RecordID, _ tenant: TenantID, _ conversation: String
    ) {
        let name = MessageID(root.rawValue)
        let reply = records.lazy.compactMap { record -> ProposedReply? in
            guard record.dead == nil, case .payload(let reply as ProposedReply) = record.value,
                reply.answers.contains(name)
            else { return nil }
            return reply
        }.first
        let answered = Set(reply?.answers ?? [name])
        let cited: Set<PassageID>
        if case .answer(_, let citations)? = reply?.proposal {
            cited = Set(citations.map(\.passage))
        } else {
            cited = []
        }
        var questions: [Question] = []
        for record in records where record.dead == nil {
            guard case .payload(let question as GroundedQuestion) = record.value,
                answered.contains(question.message.message)
            else { continue }
            questions.append(Question(question, citing: cited))
        }
        self.init(
            message: root, tenant: tenant, conversation: conversation, questions: questions,
            outcome: reply.map { Self.words(of: $0.proposal).kind },
            text: reply.map { Self.words(of: $0.proposal).text }, followUp: reply?.followUp,
            language: reply?.language,
            provenance: reply?.provenance,
            calls: Self.calls(
                records, of: Set(answered.map { RecordID($0.rawValue) }), until: reply?.at),
            at: reply?.at)
    }

    private static func words(of proposal: ProposedReply.Proposal) -> (kind: String, text: String) {
        switch proposal {
        case .answer(let text, _): ("answer", text)
        case .courtesy(let text): ("courtesy", text)
        case .handoff(let reason, let summary, let notice):
            ("handoff", "\(reason.rawValue)\n\(notice)\n\(summary)")
        case .silence(let because): ("silence", because)
        }
    }

    /// The calls of the orchestrator's decisions in the stories of the messages of a burst.
    private static func calls(
        _ records: [TracedRecord], of roots: Set<RecordID>, until end: Timestamp?
    ) -> [Call] {
        let story = DecisionParts.joined(TraceSelection.select(records, ofAny: roots))
        return story.compactMap(\.decision).filter {
            $0.stage == "orchestrator" && (end == nil || $0.began <= end ?? $0.began)
        }.flatMap(\.exchanges).map { exchange in
            let name = Self.name(of: exchange.call)
            let isModel = name == "complete"
            return Call(
                name: name, milliseconds: exchange.resumed.since(exchange.began).wholeMilliseconds,
                asked: isModel ? text(exchange.call) : nil,
                answered: isModel ? text(exchange.answer) : nil)
        }
    }

    private static func text(_ json: NestedJSON) -> String {
        String(decoding: json.bytes, as: UTF8.self)
    }

    /// The name of a call's case: the first member of its JSON.
    private static func name(of call: NestedJSON) -> String {
        let rest = text(call).drop { $0 != "\"" }.dropFirst()
        return String(rest.prefix { $0 != "\"" })
    }
}

extension AnswerReasons.Question {
    fileprivate init(_ question: GroundedQuestion, citing cited: Set<PassageID>) {
        self.init(
            message: question.message.message, query: question.query,
            search: question.search.rawValue, searchProblem: question.searchProblem,
            background: question.background, answerability: question.answerability,
            passages: question.passages.map {
                AnswerReasons.Found($0, isCited: cited.contains($0.id))
            })
    }
}

extension AnswerReasons.Found {
    /// A passage that was found.
    init(_ passage: RankedPassage, isCited: Bool) {
        self.init(
            passage: passage.id, document: passage.documentName, version: passage.version,
            page: passage.page, headings: passage.headings, text: passage.text,
            contentHash: passage.contentHash, score: passage.score,
            similarity: passage.similarity, overlap: passage.overlap, isCited: isCited)
    }
}
