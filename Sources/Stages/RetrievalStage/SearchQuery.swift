package import Conversation

/// A question in the light of the turns before it.
package struct SearchQuery: Hashable, Sendable {
    /// The customer's words.
    package var bare: String
    /// The words with those of the question that they follow on, if they need it.
    package var contextual: String?

    /// The queries to run, the bare one first.
    package var all: [String] { [bare] + (contextual.map { [$0] } ?? []) }

    /// What was looked for, as one text.
    package var text: String { contextual ?? bare }

    /// A question with at most this many content words leans on the one before: "on Sunday?",
    /// "how much is it?"; one that begins with a connective, "and for cargo bikes?", may hold one
    /// more.
    package static let contentWordsOfFollowUp = 1
    /// Words that go on with what was said, in the languages that write them apart.
    private static let connectives: Set<String> = [
        "and", "or", "but", "also", "y", "e", "o", "u", "pero", "tambien", "und", "oder", "aber",
        "auch", "et", "ou", "mais", "aussi", "mas", "anche", "ma", "en", "of", "maar", "ook", "i",
        "a", "albo", "lub", "и", "а", "или", "та", "або", "ve", "ya", "peki", "dan", "atau", "và",
        "con", "va", "و", "और", "या", "그리고",
    ]
    /// Longer questions are cut here: no search gains from more.
    package static let longestQuery = 500

    /// Puts a question beside the customer's turns before it, oldest first.
    package init(_ words: String, after turns: [RecentTurns.Turn]) {
        bare = Self.withoutCourtesies(words.beginning(atMost: Self.longestQuery))
        contextual = nil
        guard Self.leansOnContext(bare), let previous = turns.last else { return }
        // The previous question may itself have been a follow-up: take what it stood for.
        let before = previous.meaning.beginning(atMost: Self.longestQuery)
        guard TextFolding.fold(before) != TextFolding.fold(bare) else { return }
        contextual = "\(before) \(bare)"
    }

    /// Words of greetings and thanks, which stand beside what is asked and in no document that
    /// answers it.
    private static let courtesies = Set(
        """
        hi hello hey thanks thank thx please pls plz hola gracias hallo moin servus danke bitte
        bonjour bonsoir salut merci svp ciao grazie olá oi obrigado obrigada bedankt hoi cześć
        dziękuję merhaba selam teşekkürler lütfen hej tack halo привет здравствуйте спасибо
        пожалуйста дякую добрий
        """.split(whereSeparator: \.isWhitespace).map { TextFolding.fold(String($0)) })

    /// The words without those, where others are left that mean something.
    private static func withoutCourtesies(_ text: String) -> String {
        guard Words.of(text).contains(where: courtesies.contains) else { return text }
        let kept = text.split(whereSeparator: \.isWhitespace).filter { word in
            let plain = Words.of(String(word))
            return plain.isEmpty || !plain.allSatisfy(courtesies.contains)
        }.joined(separator: " ")
        return Words.content(of: kept).isEmpty ? text : kept
    }

    private static func leansOnContext(_ words: String) -> Bool {
        // Pairs of characters stand for words in Chinese, Japanese and Thai, where two words make
        // about four pairs.
        let content = Words.content(of: words)
        let unspaced = words.unicodeScalars.contains { Script($0)?.isUnspaced ?? false }
        if unspaced { return content.count <= (contentWordsOfFollowUp + 1) * 2 }
        let goesOn = Words.of(words).first.map { connectives.contains($0) } ?? false
        return content.count <= contentWordsOfFollowUp + (goesOn ? 1 : 0)
    }
}

/// The last few things that a customer asked.
package struct RecentTurns: Hashable, Sendable, Codable {
    /// One thing that the customer wrote.
    package struct Turn: Hashable, Sendable, Codable {
        /// The words with the context that they were searched with, bounded.
        package var meaning: String
        /// When the customer wrote it.
        package var at: Timestamp
        /// The message; `nil` in states from before it was kept.
        package var message: MessageID?
    }

    /// The turns, oldest first.
    package private(set) var turns: [Turn] = []
    /// Messages that the customer took back lately, as one may come after that; `nil` for none.
    private var takenBack: [MessageID]?
    /// The number of the last move to another conversation or back; `nil` for none.
    private var moveOrder: Int64?
    /// Whether the conversation goes on in another one; `nil` for no.
    private var hasMoved: Bool?

    /// Nothing asked yet.
    package init() {}

    /// Questions further back do not help to understand a new one.
    static let mostTurns = 4
    /// After such a pause a customer begins anew.
    static let longestPause = Duration.seconds(30 * 60)
    /// The most characters kept of a turn.
    static let longestTurn = 300

    /// Forgets what is too old at `now`.
    package mutating func forget(at now: Timestamp) {
        turns.removeAll { now.since($0.at) > Self.longestPause }
    }

    /// Whether the conversation goes on in another one.
    package var isMoved: Bool { hasMoved == true }

    /// Follows where the conversation goes on.
    package mutating func follow(_ move: ConversationMove) {
        guard move.order > moveOrder ?? -1 else { return }
        moveOrder = move.order
        hasMoved = move.into == nil ? nil : true
    }

    /// Messages remembered that were taken back, perhaps before they came.
    static let mostTakenBack = 16

    /// Forgets what a message changes or takes back; says whether the message itself was taken
    /// back before it came.
    package mutating func follow(_ message: InboundMessage) -> Bool {
        switch message.content {
        case .revoke(let target):
            turns.removeAll { $0.message == target }
            takenBack = Array(((takenBack ?? []) + [target]).suffix(Self.mostTakenBack))
        case .edit(let target, _, _):
            turns.removeAll { $0.message == target }
            return takenBack?.contains(target) == true
        default: break
        }
        return takenBack?.contains(message.message) == true
    }

    /// Keeps a question that holds more than function words.
    package mutating func remember(
        _ query: SearchQuery, of message: MessageID? = nil, at moment: Timestamp
    ) {
        guard !Words.content(of: query.bare).isEmpty else { return }
        // The end is kept: it is what was asked last.
        turns.append(
            Turn(
                meaning: String(query.text.suffix(Self.longestTurn)), at: moment, message: message))
        if turns.count > Self.mostTurns { turns.removeFirst(turns.count - Self.mostTurns) }
    }
}
