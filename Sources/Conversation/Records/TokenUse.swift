/// The tokens that a business's answers cost on a day, as one process that asks models counted
/// them.
///
/// Compacted, by business and process: each says all that it counted on the newest day, so that a
/// sum over the processes is what the business used, whichever of them restarts.
package struct TokenUse: Payload {
    package static let type = "parley.tokens.used"
    package static let topic = Topic.tokensUsed
    package static let personal: [FieldPath] = []

    /// The business.
    package var tenant: TenantID
    /// The process, by the name that it keeps over restarts.
    package var slot: String
    /// The day: days since 1970 in UTC.
    package var day: Int
    /// Tokens read and written on that day so far.
    package var tokens: Int
    /// When it was counted.
    package var at: Timestamp

    /// The business and the process.
    package var key: String { "\(tenant)/\(slot)" }

    /// Describes a count.
    package init(tenant: TenantID, slot: String, day: Int, tokens: Int, at: Timestamp) {
        self.tenant = tenant
        self.slot = slot
        self.day = day
        self.tokens = tokens
        self.at = at
    }

    /// The day of a time.
    package static func day(of time: Timestamp) -> Int { Int(time.milliseconds / 86_400_000) }
}
