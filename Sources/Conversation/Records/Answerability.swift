/// How likely it is that the best passage answers a question, as measured on questions whose
/// answers are known.
package struct Answerability: Hashable, Sendable, Codable {
    /// What follows from it.
    package enum Zone: String, Codable, Sendable, Hashable {
        /// Answer from the passage.
        case answer
        /// Answer, and ask whether that helped.
        case unsure
        /// Nothing answers it: hand over.
        case none

        /// Reads a zone; one of a later version is none of which this one is sure.
        package init(from decoder: any Decoder) throws {
            let word = try decoder.singleValueContainer().decode(String.self)
            self = Self(rawValue: word) ?? .unsure
        }
    }

    /// The probability that the best passage answers the question, 0 to 1.
    package var probability: Double
    /// Where that lies between the thresholds, of which questions in the passages' language and in
    /// another have one each.
    package var zone: Zone
    /// The coefficients that it was computed with: name and version of their file, as in
    /// `xquad/1`.
    package var coefficients: String

    /// Describes what was computed; the probability is kept to four places: more tells nothing.
    package init(probability: Double, zone: Zone, coefficients: String) {
        self.probability = (probability * 10_000).rounded() / 10_000
        self.zone = zone
        self.coefficients = coefficients
    }
}
