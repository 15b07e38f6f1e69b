package import JSON

/// What WhatsApp says that a message costs, in its own words (WhatsApp, "Status webhook" and
/// "Pricing"): no amount, but what an amount depends on.
package struct MessagePricing: Hashable, Sendable, Codable {
    /// What the message counts as, such as `service`, `utility` or `marketing`.
    package var category: String?
    /// Why it is billed or free, such as `regular` or `free_customer_service`.
    package var type: String?
    /// How it is billed: `PMP`, by message.
    package var model: String?
    /// Whether it is billed; WhatsApp means to give this up for `type` and `category`.
    package var isBillable: Bool?

    private enum CodingKeys: String, CodingKey {
        case category, type, model
        case isBillable = "billable"
    }

    /// Describes a price.
    package init(
        category: String? = nil, type: String? = nil, model: String? = nil,
        isBillable: Bool? = nil
    ) {
        self.category = category
        self.type = type
        self.model = model
        self.isBillable = isBillable
    }

    /// Reads a status's `pricing`; `nil` if it says nothing that can be read.
    package init?(_ raw: RawJSON) {
        struct Words: Decodable {
            var category: String?
            var type: String?
            var pricing_model: String?
            var billable: Bool?
        }
        // What cannot be read is no price.
        guard let words = try? RecordCodec.decode(Words.self, from: Array(raw.text.utf8)) else {
            return nil
        }
        func short(_ word: String?) -> String? {
            word.flatMap { $0.isEmpty || $0.utf8.count > Self.longestWord ? nil : $0 }
        }
        self.init(
            category: short(words.category), type: short(words.type),
            model: short(words.pricing_model), isBillable: words.billable)
        if self == MessagePricing() { return nil }
    }

    /// Bytes: longer than any word that is documented.
    private static let longestWord = 64
}
