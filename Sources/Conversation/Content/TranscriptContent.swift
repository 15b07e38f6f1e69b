import JSON

/// What a line of a transcript holds besides its words, in short: enough to show it as what it is.
///
/// It is bounded, for it is kept in state and travels with every handoff; the whole message stands
/// in the log.
package struct TranscriptContent: Hashable, Sendable, Codable {
    /// One item of an order; numbers as the customer's WhatsApp wrote them.
    package struct Item: Hashable, Sendable, Codable {
        /// The business's own id of the product.
        package var product: String
        /// How many.
        package var quantity: String?
        /// The price of one.
        package var price: String?
        /// The currency of the price.
        package var currency: String?

        /// Describes an item.
        package init(
            product: String, quantity: String? = nil, price: String? = nil, currency: String? = nil
        ) {
            self.product = product
            self.quantity = quantity
            self.price = price
            self.currency = currency
        }
    }

    /// A field of a form that the customer filled in.
    package struct Field: Hashable, Sendable, Codable {
        /// The field's name, as the form has it.
        package var name: String
        /// What was filled in.
        package var value: String

        /// Describes a field.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The advertisement or post that the customer came from.
    package struct Referral: Hashable, Sendable, Codable {
        /// WhatsApp's word: `ad`, or `post`.
        package var source: String?
        /// The advertisement's id.
        package var id: String?
        /// Its headline.
        package var headline: String?
        /// Its text.
        package var body: String?
        /// Where it stands.
        package var url: String?
        /// Meta's id of the click.
        package var click: String?
    }

    /// Cards, items and labels of one line; more are left out.
    package static let mostParts = 10
    /// Bytes of a name or a number.
    package static let partBytes = 120
    /// Bytes of an id, which is kept whole or not at all.
    static let idBytes = 512
    /// Numbers of one card.
    static let mostNumbers = 5
    /// Bytes of all cards, items or labels together.
    static let listBytes = 2_000

    /// The kind: WhatsApp's `type`, or this version's name for a part of one.
    package var kind: String
    /// A medium that WhatsApp has; its words are the line's.
    package var media: Media?
    /// A medium of the tenant's.
    package var blob: BlobReference?
    /// The file name of a document of the tenant's.
    package var filename: String?
    /// What is said in a sound.
    package var spoken: String?
    /// Why there is no file of a medium that WhatsApp had.
    package var problem: MediumProblem?
    /// A place.
    package var location: Location?
    /// Contacts: names and numbers.
    package var contacts: [ContactCard]?
    /// What was ordered.
    package var items: [Item]?
    /// What was ordered costs so much in all, a sum for each currency, such as `112.80 USD`.
    package var totals: [String]?
    /// What a form was filled in with.
    package var fields: [Field]?
    /// A voice call.
    package var call: PhoneCall?
    /// The advertisement that the customer came from.
    package var referral: Referral?
    /// The message that was reacted to, changed or taken back: by our name, or by WhatsApp's where
    /// an agent named it so.
    package var message: MessageID?
    /// The emoji of a reaction; `nil` if it was taken back.
    package var emoji: String?
    /// What could be tapped, or the id or payload of what was.
    package var choices: [String]?
    /// The template's name.
    package var template: String?
    /// The message that is quoted, named in the same way.
    package var quotes: MessageID?

    /// Describes a line that is not words alone.
    package init(kind: String) {
        self.kind = kind.bounded
    }

    /// Bytes of what is said in a sound.
    static let spokenBytes = 2_000

    /// Adds what Parley has of the line's medium.
    package mutating func add(_ reading: MediumReading) {
        blob = reading.blob
        problem = reading.problem
        if kind == "audio" { spoken = reading.text?.bounded(to: Self.spokenBytes) }
    }
}

extension String {
    /// As much of it as a short form takes.
    var bounded: String { bounded(to: TranscriptContent.partBytes) }

    /// As much of it as fits into some bytes.
    fileprivate func bounded(to limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var text = ""
        for scalar in unicodeScalars {
            guard text.utf8.count + 4 <= limit else { break }
            text.unicodeScalars.append(scalar)
        }
        return text + "…"
    }
}

extension MessageID {
    /// The id, if WhatsApp gives such.
    fileprivate var short: MessageID? {
        rawValue.utf8.count <= TranscriptContent.idBytes ? self : nil
    }
}

// MARK: - A customer's message

extension MessageContent {
    /// The customer's words, or what was sent instead of words, in brackets.
    package var transcriptText: String {
        switch self {
        case .reaction(_, let emoji): "[reaction \(emoji ?? "taken back")]"
        case .image, .video, .document: words.map { "[\(kind)] \($0)" } ?? "[\(kind)]"
        case .text(let text): text
        case .call(let call): call.isMissed ? "[missed call]" : "[call: \(call.event)]"
        case .other(WelcomeRequest.type, _): "[opened the chat]"
        case .location, .contacts, .order, .flow: reading ?? "[\(kind)]"
        // An order may come with empty words.
        default: words.flatMap { $0.isEmpty ? nil : $0 } ?? "[\(kind)]"
        }
    }

    /// What a line of a transcript holds besides words.
    package func transcript(quoting quotes: MessageID?) -> TranscriptContent? {
        if case .text = self, quotes == nil { return nil }
        var short = TranscriptContent(kind: kind)
        short.quotes = quotes?.short
        switch self {
        case .image(let media), .video(let media), .audio(let media), .document(let media),
            .sticker(let media):
            short.media = media.short
        case .location(let location): short.location = location.short
        case .contacts(let raw): short.contacts = ContactCard.short(raw)
        case .order(_, let raw):
            let order = OrderReading(raw)
            short.items = order?.items
            short.totals = order?.totals
        case .flow(_, let response): short.fields = FlowReading(response)?.fields
        case .call(let call):
            short.call = PhoneCall(
                id: call.id.bounded, event: call.event.bounded, isIncoming: call.isIncoming,
                status: call.status?.bounded, seconds: call.seconds)
        case .reaction(let message, let emoji):
            short.message = message.short
            short.emoji = emoji?.bounded
        case .edit(let message, _, _), .revoke(let message): short.message = message.short
        case .button(_, let payload): short.choices = payload.map { [$0.bounded] }
        case .choice(let id, _, _): short.choices = [id.bounded]
        case .text, .callPermission, .system, .unsupported, .other: break
        }
        return short
    }
}

extension Media {
    /// The medium without words, which are the line's; `nil` if its id is none that WhatsApp gives.
    fileprivate var short: Media? {
        guard id.utf8.count <= TranscriptContent.idBytes else { return nil }
        return Media(
            id: id, mediaType: mediaType?.bounded, sha256: sha256?.bounded,
            filename: filename?.bounded, voice: voice, animated: animated)
    }
}

extension Location {
    fileprivate var short: Location {
        Location(
            latitude: latitude, longitude: longitude, name: name?.bounded,
            address: address?.bounded)
    }
}

extension ContactCard {
    fileprivate var short: ContactCard {
        ContactCard(
            name: name.bounded,
            phones: phones.prefix(TranscriptContent.mostNumbers).map {
                Phone($0.phone.bounded, account: $0.account?.bounded)
            })
    }

    fileprivate var size: Int {
        phones.reduce(name.utf8.count) {
            $0 + $1.phone.utf8.count + ($1.account?.utf8.count ?? 0)
        }
    }

    /// The cards of WhatsApp's JSON array: a card may lack anything, or have `null` for it.
    static func short(_ raw: RawJSON) -> [ContactCard]? {
        // What is no JSON, as its end was cut off, has no short form.
        guard let list = (try? JSONTape(Array(raw.text.utf8)))?.root.elements else { return nil }
        let cards = list.prefix(TranscriptContent.mostParts).map { card in
            let name = card["name"]
            let parts = [name?["first_name"]?.text, name?["last_name"]?.text].compactMap(\.self)
            let phones = (card["phones"]?.elements ?? []).compactMap { phone in
                (phone["phone"]?.text ?? phone["wa_id"]?.text).map {
                    Phone($0, account: phone["wa_id"]?.text)
                }
            }
            return ContactCard(
                name: name?["formatted_name"]?.text ?? parts.joined(separator: " "),
                phones: phones
            ).short
        }
        // A card that says nothing is none.
        return cards.filter { !$0.name.isEmpty || !$0.phones.isEmpty }.fitting(\.size)
    }
}

extension TranscriptContent.Item {
    var size: Int {
        [quantity, price, currency].reduce(product.utf8.count) { $0 + ($1?.utf8.count ?? 0) }
    }
}

extension Array {
    /// As many of the first elements as fit into a line.
    func fitting(_ size: (Element) -> Int) -> [Element] {
        var room = TranscriptContent.listBytes
        return Array(
            prefix {
                room -= size($0)
                return room >= 0
            })
    }
}

// MARK: - What went out

extension OutboundContent {
    /// The words, or what was sent instead of words, in brackets.
    package var transcriptText: String {
        switch body {
        case .text(let text, _): text
        case .image(let media), .video(let media), .document(let media):
            media.caption.map { "[\(kind)] \($0)" } ?? "[\(kind)]"
        case .interactive(let message):
            message.labels.isEmpty
                ? message.text : "\(message.text) [\(message.labels.joined(separator: " | "))]"
        case .template(let message): message.words ?? "[template \(message.name)]"
        case .reaction(_, let emoji): "[reaction \(emoji ?? "taken back")]"
        case .audio, .sticker, .location, .contacts, .other: "[\(kind)]"
        }
    }

    /// What a line of a transcript holds besides words.
    package var transcript: TranscriptContent? {
        if plainText != nil { return nil }
        var short = TranscriptContent(kind: kind)
        short.quotes = quotes.flatMap { MessageID($0.rawValue).short }
        switch body {
        case .image(let media), .video(let media), .audio(let media), .document(let media),
            .sticker(let media):
            short.setMedium(media)
        case .interactive(let message):
            let labels = message.labels.prefix(TranscriptContent.mostParts).map(\.bounded)
            short.choices = labels.fitting(\.utf8.count)
        case .template(let message): short.template = message.name.bounded
        case .location(let location): short.location = location.short
        case .contacts(let cards):
            let few = cards.prefix(TranscriptContent.mostParts).map(\.short)
            short.contacts = few.fitting(\.size)
        case .reaction(let message, let emoji):
            short.message = MessageID(message.rawValue).short
            short.emoji = emoji?.bounded
        case .text, .other: break
        }
        return short
    }
}

extension TranscriptContent {
    fileprivate mutating func setMedium(_ medium: OutboundMedia) {
        switch medium.source {
        case .uploaded(let id):
            media = Media(id: id, filename: medium.filename, voice: medium.voice).short
        case .blob(let reference):
            blob = BlobReference(
                sha256: reference.sha256.bounded, mediaType: reference.mediaType.bounded,
                size: reference.size)
            filename = medium.filename?.bounded
        }
    }
}
