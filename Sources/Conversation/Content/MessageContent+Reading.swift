import JSON

/// WhatsApp's word that a customer opened the chat and has not written yet.
package enum WelcomeRequest {
    /// The message's `type`, which was retired in March 2026 and still arrives.
    package static let type = "request_welcome"
}

extension MessageContent {
    /// What a person, or a model, reads of it: the words, and in brackets what was sent besides.
    ///
    /// `nil` where there is nothing to read. A tap is told by its payload or id, as two buttons may
    /// bear the same title.
    package var reading: String? {
        switch self {
        case .location(let location): location.reading
        case .contacts(let raw):
            ContactCard.short(raw).flatMap { cards in
                cards.isEmpty ? nil : cards.map(\.reading).joined(separator: "\n")
            }
        case .order(let text, let raw):
            Self.joined([OrderReading(raw)?.text, text])
        case .flow(_, let response): FlowReading(response)?.text
        case .button(let text, let payload):
            Self.joined([text, payload.flatMap { $0 == text ? nil : "[button: \($0.bounded)]" }])
        case .choice(let id, let title, let description):
            Self.joined([title, description, "[chosen: \(id.bounded)]"])
        default: words.flatMap { VisibleText.isBlank($0) ? nil : $0 }
        }
    }

    private static func joined(_ parts: [String?]) -> String? {
        let parts = parts.compactMap(\.self).filter { !VisibleText.isBlank($0) }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    /// Whether somebody opened the chat and waits to be greeted.
    package var isWelcomeRequest: Bool {
        if case .other(WelcomeRequest.type, _) = self { true } else { false }
    }

    /// Whether it is a text in which nothing can be seen.
    package var isBlankText: Bool {
        if case .text(let body) = self { VisibleText.isBlank(body) } else { false }
    }
}

extension Location {
    fileprivate var reading: String {
        let place = [name, address].compactMap(\.self).filter { !VisibleText.isBlank($0) }
        return "[location: \((place + ["\(latitude), \(longitude)"]).joined(separator: ", "))]"
    }
}

extension ContactCard {
    fileprivate var reading: String {
        let parts = [name] + phones.map(\.phone)
        return "[contact: \(parts.filter { !$0.isEmpty }.joined(separator: ", "))]"
    }
}

/// An order as WhatsApp writes it; numbers may be text, and anything may be missing.
struct OrderReading {
    /// What was ordered, as much of it as a line takes.
    let items: [TranscriptContent.Item]
    /// What it costs, a sum for each currency in the order of the items; none where a number is
    /// missing or is none.
    let totals: [String]?

    /// Reads an order; `nil` where its JSON is none, as its end was cut off.
    init?(_ raw: RawJSON) {
        guard let order = (try? JSONTape(Array(raw.text.utf8)))?.root else { return nil }
        let all = (order["product_items"]?.elements ?? []).map { item in
            TranscriptContent.Item(
                product: (item["product_retailer_id"]?.text ?? "").bounded,
                quantity: item["quantity"]?.text?.bounded, price: item["item_price"]?.text?.bounded,
                currency: item["currency"]?.text?.bounded)
        }
        items = Array(all.prefix(TranscriptContent.mostParts)).fitting(\.size)
        totals = Self.totals(of: all)
    }

    /// The order in words; `nil` where nothing was ordered.
    var text: String? {
        guard !items.isEmpty else { return nil }
        let lines = items.map { item in
            let price = item.price.map { " at \($0) \(item.currency ?? "")" } ?? ""
            let line = "\(item.quantity ?? "1") × \(item.product)\(price)"
            return line.last == " " ? String(line.dropLast()) : line
        }
        let sum = totals.map { "; in all \($0.joined(separator: " and "))" } ?? ""
        return "[order: \(lines.joined(separator: "; "))\(sum)]"
    }

    private static func totals(of items: [TranscriptContent.Item]) -> [String]? {
        var sums: [(currency: String, sum: ExactDecimal)] = []
        for item in items {
            guard let price = item.price.flatMap({ ExactDecimal($0) }),
                let quantity = ExactDecimal(item.quantity ?? "1"), let currency = item.currency,
                let cost = price.times(quantity)
            else { return nil }
            if let index = sums.firstIndex(where: { $0.currency == currency }) {
                guard let sum = sums[index].sum.plus(cost) else { return nil }
                sums[index].sum = sum
            } else {
                sums.append((currency, cost))
            }
        }
        return sums.isEmpty ? nil : sums.map { "\($0.sum) \($0.currency)" }
    }
}

/// A form's answers: JSON that should be an object.
struct FlowReading {
    /// What was filled in, as much of it as a line takes.
    let fields: [TranscriptContent.Field]

    /// Fields that are for programs.
    private static let unread: Set<String> = ["flow_token"]

    /// Reads the answers; `nil` where they are no JSON object.
    init?(_ response: String) {
        guard let root = (try? JSONTape(Array(response.utf8)))?.root, root.isObject
        else { return nil }
        let fields = root.fields.filter { !Self.unread.contains($0.name) }.map { field in
            TranscriptContent.Field(
                name: field.name.bounded,
                value: (field.value.text ?? field.value.raw.text).bounded)
        }
        self.fields = Array(fields.prefix(TranscriptContent.mostParts))
            .fitting { $0.name.utf8.count + $0.value.utf8.count }
    }

    /// The answers in words; `nil` where there are none.
    var text: String? {
        guard !fields.isEmpty else { return nil }
        return "[form: \(fields.map { "\($0.name): \($0.value)" }.joined(separator: "; "))]"
    }
}

/// A decimal number without rounding: `digits` divided by ten to the power of `scale`.
struct ExactDecimal: Hashable, CustomStringConvertible {
    private let digits: Int64
    private let scale: Int
    /// Places after the point: no currency has more than four.
    private static let mostPlaces = 6

    private init(digits: Int64, scale: Int) {
        self.digits = digits
        self.scale = scale
    }

    /// Reads digits with at most one point; `nil` for anything else, a negative number as well.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e })
        else { return nil }
        let places = parts.count == 2 ? parts[1] : ""
        guard places.count <= Self.mostPlaces, let digits = Int64(whole + places)
        else { return nil }
        self.init(digits: digits, scale: places.count)
    }

    /// The product; `nil` where it is too large.
    func times(_ other: Self) -> Self? {
        let (product, overflow) = digits.multipliedReportingOverflow(by: other.digits)
        return overflow ? nil : Self(digits: product, scale: scale + other.scale)
    }

    /// The sum; `nil` where it is too large.
    func plus(_ other: Self) -> Self? {
        let scale = max(scale, other.scale)
        guard let left = scaled(to: scale), let right = other.scaled(to: scale) else { return nil }
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? nil : Self(digits: sum, scale: scale)
    }

    private func scaled(to scale: Int) -> Int64? {
        var digits = digits
        for _ in self.scale..<scale {
            let (next, overflow) = digits.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            digits = next
        }
        return digits
    }

    var description: String {
        guard scale > 0 else { return String(digits) }
        var text = String(digits)
        if text.count <= scale {
            text = String(repeating: "0", count: scale - text.count + 1) + text
        }
        text.insert(".", at: text.index(text.endIndex, offsetBy: -scale))
        return text
    }
}

extension TranscriptContent.Referral {
    /// Reads a message's `referral`; `nil` where it says nothing.
    init?(_ raw: RawJSON?) {
        guard let raw, let root = (try? JSONTape(Array(raw.text.utf8)))?.root else { return nil }
        func text(_ field: StaticString) -> String? {
            root[field]?.text.flatMap { VisibleText.isBlank($0) ? nil : $0.bounded }
        }
        source = text("source_type")
        id = text("source_id")
        headline = text("headline")
        body = text("body")
        url = text("source_url")
        click = text("ctwa_clid")
        let parts = [source, id, headline, body, url, click]
        guard parts.contains(where: { $0 != nil }) else { return nil }
    }

    /// What a model reads of it.
    package var reading: String {
        let words = [headline, body].compactMap(\.self)
        let kind = source == "post" ? "post" : "ad"
        return words.isEmpty
            ? "[came from our \(kind)]"
            : "[came from our \(kind): \(words.joined(separator: ". "))]"
    }
}

extension InboundMessage {
    /// What a person, or a model, reads of the message: with the ad that it came from.
    package var reading: String? {
        let parts = [TranscriptContent.Referral(referral)?.reading, content.reading]
            .compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}
