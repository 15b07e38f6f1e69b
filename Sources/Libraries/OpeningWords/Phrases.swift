extension Phrases {
    /// The words by their language.
    static let all = western.merging(northern) { $1 }.merging(southern) { $1 }
        .merging(eastern) { $1 }
}
