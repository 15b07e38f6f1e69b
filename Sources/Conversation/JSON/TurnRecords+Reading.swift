// The records that each turn reads, read by hand: a test holds them to ``RecordCodec``.

import JSON

/// A record that is read by hand where it is as we write it, and else by ``RecordCodec``.
protocol JSONFieldReadable: Payload {
    init(_ view: JSONView) throws(UnusualJSON)
}

extension JSONFieldReadable {
    /// Reads a record's value.
    ///
    /// - Throws: ``RecordError`` naming the field that is wrong.
    package static func read(_ json: [UInt8]) throws(RecordError) -> Self {
        // What cannot be read this way is read again below, for its error.
        if let tape = try? JSONTape(json), let payload = try? Self(tape.root) { return payload }
        return try RecordCodec.decode(Self.self, from: json)
    }
}

extension GroundedQuestion: JSONFieldReadable {
    init(_ view: JSONView) throws(UnusualJSON) {
        var fields = try JSONFields(view)
        let background = try fields.maybeNumber("background")
        let message = try InboundMessage(fields.view("message"))
        let passages = try fields.list("passages") { view throws(UnusualJSON) in
            try RankedPassage(view)
        }
        let query = try fields.text("query")
        guard let search = Search(rawValue: try fields.text("search")) else {
            throw UnusualJSON()
        }
        let problem = try fields.maybeText("searchProblem")
        self.init(
            message: message, query: query, search: search, searchProblem: problem,
            passages: passages, background: background,
            vector: try fields.maybeDecoded(QuestionVector.self, "vector"))
    }
}

extension InboundMessage: JSONFieldReadable {
    init(_ view: JSONView) throws(UnusualJSON) {
        var fields = try JSONFields(view)
        let contact = try Contact(fields.view("contact"))
        let content = try Self.content(fields.view("content"))
        let context = try fields.maybeDecoded(MessageContext.self, "context")
        let conversation = try fields.text("conversation")
        let errors = try fields.maybeDecoded([PlatformError].self, "errors")
        let extra = try fields.maybeText("extra")
        let group = try fields.maybeText("group")
        let message = try fields.text("message")
        let number = try fields.text("number")
        let receivedAt = try fields.moment("receivedAt")
        let referral = try fields.maybeText("referral")
        let sentAt = try fields.moment("sentAt")
        self.init(
            tenant: TenantID(try fields.text("tenant")),
            conversation: ConversationID(conversation), number: BusinessNumberID(number),
            message: MessageID(message), contact: contact, sentAt: sentAt, receivedAt: receivedAt,
            content: content, context: context, referral: referral.map { RawJSON($0) },
            group: group, errors: errors, extra: extra.map { RawJSON($0) })
    }

    private static func content(_ view: JSONView) throws(UnusualJSON) -> MessageContent {
        if let type = view.field("type"), try type.string() == "text" {
            var fields = try JSONFields(view)
            return .text(try fields.text("text"))
        }
        return try view.decoded(as: MessageContent.self)
    }
}

extension Contact {
    fileprivate init(_ view: JSONView) throws(UnusualJSON) {
        var fields = try JSONFields(view)
        let name = try fields.maybeText("name")
        let parent = try fields.maybeText("parentUserID")
        let phone = try fields.maybeText("phone")
        let user = try fields.maybeText("userID")
        self.init(
            userID: user, parentUserID: parent, phone: phone, name: name,
            username: try fields.maybeText("username"))
    }
}

extension RankedPassage {
    fileprivate init(_ view: JSONView) throws(UnusualJSON) {
        var fields = try JSONFields(view)
        let contentHash = try fields.text("contentHash")
        let document = try fields.text("document")
        let documentName = try fields.text("documentName")
        let headings = try fields.texts("headings")
        let id = try fields.text("id")
        let overlap = try fields.maybeNumber("overlap")
        let page = try fields.maybeInteger("page")
        guard let score = try fields.maybeNumber("score") else { throw UnusualJSON() }
        let sheet = try fields.maybeText("sheet")
        let similarity = try fields.maybeNumber("similarity")
        self.init(
            id: PassageID(id), document: DocumentID(document), documentName: documentName,
            headings: headings, page: page, sheet: sheet, text: try fields.text("text"),
            contentHash: contentHash, score: score, similarity: similarity, overlap: overlap)
    }
}

extension ProposedReply: JSONFieldReadable {
    init(_ view: JSONView) throws(UnusualJSON) {
        var fields = try JSONFields(view)
        let answers = try fields.texts("answers")
        let at = try fields.moment("at")
        let conversation = try fields.text("conversation")
        let language = try fields.maybeText("language")
        let proposal = try Self.proposal(fields.view("proposal"))
        let provenance = try Provenance(fields.view("provenance"))
        self.init(
            tenant: TenantID(try fields.text("tenant")),
            conversation: ConversationID(conversation), answers: answers.map { MessageID($0) },
            proposal: proposal, language: language, provenance: provenance, at: at)
    }

    private static func proposal(_ view: JSONView) throws(UnusualJSON) -> Proposal {
        var (name, fields) = try JSONFields.onlyCase(view)
        switch name {
        case "answer":
            let citations = try fields.list("citations") { view throws(UnusualJSON) in
                try Citation(view)
            }
            return .answer(text: try fields.text("text"), citations: citations)
        case "courtesy": return .courtesy(text: try fields.text("text"))
        case "silence": return .silence(because: try fields.text("because"))
        default: return try view.decoded(as: Proposal.self)
        }
    }
}

extension Provenance {
    fileprivate init(_ view: JSONView) throws(UnusualJSON) {
        func citation(_ view: JSONView) throws(UnusualJSON) -> Citation { try Citation(view) }
        var fields = try JSONFields(view)
        let citations = try fields.maybeList("citations", citation)
        let completionTokens = try fields.maybeInteger("completionTokens")
        let model = try fields.text("model")
        let passages = try fields.list("passages", citation)
        let positions = try fields.texts("positions")
        let prompt = try fields.maybeText("prompt")
        let promptHash = try fields.maybeText("promptHash")
        let promptTokens = try fields.maybeInteger("promptTokens")
        var search: GroundedQuestion.Search?
        if let word = try fields.maybeText("search") {
            search = GroundedQuestion.Search(rawValue: word)
            guard search != nil else { throw UnusualJSON() }
        }
        self.init(
            passages: passages, citations: citations, prompt: prompt, promptHash: promptHash,
            model: model, promptTokens: promptTokens, completionTokens: completionTokens,
            search: search, positions: positions)
    }
}

extension Citation {
    fileprivate init(_ view: JSONView) throws(UnusualJSON) {
        var fields = try JSONFields(view)
        let contentHash = try fields.text("contentHash")
        let document = try fields.text("document")
        let documentName = try fields.text("documentName")
        let headings = try fields.texts("headings")
        let page = try fields.maybeInteger("page")
        let passage = try fields.text("passage")
        let quote = try fields.maybeText("quote")
        self.init(
            passage: PassageID(passage), document: DocumentID(document),
            documentName: documentName, page: page, sheet: try fields.maybeText("sheet"),
            headings: headings, contentHash: contentHash, quote: quote)
    }
}

extension OutboundMessage: JSONFieldReadable {
    init(_ view: JSONView) throws(UnusualJSON) {
        var fields = try JSONFields(view)
        let answers = try fields.texts("answers")
        let at = try fields.moment("at")
        let author = try Self.author(fields.view("author"))
        let content = try fields.decoded(Content.self, "content")
        let conversation = try fields.text("conversation")
        guard let epoch = try fields.maybeInteger("epoch") else { throw UnusualJSON() }
        let number = try fields.text("number")
        let recipient = try Contact(fields.view("recipient"))
        let tenant = try fields.text("tenant")
        self.init(
            tenant: TenantID(tenant), conversation: ConversationID(conversation),
            number: BusinessNumberID(number), recipient: recipient, epoch: epoch, content: content,
            author: author, answers: answers.map { MessageID($0) },
            windowAnchor: try fields.moment("windowAnchor"), at: at)
    }

    private static func author(_ view: JSONView) throws(UnusualJSON) -> Author {
        var (name, fields) = try JSONFields.onlyCase(view)
        switch name {
        case "bot": return .bot(try Provenance(fields.view("_0")))
        case "system": return .system
        default: return try view.decoded(as: Author.self)
        }
    }
}

extension JSONFields {
    /// A moment.
    fileprivate mutating func moment(_ name: String) throws(UnusualJSON) -> Timestamp {
        guard let number = try maybeInteger(name) else { throw UnusualJSON() }
        let moment = Timestamp(milliseconds: Int64(number))
        guard moment.isReadable else { throw UnusualJSON() }
        return moment
    }
}
