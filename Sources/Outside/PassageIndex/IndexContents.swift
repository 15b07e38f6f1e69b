import Conversation

/// What a generation of an index says of itself: where everything lies in its file.
///
/// The file: a header of 128 bytes (what it is, version, size, where this description lies, the
/// SHA-256 of all that follows, the SHA-256 of the header so far), the sections, each at a multiple
/// of 64 bytes, and this description as JSON. Numbers are in the machine's byte order: a file is
/// made and read by one machine.
struct IndexContents: Codable, Sendable {
    /// What no other kind of file begins with.
    static let magic: [UInt8] = Array("parleyix".utf8)
    /// The version of the form, and of what its figures are computed by: a file of another one is
    /// made anew.
    static let version: UInt32 = 1
    /// The bytes before the sections.
    static let headerSize = 128
    /// What a section's place is a multiple of.
    static let alignment = 64

    /// Where something lies.
    struct Section: Codable, Sendable {
        var place: Int
        var size: Int

        /// Whether it lies within a file, behind the header.
        func lies(in file: MappedFile) -> Bool {
            place >= IndexContents.headerSize && size >= 0 && place % IndexContents.alignment == 0
                && place <= file.count && size <= file.count - place
        }
    }

    /// The sections that there is one of.
    enum Name: String, Codable, CodingKeyRepresentable, Sendable, CaseIterable {
        /// Of each row: its document's number, its version (0 for none), its tokens, its flags.
        case documents, versions, lengths, flags
        /// The ids of passages one after the other, where each begins, and a hash table of rows.
        case ids, idStarts, idTable
        /// What is told of each row to see whether it says what another says.
        case frames, sayings, sayingWords, shingles
        /// Of each row where its sentences begin; of each sentence its steps' place, their number
        /// and factor; all steps.
        case sentenceStarts, sentencePlaces, sentenceCounts, sentenceFactors, steps
        /// The keyed hashes of all tokens, ascending; where each one's postings begin; for the
        /// first bits of a hash, where those hashes begin; the postings.
        case tokens, tokenStarts, tokenDirectory, postings
        /// The sealed words of each row one after the other, where each begins, and what stands
        /// of documents, sealed.
        case words, wordStarts, standings
    }

    /// The vectors of one model.
    struct Space: Codable, Sendable {
        var model: String
        var dimensions: Int
        /// The row of each vector, ascending, and the vector's place of each row.
        var rows: Section
        var places: Section
        /// The vectors whole, in bytes, and what makes a sum of bytes a cosine.
        var lanes: Section
        var bytes: Section
        var factors: Section
    }

    var tenant: TenantID
    /// The key that hashes its tokens and seals its words.
    var key: String
    /// The number of rows, and of their tokens together.
    var rows: Int
    var tokens: Int
    /// The offset behind the last record of the log that is in it.
    var position: Int64
    /// Whether there ever was a passage of a version beyond the first.
    var hasLaterVersions: Bool
    /// The documents, by their numbers.
    var documents: [DocumentID]
    var sections: [Name: Section]
    var spaces: [Space]

    /// A row's flags.
    enum Flag {
        /// It is a typed answer.
        static let isTyped: UInt32 = 1
    }
}
